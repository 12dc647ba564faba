import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../database/database.js';
import type { WriteOptions } from '../../database/write-options.js';
import { ApiError } from '../../http/errors/api-error.js';
import { JobNotFoundError } from '../../http/errors/job-not-found.error.js';
import { isJobId } from '../../images/result-ids.js';
import { WebhooksService } from '../../webhooks/webhooks.service.js';
import { QueueService } from '../../queue/queue.service.js';
import { JobControlRepository } from './job-control.repository.js';
import { JobPurge } from './job-purge.js';
import { JobEnds } from '../job-ends.js';
import { JOB_ERRORS } from '../dto/job.dto.js';
import { type JobView, toJobView } from '../job-view.js';
import { JobsReader } from '../jobs.reader.js';
import { toPurgeTask, type RowSweep, toSweepTask, SWEEP_QUEUE } from '../sweeps.js';

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
    private readonly jobs: JobsReader,
    private readonly ends: JobEnds,
    private readonly webhooks: WebhooksService,
    private readonly queue: QueueService,
    private readonly purge: JobPurge,
  ) {}

  /**
   * Cancels an ongoing job. Pending images become `skipped`; finished ones keep their results. Downloads in flight are not aborted:
   * `ResultWriter` drops their results, because the job is no longer ongoing.
   *
   * @throws JobNotFoundError; ApiError `409` for a job that has ended
   */
  async cancel(jobId: string, { manager }: WriteOptions = {}): Promise<JobView> {
    refuseOtherIds(jobId);
    const cancelled = await this.database.transaction(async (transaction) => {
      const row = await this.control.cancel(transaction, jobId);
      if (row === undefined) return undefined;
      await this.sweep(transaction, { kind: 'cancelled', job: row.id, run: row.run, from: 0 });
      await this.ends.announce(transaction, row);
      return this.view(transaction, jobId);
    }, manager);
    if (cancelled === undefined)
      throw await this.conflict(jobId, manager, 'only an ongoing job can be cancelled');
    return cancelled;
  }

  /**
   * Begins a new run of a failed or cancelled job. Failed and skipped images start over with all their
   * attempts, and stores are looked up again.
   *
   * @throws JobNotFoundError; ApiError `409` for a job that is ongoing or completed
   */
  async retry(jobId: string, { manager }: WriteOptions = {}): Promise<JobView> {
    refuseOtherIds(jobId);
    const retried = await this.database.transaction(async (transaction) => {
      const row = await this.control.retry(transaction, jobId);
      if (row === undefined) return undefined;
      await this.sweep(transaction, { kind: 'retried', job: row.id, run: row.run, from: 0 });
      return this.view(transaction, jobId);
    }, manager);
    if (retried === undefined)
      throw await this.conflict(jobId, manager, 'only a failed or cancelled job can be retried');
    return retried;
  }

  /**
   * Deletes a job that has ended, with its visits and images.
   *
   * @throws JobNotFoundError; ApiError `409` for a job that is ongoing
   */
  async delete(jobId: string, { manager }: WriteOptions = {}): Promise<void> {
    refuseOtherIds(jobId);
    const deleted = await this.database.transaction(async (transaction) => {
      const row = await this.control.delete(transaction, jobId);
      if (row !== undefined) await this.queue.enqueue(SWEEP_QUEUE, [toPurgeTask(row)], transaction);
      return row;
    }, manager);
    if (deleted === undefined) throw await this.conflict(jobId, manager, 'cancel it before you delete it');
  }

  /**
   * Sends the last webhook of a job again.
   *
   * @throws JobNotFoundError; ApiError `409` for a job that is ongoing or has no `callback_url`
   */
  async sendCallbackAgain(jobId: string, { manager }: WriteOptions = {}): Promise<JobView> {
    refuseOtherIds(jobId);
    return this.database.transaction(async (transaction) => {
      const row = await this.control.lockById(transaction, jobId);
      if (row === undefined) throw new JobNotFoundError();
      if (row.callback_url === null)
        throw new ApiError(409, 'The job was submitted without a callback_url.', 'no_callback_url');
      if (row.status === 'ongoing')
        throw new ApiError(409, 'The job is ongoing: its callback is sent when it ends.', 'job_ongoing');
      // The webhook of this end has not been sent: it follows the count of the flags.
      if (!row.flags_pending) await this.webhooks.sendAgain(transaction, row.id);
      return this.view(transaction, jobId);
    }, manager);
  }

  /** @deprecated Set the option `jobs.retentionDays`. The next release does not have this method. */
  async purgeEnded(daysAgo: number): Promise<number> {
    return this.purge.purgeEnded(daysAgo);
  }

  private async sweep(transaction: Transaction, sweep: RowSweep): Promise<void> {
    await this.queue.enqueue(SWEEP_QUEUE, [toSweepTask(sweep)], transaction);
  }

  /** The job with the changes of the transaction. */
  private async view({ manager }: Transaction, jobId: string): Promise<JobView> {
    const row = await this.jobs.findWithFaults(jobId, JOB_ERRORS, { manager });
    if (row === undefined) throw new JobNotFoundError();
    return toJobView(row);
  }

  /** The error for a job that does not exist or is in another state. */
  private async conflict(jobId: string, manager: WriteOptions['manager'], rule: string): Promise<Error> {
    const row = await this.jobs.find(jobId, { manager });
    if (row === undefined) return new JobNotFoundError();
    return new ApiError(409, `The job is ${row.status}: ${rule}.`, `job_${row.status}`);
  }
}

/** Refuses a text that cannot be a job's id before it reaches PostgreSQL, which accepts no NUL in a text. */
function refuseOtherIds(jobId: string): void {
  if (!isJobId(jobId)) throw new JobNotFoundError();
}
