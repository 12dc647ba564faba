import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../database/database.js';
import { ApiError } from '../../http/errors/api-error.js';
import { WebhooksService } from '../../webhooks/webhooks.service.js';
import { QueueService } from '../../queue/queue.service.js';
import { JobControlRepository } from './job-control.repository.js';
import { JobEnds } from '../job-ends.js';
import { isJobId } from '../job-id.js';
import type { JobView } from '../job-view.js';
import { JobNotFoundError, JobsService } from '../jobs.service.js';
import { toPurgeTask, type RowSweep, toSweepTask, SWEEP_QUEUE } from '../sweeps.js';

/** Number of jobs in one step of {@link JobControlService.purgeEnded}. */
const PURGED_AT_ONCE = 100;

/**
 * Cancels, retries and deletes jobs. Each call changes the job's state and enqueues one task in one small
 * transaction, whatever the number of images. A sweep updates the rows in steps; until then they are read as if
 * they were updated.
 */
@Injectable()
export class JobControlService {
  constructor(
    private readonly database: Database,
    private readonly control: JobControlRepository,
    private readonly jobs: JobsService,
    private readonly ends: JobEnds,
    private readonly webhooks: WebhooksService,
    private readonly queue: QueueService,
  ) {}

  /**
   * Cancels an ongoing job. Pending images become `skipped`; finished ones keep their results. Downloads in flight are not aborted:
   * `ResultWriter` drops their results, because the job is no longer ongoing.
   *
   * @throws NotFoundError; ApiError `409` for a job that has ended
   */
  async cancel(jobId: string): Promise<JobView> {
    refuseOtherIds(jobId);
    const cancelled = await this.database.transaction(async (transaction) => {
      const row = await this.control.cancel(transaction, jobId);
      if (row === undefined) return undefined;
      await this.sweep(transaction, { kind: 'cancelled', job: row.id, run: row.run, from: 0 });
      await this.ends.announce(transaction, row);
      return this.jobs.get(jobId, transaction);
    });
    if (cancelled === undefined) throw await this.conflict(jobId, 'only an ongoing job can be cancelled');
    return cancelled;
  }

  /**
   * Begins a new run of a failed or cancelled job. Failed and skipped images start over with all their
   * attempts, and stores are looked up again.
   *
   * @throws NotFoundError; ApiError `409` for a job that is ongoing or completed
   */
  async retry(jobId: string): Promise<JobView> {
    refuseOtherIds(jobId);
    const retried = await this.database.transaction(async (transaction) => {
      const row = await this.control.retry(transaction, jobId);
      if (row === undefined) return undefined;
      await this.sweep(transaction, { kind: 'retried', job: row.id, run: row.run, from: 0 });
      return this.jobs.get(jobId, transaction);
    });
    if (retried === undefined)
      throw await this.conflict(jobId, 'only a failed or cancelled job can be retried');
    return retried;
  }

  /**
   * Deletes a job that has ended, with its visits and images.
   *
   * @throws NotFoundError; ApiError `409` for a job that is ongoing
   */
  async delete(jobId: string): Promise<void> {
    refuseOtherIds(jobId);
    const deleted = await this.database.transaction(async (transaction) => {
      const row = await this.control.delete(transaction, jobId);
      if (row !== undefined) await this.queue.enqueue(SWEEP_QUEUE, [toPurgeTask(row)], transaction);
      return row;
    });
    if (deleted === undefined) throw await this.conflict(jobId, 'cancel it before you delete it');
  }

  /**
   * Sends the last webhook of a job again.
   *
   * @throws NotFoundError; ApiError `409` for a job that is ongoing or has no `callback_url`
   */
  async sendCallbackAgain(jobId: string): Promise<JobView> {
    refuseOtherIds(jobId);
    return this.database.transaction(async (transaction) => {
      const row = await this.control.lockById(transaction, jobId);
      if (row === undefined) throw new JobNotFoundError();
      if (row.callback_url === null)
        throw new ApiError(409, 'The job was submitted without a callback_url.', 'no_callback_url');
      if (row.status === 'ongoing')
        throw new ApiError(409, 'The job is ongoing: its callback is sent when it ends.', 'job_ongoing');
      // The callback of this end has not been sent: it follows the count of the flags.
      if (!row.flags_pending) await this.webhooks.sendAgain(transaction, row.id);
      return this.jobs.get(jobId, transaction);
    });
  }

  /**
   * Deletes the jobs that ended at least `daysAgo` days ago, by the database's clock, in small transactions.
   * Returns their number.
   */
  async purgeEnded(daysAgo: number): Promise<number> {
    for (let purged = 0; ;) {
      const rows = await this.database.transaction(async (transaction) => {
        const deleted = await this.control.deleteEnded(transaction, daysAgo, PURGED_AT_ONCE);
        if (deleted.length > 0) await this.queue.enqueue(SWEEP_QUEUE, deleted.map(toPurgeTask), transaction);
        return deleted.length;
      });
      purged += rows;
      if (rows < PURGED_AT_ONCE) return purged;
    }
  }

  private async sweep(transaction: Transaction, sweep: RowSweep): Promise<void> {
    await this.queue.enqueue(SWEEP_QUEUE, [toSweepTask(sweep)], transaction);
  }

  /** The error for a job that does not exist or is in another state. */
  private async conflict(jobId: string, rule: string): Promise<Error> {
    const { status } = await this.jobs.find(jobId);
    return new ApiError(409, `The job is ${status}: ${rule}.`, `job_${status}`);
  }
}

/** Refuses a text that cannot be a job's id before it reaches PostgreSQL, which accepts no NUL in a text. */
function refuseOtherIds(jobId: string): void {
  if (!isJobId(jobId)) throw new JobNotFoundError();
}
