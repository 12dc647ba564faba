import { listen } from '../waiting/abort-listeners.js';
import { FairSemaphore } from '../waiting/fair-semaphore.js';
import { PausableTimer } from '../waiting/pausable-timer.js';
import { UnusableResult, resultText } from './analysis-result.js';
import type { AnalysisOptions } from './analysis.options.js';
import { type FileBytes, WholeFileMissing } from './file-bytes.js';
import { type AnalyzedImage, type ImageAnalyzer, type ImageBytes, wants } from './image-analyzer.js';
import { findRejection } from './image-rejected.js';

/** The result of one analyzer for one image. */
export type Finding =
  /** JSON, or undefined if nothing was found. */
  | { readonly kind: 'found'; readonly text: string | undefined }
  | { readonly kind: 'rejected'; readonly reason: string }
  /** It threw, or its result cannot be saved. `reason` contains nothing of the error. */
  | { readonly kind: 'failed'; readonly reason: string; readonly error: unknown }
  | { readonly kind: 'timeout'; readonly reason: string }
  /** The whole file was not available. */
  | { readonly kind: 'missing'; readonly error: WholeFileMissing };

/** How long `ready` of an analyzer may take, in milliseconds. */
const READY_MS = 60_000;

class TimeIsUp extends Error {
  override readonly name = 'TimeoutError';

  constructor() {
    super('the time is up');
  }
}

/** Runs one analyzer on images, with a concurrency limit and a timeout for each image. */
export class AnalyzerRun {
  /** Limits the images in the analyzer. Jobs are served in rotation. */
  private readonly slots: FairSemaphore;
  readonly name: string;

  constructor(
    private readonly analyzer: ImageAnalyzer,
    private readonly options: AnalysisOptions,
  ) {
    this.name = analyzer.name;
    this.slots = new FairSemaphore(analyzer.concurrency ?? options.concurrency);
  }

  /** Whether the analyzer wants an image. */
  wants(start: Buffer, format: string, exif: Buffer | null): boolean {
    return wants(this.analyzer, start, format, exif);
  }

  /**
   * Resolves whatever the analyzer does. Rejects only with the reason of the signal. An analyzer that continues
   * after that is not waited for.
   *
   * @param fairnessKey the job; analyzers are shared evenly between jobs
   */
  async run(
    image: AnalyzedImage,
    bytes: FileBytes,
    fairnessKey: string,
    signal: AbortSignal,
  ): Promise<Finding> {
    if (!this.slots.tryAcquire()) await this.slots.acquire(1, { signal, fairnessKey });
    try {
      if (this.analyzer.ready !== undefined) await this.ready(signal);
      const found = await this.analyze(image, bytes, signal);
      const text = found === undefined ? undefined : resultText(found, this.options.maxResultBytes);
      return { kind: 'found', text };
    } catch (error) {
      signal.throwIfAborted();
      return this.failure(error);
    } finally {
      this.slots.release();
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

/** Creates the bytes for one analyzer. Its timeout is paused while it waits for the whole file. */
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
      // A rejection that the analyzer does not handle must not end the process.
      whole.catch(() => {});
      return whole;
    },
  };
}

/** Runs a task with a timeout. Rejects when the time is up, or with the reason of the signal. */
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
    // The task blocked the event loop, so the timer could not fire.
    if (performance.now() - startedAt > timeoutMs) abortWith(new TimeIsUp());
    running.then(resolve, reject).finally(end);
  });
}

/** Converts an error thrown before the promise is returned to a rejection. */
async function begin<T>(analyze: () => Promise<T>): Promise<T> {
  return analyze();
}

/** Finds a {@link WholeFileMissing} in the causes of an error, because an analyzer may wrap it. */
function missingFileIn(error: unknown): WholeFileMissing | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    if (cause instanceof WholeFileMissing) return cause;
  }
  return undefined;
}
