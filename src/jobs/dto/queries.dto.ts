import { Transform } from 'class-transformer';
import { instant, parseInstant } from '../../http/date-time.js';
import { PageQuery } from '../../http/page.js';
import { oneOf, SatisfiesIfGiven, text } from '../../http/rules.js';
import { IMAGE_STATUSES, type ImageStatus } from '../../images/image.entity.js';
import { areaCode, storeId } from '../../stores/store.rules.js';
import { JOB_STATUSES, type JobStatus } from '../job.entity.js';

/** The query of `GET /api/jobs`. */
export class ListJobsQuery extends PageQuery {
  @SatisfiesIfGiven(oneOf(JOB_STATUSES))
  status?: JobStatus;

  @SatisfiesIfGiven(text(1, 64))
  store_id?: string;

  @SatisfiesIfGiven(text(1, 200))
  reference?: string;

  @Transform(({ value }) => parseInstant(value))
  @SatisfiesIfGiven(instant)
  from?: Date;

  @Transform(({ value }) => parseInstant(value))
  @SatisfiesIfGiven(instant)
  to?: Date;
}

/** The query of `GET /api/jobs/{job_id}/images`. */
export class ListImagesQuery extends PageQuery {
  @SatisfiesIfGiven(oneOf(IMAGE_STATUSES))
  status?: ImageStatus;

  @SatisfiesIfGiven(text(1, 64))
  store_id?: string;
}

/** The query of `GET /api/visits`. */
export class ListVisitsQuery extends PageQuery {
  @SatisfiesIfGiven(text(1, 64))
  job_id?: string;

  @SatisfiesIfGiven(storeId)
  store_id?: string;

  @SatisfiesIfGiven(areaCode)
  area_code?: string;

  @Transform(({ value }) => parseInstant(value))
  @SatisfiesIfGiven(instant)
  from?: Date;

  @Transform(({ value }) => parseInstant(value))
  @SatisfiesIfGiven(instant)
  to?: Date;
}
