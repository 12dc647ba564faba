import type { AnalyzedImage, ImageAnalyzer, ImageBytes, Json } from '../image-analyzer.js';
import { Thread } from './thread.js';

export interface ThreadAnalyzerOptions {
  /** See {@link ImageAnalyzer.name}. */
  readonly name: string;
  /**
   * The JavaScript module to run. Its default export is an {@link AnalyzeInThread}. It runs only in the thread
   * and shares nothing with the application.
   */
  readonly file: URL;
  /** Number of threads, each with one image at a time. They start when they are first needed. Default: 1. */
  readonly threads?: number;
  /**
   * How long loading the module may take, in milliseconds, at most 55,000. It does not count for an image.
   * Default: 30,000.
   */
  readonly startTimeoutMs?: number;
  /** See {@link ImageAnalyzer.usesExif}. Default: false. */
  readonly usesExif?: boolean;
  /** Heap of one thread, in MiB. An image whose analysis needs more fails. Default: 256. */
  readonly heapMb?: number;
}

/**
 * Creates an analyzer that runs in threads, for code that may block, crash or never end. When the time of an
 * image is up, its thread is terminated, even during `for (;;) {}`, and replaced. A thread that ends or runs
 * out of memory is replaced too. Only that one image fails. The bytes are copied to the thread.
 *
 * @example threadAnalyzer({ name: 'planogram', file: new URL('./planogram.js', import.meta.url), threads: 2 })
 */
export function threadAnalyzer(options: ThreadAnalyzerOptions): ImageAnalyzer {
  if (!(options.file instanceof URL))
    throw new TypeError(
      `file of the analyzer ${options.name} takes a URL, as new URL('./x.js', import.meta.url)`,
    );
  return new ThreadAnalyzer({ threads: 1, startTimeoutMs: 30_000, heapMb: 256, usesExif: false, ...options });
}

class ThreadAnalyzer implements ImageAnalyzer {
  readonly name: string;
  readonly concurrency: number;
  readonly usesExif: boolean;
  private readonly threads = new Set<Thread>();
  /** Threads that are ready, in the order in which they will be used. */
  private readonly reserved: Thread[] = [];
  private readonly idle: Thread[] = [];
  private hasClosed = false;

  constructor(private readonly options: Required<ThreadAnalyzerOptions>) {
    this.name = options.name;
    this.concurrency = options.threads;
    this.usesExif = options.usesExif;
  }

  async ready(signal: AbortSignal): Promise<void> {
    const thread = this.findIdle() ?? (await this.start());
    (signal.aborted ? this.idle : this.reserved).push(thread);
  }

  async analyze(image: AnalyzedImage, bytes: ImageBytes, signal: AbortSignal): Promise<Json | undefined> {
    const thread = this.reserved.shift() ?? this.findIdle() ?? (await this.start());
    try {
      return (await thread.analyze(image, bytes, signal)) as Json | undefined; // oxlint-disable-line no-unsafe-type-assertion -- every result is checked
    } finally {
      if (thread.isIdle) this.idle.push(thread);
      else this.threads.delete(thread);
    }
  }

  async close(): Promise<void> {
    this.hasClosed = true;
    await Promise.all([...this.threads].map(async (thread) => thread.terminate()));
  }

  /** Returns an idle thread. A thread may have ended while it was idle. */
  private findIdle(): Thread | undefined {
    for (let thread = this.idle.pop(); thread !== undefined; thread = this.idle.pop()) {
      if (thread.isIdle) return thread;
      this.threads.delete(thread);
    }
    return undefined;
  }

  private async start(): Promise<Thread> {
    if (this.hasClosed) throw new Error('the application is stopping');
    const { file, heapMb, startTimeoutMs } = this.options;
    const thread = new Thread(file, heapMb);
    this.threads.add(thread);
    try {
      await thread.ready(startTimeoutMs);
      return thread;
    } catch (error) {
      this.threads.delete(thread);
      void thread.terminate();
      throw error;
    }
  }
}
