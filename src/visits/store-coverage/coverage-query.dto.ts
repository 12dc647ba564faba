import { CursorParameter, DEFAULT_LIMIT, LimitParameter } from '../../http/input/page.js';
import { DATE_OR_INSTANT, dateOrInstant } from '../../http/input/period.js';
import { oneOf } from '../../http/input/rules.js';
import { timeZoneName } from '../../http/input/time-zone.js';
import { textSchema } from '../../http/routes/api-docs.js';
import { Parameter } from '../../http/routes/parameter.decorator.js';
import { areaCode } from '../../stores/store.rules.js';
import { COVERAGE_STATES, type CoverageState } from './coverage-state.js';

/** The stores and the time of a report. */
export class CoverageFilterQuery {
  @Parameter(
    {
      schema: { ...DATE_OR_INSTANT, example: '2026-11-01' },
      description: 'Visited at or after this date or time.',
      required: true,
    },
    dateOrInstant,
  )
  from!: string;

  @Parameter(
    {
      schema: { ...DATE_OR_INSTANT, example: '2026-11-30' },
      description: 'Visited before this time, or up to the end of this date. At most 366 days after `from`.',
      required: true,
    },
    dateOrInstant,
  )
  to!: string;

  @Parameter(
    {
      schema: { type: 'string', default: 'UTC', example: 'Asia/Kolkata' },
      description: 'The IANA name of the time zone of dates.',
    },
    timeZoneName,
  )
  time_zone?: string;

  @Parameter({ schema: textSchema(1, 64), description: 'Stores that are in this area now.' }, areaCode)
  area_code?: string;
}

/** The query of `GET /api/coverage`. */
export class CoverageQuery extends CoverageFilterQuery {
  @Parameter(
    { schema: { type: 'string', enum: COVERAGE_STATES }, description: 'Stores in this state.' },
    oneOf(COVERAGE_STATES),
  )
  state?: CoverageState;

  @LimitParameter
  limit: number = DEFAULT_LIMIT;

  @CursorParameter
  cursor?: string;
}

export const INTERVALS = ['day', 'week'] as const;

/** The query of `GET /api/coverage/summary`. */
export class CoverageSummaryQuery extends CoverageFilterQuery {
  @Parameter(
    {
      schema: { type: 'string', enum: INTERVALS, default: 'day' },
      description: 'Days, or ISO weeks from Monday to Sunday.',
    },
    oneOf(INTERVALS),
  )
  interval: (typeof INTERVALS)[number] = 'day';
}
