import { textSchema } from '../../http/routes/api-docs.js';
import { instant, parseInstant } from '../../http/input/date-time.js';
import { PageQuery } from '../../http/input/page.js';
import { Parameter } from '../../http/routes/parameter.decorator.js';
import { oneOf, text } from '../../http/input/rules.js';
import { JOB_STATUSES, type JobStatus } from '../job.entity.js';

const ID = textSchema(1, 64);
const INSTANT = { type: 'string', format: 'date-time' };

/** The query of `GET /api/jobs`. */
export class ListJobsQuery extends PageQuery {
  @Parameter(
    { schema: { type: 'string', enum: JOB_STATUSES }, description: 'Only jobs with this status.' },
    oneOf(JOB_STATUSES),
  )
  status?: JobStatus;

  @Parameter({ schema: ID, description: 'Only jobs with a visit to this store.' }, text(1, 64))
  store_id?: string;

  @Parameter({ schema: textSchema(1, 200), description: 'Only jobs with this reference.' }, text(1, 200))
  reference?: string;

  @Parameter(
    { schema: INSTANT, description: 'Only jobs created at or after this time.' },
    instant,
    parseInstant,
  )
  from?: Date;

  @Parameter({ schema: INSTANT, description: 'Only jobs created before this time.' }, instant, parseInstant)
  to?: Date;
}
