import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../database/database.js';
import { NEW_JOB_NUMBER } from '../job-id.js';
import type { DeletedJob } from '../sweeps.js';

/** An upload of which nothing was heard for so long is left over from a process that died. */
const ABANDONED_AFTER = '10 minutes';

/** The submissions that are streaming in. */
@Injectable()
export class UploadsRepository {
  constructor(private readonly database: Database) {}

  /** Begins an upload. Returns the number of the job that it may become. */
  async begin(): Promise<string> {
    const [row] = await this.database.query<{ job: string }>(
      `INSERT INTO shelfline.upload (job)
       SELECT ${NEW_JOB_NUMBER} RETURNING job`,
    );
    if (row === undefined) throw new Error('the upload got no number');
    return row.job;
  }

  /** Says that the upload goes on. */
  async touch(job: string): Promise<void> {
    await this.database.query('UPDATE shelfline.upload SET touched_at = now() WHERE job = $1', [job]);
  }

  /**
   * Says that there are rows up to these numbers, once the transaction has added them, and locks the upload; false when it
   * has been given up.
   */
  async grow(
    transaction: Transaction,
    job: string,
    upTo: { readonly visits: number; readonly images: number },
  ): Promise<boolean> {
    const rows = await transaction.query(
      `UPDATE shelfline.upload
          SET touched_at = now(), visits = greatest(visits, $2), images = greatest(images, $3)
        WHERE job = $1 RETURNING job`,
      [job, upTo.visits, upTo.images],
    );
    return rows.length > 0;
  }

  /** Ends the upload, for its rows to become a job's or to go; undefined when it has been given up. */
  async end(transaction: Transaction, job: string): Promise<DeletedJob | undefined> {
    const [row] = await transaction.query<DeletedJob>(
      `DELETE FROM shelfline.upload WHERE job = $1
       RETURNING job AS id, touched_at AS created_at, images AS total, visits AS count`,
      [job],
    );
    return row;
  }

  /** Ends the uploads whose processes are gone. Several processes may do so at once. */
  async endAbandoned(transaction: Transaction): Promise<DeletedJob[]> {
    return transaction.query<DeletedJob>(
      `DELETE FROM shelfline.upload
        WHERE job IN (SELECT job FROM shelfline.upload WHERE touched_at < now() - $1::interval FOR UPDATE SKIP LOCKED)
       RETURNING job AS id, touched_at AS created_at, images AS total, visits AS count`,
      [ABANDONED_AFTER],
    );
  }
}
