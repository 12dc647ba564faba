import { instant, parseInstant } from '../http/input/date-time.js';
import { PageQuery } from '../http/input/page.js';
import { oneOf, text } from '../http/input/rules.js';
import { textSchema } from '../http/routes/api-docs.js';
import { Parameter } from '../http/routes/parameter.decorator.js';
import { FLAG_FILTERS, type FlagFilter, flagFilter } from '../images/flags/flag-codes.js';
import { REVIEW_FILTERS, type ReviewFilter } from './review.js';
import { areaCode, storeId } from '../stores/store.rules.js';

const ID = textSchema(1, 64);
const INSTANT = { type: 'string', format: 'date-time' };

/** The query of `GET /api/visits`. */
export class ListVisitsQuery extends PageQuery {
  @Parameter({ schema: ID, description: 'Visits of this job.' }, text(1, 64))
  job_id?: string;

  @Parameter({ schema: ID, description: 'Visits to this store.' }, storeId)
  store_id?: string;

  @Parameter(
    { schema: ID, description: 'Visits to stores that were in this area when the visit was submitted.' },
    areaCode,
  )
  area_code?: string;

  @Parameter(
    { schema: textSchema(1, 200), description: "Visits with this id of the submitter's own." },
    text(1, 200),
  )
  reference?: string;

  @Parameter(
    {
      schema: { type: 'string', enum: REVIEW_FILTERS },
      description: 'Visits with this review; `none` for those without a review.',
    },
    oneOf(REVIEW_FILTERS),
  )
  review?: ReviewFilter;

  @Parameter(
    {
      schema: { type: 'string', enum: FLAG_FILTERS },
      description: 'Visits with an image that has this flag; `any` for all that have one.',
    },
    flagFilter,
  )
  flag?: FlagFilter;

  @Parameter({ schema: INSTANT, description: 'Visited at or after.' }, instant, parseInstant)
  from?: Date;

  @Parameter({ schema: INSTANT, description: 'Visited before.' }, instant, parseInstant)
  to?: Date;
}
