import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { VisitCountsRepository } from './visit-counts.repository.js';

/** Pause between two looks for such visits, in milliseconds. A process of an earlier version may still write some. */
const PAUSE_MS = 60_000;

/**
 * Counts the images of visits that an earlier version of Shelfline wrote, in short steps. Several processes may do so at a time,
 * because a counted visit is not counted again. Jobs of this version are counted with their results.
 */
@Injectable()
export class EarlierVisits implements BeforeApplicationShutdown {
  private readonly logger = new Logger('EarlierVisits');
  private readonly stopping = new AbortController();
  private counting: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly counts: VisitCountsRepository,
  ) {}

  /** Counts in the background. */
  start(): void {
    this.counting = this.count()
      .catch((error: unknown) => {
        this.logger.warn({
          event: 'visit_count_failed',
          error: error instanceof Error ? error.message : String(error),
        });
      })
      .then(() => {
        if (!this.stopping.signal.aborted) this.timer = setTimeout(() => this.start(), PAUSE_MS);
      });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.counting;
  }

  private async count(): Promise<void> {
    let jobs = 0;
    for (
      let job = await this.counts.findUncounted('0');
      job !== undefined;
      job = await this.counts.findUncounted(job)
    ) {
      if (!(await this.countJob(job))) return;
      jobs += 1;
    }
    if (jobs > 0) this.logger.log({ event: 'visits_counted', jobs });
  }

  /** Returns false if the application stops. */
  private async countJob(job: string): Promise<boolean> {
    for (let from: number | undefined = 0; from !== undefined;) {
      if (this.stopping.signal.aborted) return false;
      const first: number = from;
      from = await this.database.transaction((transaction) => this.counts.countNext(transaction, job, first));
    }
    return true;
  }
}
