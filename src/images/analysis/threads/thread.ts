import { Worker } from 'node:worker_threads';
import type { AnalyzedImage, ImageBytes } from '../image-analyzer.js';
import type { Order, Report } from './analysis-thread.js';

/** What was thrown in a thread, under the name that it had there. */
class ThrownInThread extends Error {
  constructor({ name, message, stack }: Extract<Report, { readonly kind: 'thrown' }>) {
    super(message);
    this.name = name;
    this.stack = stack;
  }
}

/** One thread that runs an analyzer, for an image at a time. */
export class Thread {
  private readonly worker: Worker;
  private readonly booted = Promise.withResolvers<void>();
  private task: PromiseWithResolvers<unknown> | undefined;
  private bytes: ImageBytes | undefined;
  private missing: unknown;
  private hasEnded = false;

  /**
   * @param file the module of the analyzer
   * @param heapMb memory of its heap, in MiB
   */
  constructor(file: URL, heapMb: number) {
    // Where the sources run as they are, so does the thread.
    const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.worker = new Worker(new URL(`analysis-thread.${suffix}`, import.meta.url), {
      workerData: file.href,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    // It keeps no process that is done.
    this.worker.unref();
    this.worker.on('message', (report: Report) => this.hear(report));
    this.worker.on('messageerror', (error) => this.end(error));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', (code) => this.end(new Error(`the thread ended with ${code}`)));
    this.booted.promise.catch(() => {});
  }

  /** Whether it can take an image. */
  get isIdle(): boolean {
    return !this.hasEnded && this.task === undefined;
  }

  /** Resolves when the module is loaded; rejects where that fails, or takes longer. */
  async ready(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.end(new Error(`the thread was not ready within ${timeoutMs / 1000} s`));
      void this.terminate();
    }, timeoutMs);
    try {
      await this.booted.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Analyses an image. The thread is ended, whatever it does, where the signal aborts. */
  async analyze(image: AnalyzedImage, bytes: ImageBytes, signal: AbortSignal): Promise<unknown> {
    const task = Promise.withResolvers<unknown>();
    const abort = (): void => {
      this.end(signal.reason);
      void this.terminate();
    };
    if (this.hasEnded) throw new Error('the thread has ended');
    this.task = task;
    this.bytes = bytes;
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    const exif = bytes.exif === null ? null : new Uint8Array(bytes.exif);
    this.order({ kind: 'analyze', image, start: new Uint8Array(bytes.start), isWhole: bytes.isWhole, exif });
    try {
      return await task.promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.bytes = undefined;
      this.missing = undefined;
    }
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  private hear(report: Report): void {
    switch (report.kind) {
      case 'ready':
        return this.booted.resolve();
      case 'whole_wanted':
        if (this.bytes !== undefined) void this.giveWhole(this.bytes);
        return;
      case 'found':
        return this.conclude((task) => task.resolve(report.found));
      case 'missing':
        return this.conclude((task) => task.reject(this.missing));
      case 'thrown':
        return this.conclude((task) => task.reject(new ThrownInThread(report)));
    }
  }

  private async giveWhole(bytes: ImageBytes): Promise<void> {
    try {
      const whole = await bytes.whole();
      this.order({ kind: 'whole', bytes: new Uint8Array(whole) });
    } catch (error) {
      this.missing = error;
      this.order({ kind: 'no_whole' });
    }
  }

  private conclude(settle: (task: PromiseWithResolvers<unknown>) => void): void {
    const { task } = this;
    this.task = undefined;
    if (task !== undefined) settle(task);
  }

  /** What it is at, and what it would be at, fails with this. */
  private end(reason: unknown): void {
    this.hasEnded = true;
    this.booted.reject(reason);
    this.conclude((task) => task.reject(reason));
  }

  /** Bytes go over as they are, without another copy. */
  private order(order: Order): void {
    this.worker.postMessage(order, getBuffers(order));
  }
}

function getBuffers(order: Order): ArrayBuffer[] {
  switch (order.kind) {
    case 'analyze':
      return order.exif === null ? [order.start.buffer] : [order.start.buffer, order.exif.buffer];
    case 'whole':
      return [order.bytes.buffer];
    case 'no_whole':
      return [];
  }
}
