import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import type { ImageRange } from './images.repository.js';

/** What a row keeps nothing of when it starts over or is skipped. */
const NOTHING_TOLD = `next_attempt_at = NULL, held_since = NULL, refusals = NULL, refused_since = NULL, error = NULL, error_code = NULL, content_length = NULL, processed_at = NULL, analysis = NULL`;

/**
 * Brings image rows after the state of their job, a range at a time. The caller holds the lock of the job's row. A range
 * may be swept twice: the second time finds nothing to do.
 */
@Injectable()
export class ImageSweepsRepository {
  /** In a cancelled job: what was pending becomes `skipped`, in this run or since an earlier one. */
  async skip(transaction: Transaction, { job, run, from, to }: ImageRange): Promise<void> {
    await transaction.query(
      `UPDATE shelfline.image
          SET status = 'skipped', run = $2, ${NOTHING_TOLD}
        WHERE job = $1 AND seq >= $3 AND seq < $4 AND (status = 'pending' OR (status <> 'succeeded' AND run < $2))`,
      [job, run, from, to],
    );
  }

  /**
   * In a retried job, whose visits were looked up anew: what did not succeed starts over with all its tries, or becomes
   * `skipped` where the store is unknown.
   */
  async restart(
    transaction: Transaction,
    { job, run, from, to }: ImageRange,
  ): Promise<{ readonly pending: readonly number[]; readonly skipped: number }> {
    const rows = await transaction.query<{ seq: number; status: 'pending' | 'skipped' }>(
      `UPDATE shelfline.image AS image
          SET status = CASE WHEN visit.unknown_store THEN 'skipped' ELSE 'pending' END, run = $2,
              earlier_attempts = image.attempts, ${NOTHING_TOLD}
         FROM shelfline.visit AS visit
        WHERE image.job = $1 AND image.seq >= $3 AND image.seq < $4 AND image.run < $2 AND image.status <> 'succeeded'
          AND visit.job = image.job AND visit.seq = image.visit
       RETURNING image.seq, image.status`,
      [job, run, from, to],
    );
    const pending = rows.filter((row) => row.status === 'pending').map((row) => row.seq);
    return { pending, skipped: rows.length - pending.length };
  }

  /** Deletes a range of the images of a job that is gone. */
  async delete(transaction: Transaction, { job, from, to }: Omit<ImageRange, 'run'>): Promise<void> {
    await transaction.query('DELETE FROM shelfline.image WHERE job = $1 AND seq >= $2 AND seq < $3', [
      job,
      from,
      to,
    ]);
  }
}
