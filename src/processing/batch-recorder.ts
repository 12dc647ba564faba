import type { Transaction } from '../database/database.js';
import type { ImageRange, ImageResult } from '../images/images.repository.js';
import type { ProcessingObserver } from './processing-observer.js';
import type { ResultWriter } from './result-writer.js';

/** Interval between writes while a batch runs, in milliseconds. */
const FLUSH_INTERVAL_MS = 500;

/** Pauses whose difference is at most this count as equal, in milliseconds. */
const SAME_PAUSE_MS = 1_000;

/**
 * Collects the results of one batch and writes them every half second and at the end, each time in one short
 * transaction. Only one write runs at a time. {@link finish} throws the first error of a write.
 */
export class BatchRecorder {
  /** Number of final results. */
  final = 0;
  private results: ImageResult[] = [];
  /** Results that only defer an image. They are written last, or not at all (see {@link finish}). */
  private deferred: ImageResult[] = [];
  private hasOthers = false;
  private flushing: Promise<void> = Promise.resolve();
  private fault: { readonly error: unknown } | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly writer: ResultWriter,
    private readonly range: ImageRange,
    private readonly observer: ProcessingObserver | undefined,
  ) {
    this.timer = setInterval(() => this.flush(), FLUSH_INTERVAL_MS);
  }

  add(result: ImageResult): void {
    if (isOnlyDeferred(result)) {
      this.deferred.push(result);
      return;
    }
    this.hasOthers = true;
    this.results.push(result);
    if (result.status !== 'pending') this.final += 1;
  }

  /**
   * Writes the remaining results and runs `settle` in the same transaction. `pauseMs` is the pause before the
   * images that are due are tried again; it is 0 if the rows contain their own pauses.
   *
   * @throws the first error of a write; the lost results leave their images pending
   */
  async finish(settle: (transaction: Transaction, pauseMs: number) => Promise<void>): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    if (this.fault !== undefined) throw this.fault.error;
    const pauseMs = this.hasOthers ? undefined : findCommonPause(this.deferred);
    if (pauseMs !== undefined) return this.writer.settle((transaction) => settle(transaction, pauseMs));
    this.results.push(...this.deferred);
    await this.write((transaction) => settle(transaction, 0));
  }

  /** Stops writing, for a batch that failed. */
  async abort(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
  }

  private flush(): void {
    if (this.results.length === 0 || this.fault !== undefined) return;
    this.flushing = this.flushing.then(async () => {
      try {
        await this.write();
      } catch (error) {
        this.fault = { error };
      }
    });
  }

  private async write(settle?: (transaction: Transaction) => Promise<void>): Promise<void> {
    const recorded = await this.writer.commit(this.range, () => this.takeBuffered(), settle);
    this.observer?.imagesRecorded(recorded);
  }

  private takeBuffered(): ImageResult[] {
    const { results } = this;
    this.results = [];
    return results;
  }
}

/** Whether a result changes nothing but the time of the next attempt. */
function isOnlyDeferred({ status, attempted, held, refused }: ImageResult): boolean {
  return status === 'pending' && !attempted && !held && refused !== true;
}

/** The longest pause if all pauses are about equal, 0 without results; else undefined. */
function findCommonPause(results: readonly ImageResult[]): number | undefined {
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];
  for (const { pause_ms } of results) {
    shortest = Math.min(shortest, pause_ms ?? 0);
    longest = Math.max(longest, pause_ms ?? 0);
  }
  return longest - shortest <= SAME_PAUSE_MS ? longest : undefined;
}
