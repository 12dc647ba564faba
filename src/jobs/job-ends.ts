import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import { DomainEvents } from '../events/domain-events.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import { JOB_ERRORS } from './dto/job.dto.js';
import { JOB_EVENTS, type JobFinished } from './domain-events.js';
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
    @Inject(JOBS_OPTIONS) private readonly options: JobsOptions,
  ) {}

  /** Has to be called after a job was ended, in the same transaction. */
  async announce(transaction: Transaction, { job_id, callback_url: url, status }: EndedJob): Promise<void> {
    transaction.onceCommitted(() => this.options.observer?.jobEnded(status));
    if (url === null && !this.events.hasListeners) return;
    const row = await this.jobs.findWithFaults(job_id, JOB_ERRORS, transaction);
    if (row === undefined) throw new Error(`the job ${job_id} ended and is not there`);
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
