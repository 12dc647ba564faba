import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import { DomainEvents } from '../events/domain-events.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import { JOB_ERRORS } from './dto/job.dto.js';
import { FLAGS_OPTIONS, type FlagsOptions } from '../images/flags/flags.options.js';
import { QueueService } from '../queue/queue.service.js';
import { JOB_EVENTS, type JobFinished } from './domain-events.js';
import { FLAG_QUEUE, toFlagTask } from './flags/flag-task.js';
import { JobFlagsRepository } from './flags/job-flags.repository.js';
import { toJobView } from './job-view.js';
import { JOBS_OPTIONS, type JobsOptions } from './jobs.options.js';
import { type EndedJob, JobsRepository } from './jobs.repository.js';

const NO_CALLBACK_YET = { state: 'waiting', attempts: 0, last_status: null, last_attempt_at: null } as const;

/** Publishes the ends of jobs in the transactions that end them, so that exactly the committed ends are published. */
@Injectable()
export class JobEnds {
  constructor(
    private readonly jobs: JobsRepository,
    private readonly webhooks: WebhooksService,
    private readonly events: DomainEvents,
    private readonly flags: JobFlagsRepository,
    private readonly queue: QueueService,
    @Inject(JOBS_OPTIONS) private readonly options: JobsOptions,
    @Inject(FLAGS_OPTIONS) private readonly flagsOptions: FlagsOptions,
  ) {}

  /**
   * Has to be called after a job was ended, in the same transaction. If the job's images may have flags, these are compared
   * and counted first, and {@link publish} follows the count.
   */
  async announce(transaction: Transaction, { job_id, callback_url, status }: EndedJob): Promise<void> {
    transaction.onceCommitted(() => this.options.observer?.jobEnded(status));
    if (this.flagsOptions.flags.length > 0) {
      const uncounted = await this.flags.begin(transaction, job_id);
      if (uncounted !== undefined) {
        const task = toFlagTask({ job: uncounted.id, run: uncounted.run, from: 0 });
        await this.queue.enqueue(FLAG_QUEUE, [task], transaction);
        return;
      }
    }
    if (callback_url !== null || this.events.hasListeners) await this.publish(transaction, job_id);
  }

  /** Publishes the end of a job when the transaction commits, and schedules its webhook. */
  async publish(transaction: Transaction, jobId: string): Promise<void> {
    const row = await this.jobs.findWithFaults(jobId, JOB_ERRORS, transaction);
    if (row === undefined) throw new Error(`the job ${jobId} ended and is not there`);
    const { callback_url: url } = row;
    if (url === null && !this.events.hasListeners) return;
    // The state of the webhook of an earlier end does not apply to this one.
    const callback = url === null ? null : { ...NO_CALLBACK_YET, url };
    const view: JobFinished = { ...toJobView(row), callback };
    transaction.onceCommitted(() => this.events.publish(JOB_EVENTS.finished, view));
    if (url === null) return;
    await this.webhooks.schedule(transaction, {
      job: row.id,
      run: row.run,
      url,
      body: {
        type: `job.${view.status}`,
        timestamp: view.finished_at ?? new Date().toISOString(),
        data: view,
      },
    });
  }
}
