import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { textSchema } from '../../http/routes/api-docs.js';
import { timeZoneName } from '../../http/input/local-time.js';
import { parseNumber } from '../../http/input/page.js';
import { Satisfies, SatisfiesIfGiven, wholeNumber } from '../../http/input/rules.js';
import { callbackUrl, MAX_CALLBACK_URL_LENGTH } from '../image-url.rule.js';
import { metadata, type Metadata } from '../metadata.rule.js';
import { MAX_VISITS_OF_DOCUMENT, MAX_VISITS_OF_STREAM } from './submission-limits.js';
import { METADATA_SCHEMA, NewVisitDto, reference } from './new-visit.js';

/** The fault of a `callback_url` if the server has no secret to sign webhooks with. */
export const NO_CALLBACKS =
  'is not available on this server: leave it out, and ask for the status of the job instead';

const URL_PATTERN = String.raw`^[Hh][Tt][Tt][Pp][Ss]?://[^\u0000-\u001f\u007f-\u009f]+$`;
export const CALLBACK_URL_SCHEMA = {
  type: 'string',
  maxLength: MAX_CALLBACK_URL_LENGTH,
  pattern: URL_PATTERN,
} as const;
export const CALLBACK_URL_DESCRIPTION =
  'Receives a signed POST (Standard Webhooks) each time the job ends. Only available if the server has a WEBHOOK_SECRET.';

export const TIME_ZONE_DESCRIPTION =
  'IANA name of the zone of times without an offset, in `visit_time` and in the EXIF of the photos. An abbreviation such as IST is refused.';

export const EXAMPLE_VISIT = {
  store_id: 'RP00002',
  image_url: ['https://www.gstatic.com/webp/gallery/2.jpg'],
  visit_time: '2024-11-16T12:00:00Z',
};

/** A job that can be sent as it stands. */
export const EXAMPLE_JOB = { count: 2, visits: [EXAMPLE_VISIT, EXAMPLE_VISIT] };

@ApiSchema({ name: 'ShelflineNewJob' })
export class SubmitJobDto {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: MAX_VISITS_OF_DOCUMENT,
    example: EXAMPLE_JOB.count,
    description: 'The number of visits.',
  })
  @Satisfies(wholeNumber(1, MAX_VISITS_OF_DOCUMENT))
  count!: number;

  @ApiProperty({
    type: [NewVisitDto],
    minItems: 1,
    maxItems: MAX_VISITS_OF_DOCUMENT,
    example: EXAMPLE_JOB.visits,
  })
  @Satisfies((value) =>
    Array.isArray(value) && value.length >= 1 && value.length <= MAX_VISITS_OF_DOCUMENT
      ? undefined
      : `must be a list of 1 to ${MAX_VISITS_OF_DOCUMENT} visits`,
  )
  visits!: unknown[];

  @ApiPropertyOptional({
    ...textSchema(1, 200),
    nullable: true,
    example: 'week 46',
    description: 'Your own label for the job.',
  })
  @SatisfiesIfGiven(reference)
  reference?: string | null;

  @ApiPropertyOptional({
    ...CALLBACK_URL_SCHEMA,
    nullable: true,
    example: null,
    description: CALLBACK_URL_DESCRIPTION,
  })
  @SatisfiesIfGiven(callbackUrl)
  callback_url?: string | null;

  @ApiPropertyOptional({ ...METADATA_SCHEMA, example: { campaign: 'Diwali' } })
  @SatisfiesIfGiven(metadata)
  metadata?: Metadata | null;

  @ApiPropertyOptional({
    type: 'string',
    nullable: true,
    maxLength: 64,
    example: 'Asia/Kolkata',
    description: TIME_ZONE_DESCRIPTION,
  })
  @SatisfiesIfGiven(timeZoneName)
  time_zone?: string | null;
}

/** The query of a submission as NDJSON or CSV: the fields of a job without its visits. */
export class StreamedJobQuery {
  @Transform(({ value }) => parseNumber(value))
  @SatisfiesIfGiven(wholeNumber(1, MAX_VISITS_OF_STREAM))
  count?: number;

  @SatisfiesIfGiven(reference)
  reference?: string;

  @SatisfiesIfGiven(callbackUrl)
  callback_url?: string;

  @Transform(({ value }) => parseJson(value))
  @SatisfiesIfGiven(metadata)
  metadata?: Metadata;

  @SatisfiesIfGiven(timeZoneName)
  time_zone?: string;

  /** Also allowed for JSON. */
  @Transform(({ value }) => parseBoolean(value))
  @SatisfiesIfGiven((value) => (typeof value === 'boolean' ? undefined : 'must be true or false'))
  dry_run?: boolean;
}

/** Any other value is returned unchanged, and the rule refuses it. */
function parseBoolean(value: unknown): unknown {
  if (value === 'true') return true;
  return value === 'false' ? false : value;
}

/** A value that is not JSON is returned unchanged, and the rule refuses it. */
function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
