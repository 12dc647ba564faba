import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../database/database.js';
import { isUsableSql } from '../../images/usable-image.js';

/** The maximum number of images that a step counts, exceeded by at most one visit. */
const STEP_IMAGES = 5_000;
/** The maximum number of visits that a step reads. */
const STEP_VISITS = 1_000;

/** Counts the images of visits that an earlier version wrote. */
@Injectable()
export class VisitCountsRepository {
  constructor(private readonly database: Database) {}

  /** The number of a job whose visits are not all counted, after another; undefined if there is none. It reads `job_uncounted`. */
  async findUncounted(after: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string }>(
      'SELECT id FROM shelfline.job WHERE NOT visits_counted AND id > $1 ORDER BY id LIMIT 1',
      [after],
    );
    return row?.id;
  }

  /**
   * Counts the images of the next visits of a job, from the number of a visit on. Locks the row of the job first, so that no result is recorded meanwhile.
   * Reads ranges of primary keys. A visit that is counted already stays as it is.
   *
   * @returns the number of the visit to continue from; undefined if all are counted or the job was deleted
   */
  async countNext(transaction: Transaction, job: string, from: number): Promise<number | undefined> {
    await transaction.query('SELECT FROM shelfline.job WHERE id = $1 FOR UPDATE', [job]);
    const [step] = await transaction.query<{ next: number | null }>(
      `WITH read AS (
         SELECT seq, run, first_image, image_count, succeeded IS NULL AS is_uncounted,
                sum(CASE WHEN succeeded IS NULL THEN image_count ELSE 0 END) OVER (ORDER BY seq) AS images
           FROM shelfline.visit WHERE job = $1 AND seq >= $2 ORDER BY seq LIMIT ${STEP_VISITS}),
       step AS (SELECT * FROM read WHERE images - image_count < ${STEP_IMAGES}),
       counted AS (
         UPDATE shelfline.visit AS visit
            SET succeeded = found.succeeded, usable = found.usable, failures = found.failures
           FROM (SELECT step.seq,
                        count(*) FILTER (WHERE image.status = 'succeeded') AS succeeded,
                        count(*) FILTER (WHERE ${isUsableSql('image')}) AS usable,
                        array_agg(image.error_code) FILTER (WHERE image.status = 'failed' AND image.run = step.run) AS failures
                   FROM step
                  CROSS JOIN LATERAL (
                    SELECT * FROM shelfline.image
                     WHERE job = $1 AND seq >= step.first_image AND seq < step.first_image + step.image_count OFFSET 0) AS image
                  WHERE step.is_uncounted
                  GROUP BY step.seq) AS found
          WHERE visit.job = $1 AND visit.seq = found.seq)
       SELECT max(seq) + 1 AS next FROM step`,
      [job, from],
    );
    if (step !== undefined && step.next !== null) return step.next;
    await transaction.query('UPDATE shelfline.job SET visits_counted = true WHERE id = $1', [job]);
    return undefined;
  }
}
