import type { Database, Transaction } from '../database/database.js';
import type { ImageRange, ImageResult, ImagesRepository } from '../images/images.repository.js';
import type { JobsRepository } from '../jobs/jobs.repository.js';

/** How often results are written while a batch runs, in milliseconds. */
const FLUSH_INTERVAL_MS = 500;

/**
 * Collects the results of one batch and writes them as they come: every half second and at the end, each time in one
 * short transaction. Only one flush runs at a time; the first that fails is thrown by {@link finish}.
 */
export class BatchRecorder {
  private results: ImageResult[] = [];
  private flushing: Promise<void> = Promise.resolve();
  private fault: { readonly error: unknown } | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly images: ImagesRepository,
    private readonly range: ImageRange,
  ) {
    this.timer = setInterval(() => this.flush(), FLUSH_INTERVAL_MS);
  }

  add(result: ImageResult): void {
    this.results.push(result);
  }

  /**
   * Writes what is left, and `settle` in the same transaction.
   *
   * @throws what a flush threw: results of the batch are lost then, and their images still pending
   */
  async finish(settle: (transaction: Transaction) => Promise<void>): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    if (this.fault !== undefined) throw this.fault.error;
    await this.database.transaction(async (transaction) => {
      await this.write(transaction, this.results);
      await settle(transaction);
    });
  }

  /** Writes what is there as far as possible, for a batch that is given back. */
  async giveUp(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    if (this.fault === undefined && this.results.length > 0) {
      await this.database.transaction((transaction) => this.write(transaction, this.results));
    }
  }

  private flush(): void {
    if (this.results.length === 0 || this.fault !== undefined) return;
    this.flushing = this.flushing.then(async () => {
      const results = this.results;
      this.results = [];
      if (results.length === 0) return;
      try {
        await this.database.transaction((transaction) => this.write(transaction, results));
      } catch (error) {
        this.fault = { error };
      }
    });
  }

  private async write(transaction: Transaction, results: readonly ImageResult[]): Promise<void> {
    if (results.length === 0) return;
    if (!(await this.jobs.lockOngoing(transaction, this.range.job, this.range.run))) return;
    const now = new Date();
    const changed = await this.images.record(transaction, this.range, results, now);
    const moved = { succeeded: changed.get('succeeded') ?? 0, failed: changed.get('failed') ?? 0 };
    if (moved.succeeded + moved.failed > 0)
      await this.jobs.moveCounters(transaction, this.range.job, moved, now);
  }
}
