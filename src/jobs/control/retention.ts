import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { QueueService } from '../../queue/queue.service.js';
import { JOBS_OPTIONS, type JobsOptions } from '../jobs.options.js';
import { SubmissionService } from '../submission/submission.service.js';
import { SWEEP_QUEUE, toPurgeTask } from '../sweeps.js';
import { JobControlRepository } from './job-control.repository.js';

/** Interval between purges, in milliseconds. */
const INTERVAL_MS = 60_000;
/** The maximum number of jobs that one transaction deletes. */
const PURGED_AT_ONCE = 100;

/** Deletes jobs after their retention time, and data of aborted submissions. */
@Injectable()
export class Retention implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Retention');
  private timer: NodeJS.Timeout | undefined;
  private purging: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly jobs: JobControlRepository,
    private readonly queue: QueueService,
    private readonly submissions: SubmissionService,
    @Inject(JOBS_OPTIONS) private readonly options: JobsOptions,
  ) {}

  /** Purges at once, and then every minute. */
  start(): void {
    this.purging = this.purge();
    this.timer = setInterval(() => {
      this.purging = this.purging.then(() => this.purge());
    }, INTERVAL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.purging;
  }

  private async purge(): Promise<void> {
    try {
      const uploads = await this.submissions.purgeAbandoned();
      if (uploads > 0) this.logger.log({ event: 'uploads_purged', uploads });
      const { retentionDays } = this.options;
      if (retentionDays === 0) return;
      const jobs = await this.purgeEnded(retentionDays);
      if (jobs > 0) this.logger.log({ event: 'jobs_purged', jobs });
    } catch (error) {
      // The next purge deletes the rest.
      this.logger.warn({
        event: 'purge_failed',
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /**
   * Deletes the jobs that ended at least `daysAgo` days ago, by the database's clock, in small transactions.
   * Returns their number.
   */
  private async purgeEnded(daysAgo: number): Promise<number> {
    for (let purged = 0; ;) {
      const rows = await this.database.transaction(async (transaction) => {
        const deleted = await this.jobs.deleteEnded(transaction, daysAgo, PURGED_AT_ONCE);
        if (deleted.length > 0) await this.queue.enqueue(SWEEP_QUEUE, deleted.map(toPurgeTask), transaction);
        return deleted.length;
      });
      purged += rows;
      if (rows < PURGED_AT_ONCE) return purged;
    }
  }
}
