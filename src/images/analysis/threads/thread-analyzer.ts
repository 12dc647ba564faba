import type { AnalyzedImage, ImageAnalyzer, ImageBytes, Json } from '../image-analyzer.js';
import { Thread } from './thread.js';

export interface ThreadAnalyzerOptions {
  /** As of any {@link ImageAnalyzer}. */
  readonly name: string;
  /**
   * The module to run, JavaScript that Node can import: its default export is an {@link AnalyzeInThread}. It runs in the
   * thread alone, and shares nothing with the application.
   */
  readonly file: URL;
  /** Threads, each with one image at a time; 1 unless given. They start when they are needed first. */
  readonly threads?: number;
  /** Milliseconds that loading the module may take, which count for no image; 30,000 unless given, 55,000 at the most. */
  readonly startTimeoutMs?: number;
  /** As of any {@link ImageAnalyzer}; false unless given. */
  readonly usesExif?: boolean;
  /** Memory of the heap of one thread, in MiB; 256 unless given. Who takes more loses the image. */
  readonly heapMb?: number;
}

/**
 * An analyzer that runs in threads of its own, for code that may block, explode or never end. When the time of an image is
 * up its thread is terminated, even in the middle of `for (;;) {}`, and another takes its place; so it is with one that
 * ends by itself or runs out of memory. It costs that one image. Bytes are copied to the thread.
 *
 * @example
 * threadAnalyzer({ name: 'planogram', file: new URL('./planogram.js', import.meta.url), threads: 2 })
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
  /** Those that are waited for no more, in the order in which they will be used. */
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

  /** A thread may have ended while it had nothing to do. */
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
