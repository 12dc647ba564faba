import type { Transaction } from '../database/database.js';
import type { ImageRange, ImageResult } from '../images/images.repository.js';
import type { ProcessingObserver } from './processing-observer.js';
import type { ResultWriter } from './result-writer.js';

/** How often results are written while a batch runs, in milliseconds. */
const FLUSH_INTERVAL_MS = 500;

/** Pauses that differ by no more than this count as the same, in milliseconds. */
const SAME_PAUSE_MS = 1_000;

/**
 * Collects the results of one batch and writes them as they come: every half second and at the end, each time in one
 * short transaction. Only one flush runs at a time; the first that fails is thrown by {@link finish}.
 */
export class BatchRecorder {
  /** How many results came that are final. */
  final = 0;
  private results: ImageResult[] = [];
  /** Results that only say when an image is asked for again. They are written last, or not at all: see {@link finish}. */
  private putOff: ImageResult[] = [];
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
    if (saysOnlyWhen(result)) {
      this.putOff.push(result);
      return;
    }
    this.hasOthers = true;
    this.results.push(result);
    if (result.status !== 'pending') this.final += 1;
  }

  /**
   * Writes the results that are left, and runs `settle` in the same transaction. Its `pauseMs` is the pause before the images that
   * are due are tried again. It is 0 where the rows hold their own pauses.
   *
   * @throws what a flush threw: results of the batch are lost then, and their images still pending
   */
  async finish(settle: (transaction: Transaction, pauseMs: number) => Promise<void>): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    if (this.fault !== undefined) throw this.fault.error;
    const pauseMs = this.hasOthers ? undefined : findCommonPause(this.putOff);
    if (pauseMs !== undefined) return this.writer.settle((transaction) => settle(transaction, pauseMs));
    this.results.push(...this.putOff);
    await this.write((transaction) => settle(transaction, 0));
  }

  /** Writes nothing more: for a batch that failed otherwise. */
  async abandon(): Promise<void> {
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

/** Whether nothing came of an image: no attempt, no refusal, and no hold that begins. */
function saysOnlyWhen({ status, attempted, held, refused }: ImageResult): boolean {
  return status === 'pending' && !attempted && !held && refused !== true;
}

/** The pause of all results where they come back at about the same time, 0 where there are none; undefined otherwise. */
function findCommonPause(results: readonly ImageResult[]): number | undefined {
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];
  for (const { pause_ms } of results) {
    shortest = Math.min(shortest, pause_ms ?? 0);
    longest = Math.max(longest, pause_ms ?? 0);
  }
  return longest - shortest <= SAME_PAUSE_MS ? longest : undefined;
}
