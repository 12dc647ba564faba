import { listen } from '../waiting/abort-listeners.js';
import { FairSemaphore } from '../waiting/fair-semaphore.js';
import { PausableTimer } from '../waiting/pausable-timer.js';
import { UnusableResult, resultText } from './analysis-result.js';
import type { AnalysisOptions } from './analysis.options.js';
import { type FileBytes, WholeFileMissing } from './file-bytes.js';
import { type AnalyzedImage, type ImageAnalyzer, type ImageBytes, wants } from './image-analyzer.js';
import { findRejection } from './image-rejected.js';

/** What came of one analyzer and one image. */
export type Finding =
  /** JSON, or undefined where nothing was found. */
  | { readonly kind: 'found'; readonly text: string | undefined }
  | { readonly kind: 'rejected'; readonly reason: string }
  /** It threw, or its result can't be kept; `reason` says so without a word of what was thrown. */
  | { readonly kind: 'failed'; readonly reason: string; readonly error: unknown }
  | { readonly kind: 'timeout'; readonly reason: string }
  /** It could not have the whole file. */
  | { readonly kind: 'missing'; readonly error: WholeFileMissing };

/** How long an analyzer may take to get ready, in milliseconds. */
const READY_MS = 60_000;

class TimeIsUp extends Error {
  override readonly name = 'TimeoutError';

  constructor() {
    super('the time is up');
  }
}

/** Gives images to one analyzer: so many at a time, each for so long. */
export class AnalyzerRun {
  /** Images that the analyzer works on. Jobs are served one after the other. */
  private readonly places: FairSemaphore;
  readonly name: string;

  constructor(
    private readonly analyzer: ImageAnalyzer,
    private readonly options: AnalysisOptions,
  ) {
    this.name = analyzer.name;
    this.places = new FairSemaphore(analyzer.concurrency ?? options.concurrency);
  }

  /** Whether the analyzer wants to see an image. */
  wants(start: Buffer, format: string, exif: Buffer | null): boolean {
    return wants(this.analyzer, start, format, exif);
  }

  /**
   * Whatever the analyzer does, this resolves; it rejects only with the reason of the signal. An analyzer that goes on
   * after that is not waited for.
   *
   * @param fairnessKey the job: analyzers are shared evenly between jobs
   */
  async run(
    image: AnalyzedImage,
    bytes: FileBytes,
    fairnessKey: string,
    signal: AbortSignal,
  ): Promise<Finding> {
    if (!this.places.tryAcquire()) await this.places.acquire(1, { signal, fairnessKey });
    try {
      if (this.analyzer.ready !== undefined) await this.ready(signal);
      const found = await this.analyze(image, bytes, signal);
      const text = found === undefined ? undefined : resultText(found, this.options.maxResultBytes);
      return { kind: 'found', text };
    } catch (error) {
      signal.throwIfAborted();
      return this.failure(error);
    } finally {
      this.places.release();
    }
  }

  private async ready(signal: AbortSignal): Promise<void> {
    try {
      await within(READY_MS, signal, async (abort) => this.analyzer.ready?.(abort));
    } catch (cause) {
      throw new Error(`the analyzer ${this.name} did not get ready`, { cause });
    }
  }

  private analyze(image: AnalyzedImage, bytes: FileBytes, signal: AbortSignal): Promise<unknown> {
    return within(this.options.timeoutMs, signal, (abort, timer) =>
      this.analyzer.analyze(image, toImageBytes(bytes, timer), abort),
    );
  }

  private failure(error: unknown): Finding {
    const { name } = this;
    const rejected = findRejection(error);
    if (rejected !== undefined) return { kind: 'rejected', reason: rejected };
    if (error instanceof TimeIsUp) {
      const seconds = this.options.timeoutMs / 1000;
      return { kind: 'timeout', reason: `the analyzer ${name} did not end within ${seconds} s` };
    }
    const missing = missingFileIn(error);
    if (missing !== undefined) return { kind: 'missing', error: missing };
    const why = error instanceof UnusableResult ? `: ${error.message}` : '';
    return { kind: 'failed', reason: `the analyzer ${name} failed${why}`, error };
  }
}

/** Other analyzers don't see what one does with its view; its time stands still while it waits for the file. */
function toImageBytes(bytes: FileBytes, timer: PausableTimer): ImageBytes {
  const fetchWhole = async (): Promise<Buffer> => {
    timer.pause();
    try {
      return await bytes.whole();
    } finally {
      timer.resume();
    }
  };
  return {
    start: bytes.start.bytes,
    isWhole: bytes.isWhole,
    exif: bytes.start.exif,
    whole: () => {
      const whole = fetchWhole();
      // A rejection that the analyzer does not wait for must not end the process.
      whole.catch(() => {});
      return whole;
    },
  };
}

/** What a task comes to in its time; rejects at the latest when that is up, or with the reason of the signal. */
function within<T>(
  timeoutMs: number,
  signal: AbortSignal,
  task: (abort: AbortSignal, timer: PausableTimer) => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = new AbortController();
    const end = (): void => {
      timer.end();
      listening.stop();
    };
    const abortWith = (reason: unknown): void => {
      end();
      reject(reason);
      abort.abort(reason);
    };
    const timer = new PausableTimer(timeoutMs, () => abortWith(new TimeIsUp()));
    const listening = listen(signal, { onAbort: () => abortWith(signal.reason) });
    timer.resume();
    const startedAt = performance.now();
    const running = begin(() => task(abort.signal, timer));
    // It kept the event loop: no timer could tell.
    if (performance.now() - startedAt > timeoutMs) abortWith(new TimeIsUp());
    running.then(resolve, reject).finally(end);
  });
}

/** What throws before it returns a promise is no different. */
async function begin<T>(analyze: () => Promise<T>): Promise<T> {
  return analyze();
}

/** An analyzer may wrap what it could not go on with. */
function missingFileIn(error: unknown): WholeFileMissing | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    if (cause instanceof WholeFileMissing) return cause;
  }
  return undefined;
}
