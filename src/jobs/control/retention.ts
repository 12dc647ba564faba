import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { JOBS_OPTIONS, type JobsOptions } from '../jobs.options.js';
import { SubmissionService } from '../submission/submission.service.js';
import { JobPurge } from './job-purge.js';

/** Interval between purges, in milliseconds. */
const INTERVAL_MS = 60_000;

/** Deletes jobs after their retention time, and data of aborted submissions. */
@Injectable()
export class Retention implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Retention');
  private timer: NodeJS.Timeout | undefined;
  private purging: Promise<void> = Promise.resolve();

  constructor(
    private readonly jobs: JobPurge,
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
      const jobs = await this.jobs.purgeEnded(retentionDays);
      if (jobs > 0) this.logger.log({ event: 'jobs_purged', jobs });
    } catch (error) {
      // The next purge deletes the rest.
      this.logger.warn({
        event: 'purge_failed',
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
