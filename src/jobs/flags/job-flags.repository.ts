import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../database/database.js';
import type { FlagCounts } from '../../images/flags/flag-codes.js';
import type { ShelflineJob } from '../job.entity.js';

/** A job that has ended, and whose flags are not counted. */
export type UncountedJob = Pick<ShelflineJob, 'total' | 'compared_run'>;

/** Reads and counts the flags of jobs. */
@Injectable()
export class JobFlagsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Records that the flags of a job that has just ended are to be counted. A job without a measured image has none.
   *
   * @returns its number and run; undefined if there is nothing to count
   */
  async begin(
    transaction: Transaction,
    jobId: string,
  ): Promise<{ readonly id: string; readonly run: number } | undefined> {
    const [row] = await transaction.query<Pick<ShelflineJob, 'id' | 'run' | 'flags_pending'>>(
      `UPDATE shelfline.job
          SET flags_pending = succeeded > 0, flags = CASE WHEN succeeded = 0 THEN '{}'::jsonb END
        WHERE job_id = $1
       RETURNING id, run, flags_pending`,
      [jobId],
    );
    return row?.flags_pending === true ? row : undefined;
  }

  /** The job, if its flags are to be counted for this run; undefined if it was deleted or is in another run. */
  async findUncounted(job: string, run: number): Promise<UncountedJob | undefined> {
    const [row] = await this.database.query<UncountedJob>(
      'SELECT total, compared_run FROM shelfline.job WHERE id = $1 AND run = $2 AND flags_pending',
      [job, run],
    );
    return row;
  }

  /**
   * The number of images of a range with each combination of flags. Reads a range of the primary key and takes no lock.
   */
  async count(
    job: string,
    from: number,
    to: number,
  ): Promise<{ readonly flags: number; readonly images: number }[]> {
    return this.database.query(
      `SELECT flags, count(*)::int AS images FROM shelfline.image
        WHERE job = $1 AND seq >= $2 AND seq < $3 AND flags <> 0
        GROUP BY flags`,
      [job, from, to],
    );
  }

  /** Whether a job has an image with a flag. Reads one entry of `image_by_flags`. */
  async hasAny(job: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT FROM shelfline.image WHERE job = $1 AND flags <> 0 LIMIT 1',
      [job],
    );
    return rows.length > 0;
  }

  /** Saves the counts. Returns the id of the job; undefined if it was deleted, retried, or counted before. */
  async finish(
    transaction: Transaction,
    job: string,
    run: number,
    counts: FlagCounts,
  ): Promise<string | undefined> {
    const [row] = await transaction.query<Pick<ShelflineJob, 'job_id'>>(
      `UPDATE shelfline.job SET flags = $3, flags_pending = false, compared_run = run
        WHERE id = $1 AND run = $2 AND flags_pending
       RETURNING job_id`,
      [job, run, JSON.stringify(counts)],
    );
    return row?.job_id;
  }
}
