import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/database.js';
import type { ShelflineJob } from '../job.entity.js';
import { type EndedJob, toEndedJob } from '../jobs.repository.js';
import type { DeletedJob } from '../sweeps.js';

/** A range of a job's images: `from` inclusive, `to` exclusive. */
export interface Rows {
  readonly job: string;
  readonly run: number;
  readonly from: number;
  readonly to: number;
}

/** The row of a job after it was cancelled. */
export type CancelledJob = ShelflineJob & { readonly status: 'cancelled' };

/**
 * Changes the state of jobs, each with one statement on the job's row, whatever the size of the job. An UPDATE
 * or DELETE waits for the lock of the row and then reads the row again. If two calls run at once, the second
 * sees the state that the first has set.
 */
@Injectable()
export class JobControlRepository {
  /** Cancels an ongoing job; undefined if there is none with this id. */
  async cancel(transaction: Transaction, jobId: string): Promise<CancelledJob | undefined> {
    const [row] = await transaction.query<CancelledJob>(
      `UPDATE shelfline.job
          SET status = 'cancelled', finished_at = greatest(now(), created_at), skipped = skipped + pending, pending = 0, rows_behind = true
        WHERE job_id = $1 AND status = 'ongoing'
       RETURNING *`,
      [jobId],
    );
    return row;
  }

  /** Begins a new run of a failed or cancelled job; undefined if there is none with this id. */
  async retry(transaction: Transaction, jobId: string): Promise<ShelflineJob | undefined> {
    const [row] = await transaction.query<ShelflineJob>(
      `UPDATE shelfline.job
          SET status = 'ongoing', run = run + 1, finished_at = NULL, pending = failed + skipped, failed = 0, skipped = 0,
              unknown_visits = 0, rows_behind = true, flags = NULL, flags_pending = false
        WHERE job_id = $1 AND status IN ('failed', 'cancelled')
       RETURNING *`,
      [jobId],
    );
    return row;
  }

  /** Locks the row of a job, so that its state cannot change; undefined if there is none with this id. */
  async lockById(transaction: Transaction, jobId: string): Promise<ShelflineJob | undefined> {
    const [row] = await transaction.query<ShelflineJob>(
      'SELECT * FROM shelfline.job WHERE job_id = $1 FOR UPDATE',
      [jobId],
    );
    return row;
  }

  /** Deletes the row of a job that has ended, and its webhooks; undefined if there is none with this id. */
  async delete(transaction: Transaction, jobId: string): Promise<DeletedJob | undefined> {
    const [row] = await transaction.query<DeletedJob>(
      `DELETE FROM shelfline.job WHERE job_id = $1 AND status <> 'ongoing' RETURNING id, created_at, total, count`,
      [jobId],
    );
    return row;
  }

  /**
   * Deletes the rows of jobs that ended at least `daysAgo` days ago, the oldest first, by `job_by_end`. Several
   * processes may do so at once, because each skips rows that another has locked.
   */
  async deleteEnded(transaction: Transaction, daysAgo: number, limit: number): Promise<DeletedJob[]> {
    return transaction.query<DeletedJob>(
      `DELETE FROM shelfline.job
        WHERE id IN (SELECT id FROM shelfline.job WHERE finished_at < now() - $1 * interval '24 hours'
                      ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id, created_at, total, count`,
      [daysAgo, limit],
    );
  }

  /**
   * Locks the row of a job in this run and state. Returns its number of images; undefined if the job is in
   * another run or state.
   */
  async lock(
    transaction: Transaction,
    job: string,
    run: number,
    status: 'ongoing' | 'cancelled',
  ): Promise<number | undefined> {
    const [row] = await transaction.query<{ total: number }>(
      `SELECT total FROM shelfline.job WHERE id = $1 AND run = $2 AND status = $3 AND rows_behind FOR UPDATE`,
      [job, run, status],
    );
    return row?.total;
  }

  /** Records that the sweep of a job is done. */
  async recordSweepDone(transaction: Transaction, job: string): Promise<void> {
    await transaction.query('UPDATE shelfline.job SET rows_behind = false WHERE id = $1', [job]);
  }

  /**
   * Looks up the stores of the visits whose images in this range have to be fetched again, each visit once in a
   * run. A visit keeps its first known area.
   *
   * @returns number of these visits with an unknown store
   */
  async lookUpStores(transaction: Transaction, { job, run, from, to }: Rows): Promise<number> {
    const [row] = await transaction.query<{ unknown: number }>(
      `WITH wanted AS (
         SELECT DISTINCT visit FROM shelfline.image
          WHERE job = $1 AND seq >= $3 AND seq < $4 AND run < $2 AND status <> 'succeeded'),
       looked_up AS (
         UPDATE shelfline.visit AS visit
            SET run = $2, unknown_store = found.store_id IS NULL, area_code = coalesce(visit.area_code, found.area_code)
           FROM wanted
           JOIN shelfline.visit AS same ON same.job = $1 AND same.seq = wanted.visit
           LEFT JOIN shelfline.store AS found ON found.store_id = same.store_id
          WHERE visit.job = $1 AND visit.seq = wanted.visit AND visit.run < $2
         RETURNING visit.unknown_store)
       SELECT count(*) FILTER (WHERE unknown_store)::int AS unknown FROM looked_up`,
      [job, run, from, to],
    );
    return row?.unknown ?? 0;
  }

  /**
   * Adds visits and images of unknown stores to the counters. A job with nothing else to fetch ends, and its
   * sweep too.
   *
   * @returns the job if it has ended
   */
  async countUnknown(
    transaction: Transaction,
    job: string,
    found: { readonly visits: number; readonly skipped: number },
  ): Promise<EndedJob | undefined> {
    const [row] = await transaction.query<ShelflineJob>(
      `UPDATE shelfline.job
          SET unknown_visits = unknown_visits + $2, skipped = skipped + $3, pending = pending - $3,
              status = CASE WHEN pending = $3 THEN 'failed' ELSE status END,
              finished_at = CASE WHEN pending = $3 THEN greatest(now(), created_at) END,
              rows_behind = rows_behind AND pending > $3
        WHERE id = $1
       RETURNING job_id, callback_url, status`,
      [job, found.visits, found.skipped],
    );
    return toEndedJob(row);
  }

  /** Deletes a range of the visits of a deleted job, and their entries in the list of jobs by store. */
  async deleteVisits(
    transaction: Transaction,
    job: string,
    createdAt: string,
    rows: Omit<Rows, 'job' | 'run'>,
  ): Promise<void> {
    await transaction.query(
      `WITH gone AS (
         DELETE FROM shelfline.visit WHERE job = $1 AND seq >= $3 AND seq < $4 RETURNING store_id)
       DELETE FROM shelfline.job_store
        WHERE job_created_at = $2 AND job = $1 AND store_id IN (SELECT store_id FROM gone)`,
      [job, createdAt, rows.from, rows.to],
    );
  }
}
