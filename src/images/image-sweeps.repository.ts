import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import type { ImageRange } from './images.repository.js';

/** Columns that are cleared when a row starts over or is skipped. */
const NO_RESULT = `next_attempt_at = NULL, held_since = NULL, refusals = NULL, refused_since = NULL, error = NULL, error_code = NULL, content_length = NULL, processed_at = NULL, analysis = NULL, file_key = NULL, picture_key = NULL, flags = NULL, flag_evidence = NULL`;

/**
 * Updates image rows after the state of their job changed, a range at a time. The caller holds the lock of the
 * job's row. Sweeping a range twice is harmless.
 */
@Injectable()
export class ImageSweepsRepository {
  /** Marks the pending rows of a cancelled job as `skipped`, in this run or since an earlier one. */
  async skip(transaction: Transaction, { job, run, from, to }: ImageRange): Promise<void> {
    await transaction.query(
      `UPDATE shelfline.image
          SET status = 'skipped', run = $2, ${NO_RESULT}
        WHERE job = $1 AND seq >= $3 AND seq < $4 AND (status = 'pending' OR (status <> 'succeeded' AND run < $2))`,
      [job, run, from, to],
    );
  }

  /**
   * Resets the rows of a retried job whose stores were looked up again. Rows that did not succeed start over
   * with all their attempts, or become `skipped` if the store is unknown.
   */
  async restart(
    transaction: Transaction,
    { job, run, from, to }: ImageRange,
  ): Promise<{ readonly pending: readonly number[]; readonly skipped: number }> {
    const rows = await transaction.query<{ seq: number; status: 'pending' | 'skipped' }>(
      `UPDATE shelfline.image AS image
          SET status = CASE WHEN visit.unknown_store THEN 'skipped' ELSE 'pending' END, run = $2,
              earlier_attempts = image.attempts, ${NO_RESULT}
         FROM shelfline.visit AS visit
        WHERE image.job = $1 AND image.seq >= $3 AND image.seq < $4 AND image.run < $2 AND image.status <> 'succeeded'
          AND visit.job = image.job AND visit.seq = image.visit
       RETURNING image.seq, image.status`,
      [job, run, from, to],
    );
    const pending = rows.filter((row) => row.status === 'pending').map((row) => row.seq);
    return { pending, skipped: rows.length - pending.length };
  }

  /** Deletes a range of the images of a deleted job. */
  async delete(transaction: Transaction, { job, from, to }: Omit<ImageRange, 'run'>): Promise<void> {
    await transaction.query('DELETE FROM shelfline.image WHERE job = $1 AND seq >= $2 AND seq < $3', [
      job,
      from,
      to,
    ]);
  }
}
