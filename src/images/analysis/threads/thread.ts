import { Worker } from 'node:worker_threads';
import type { AnalyzedImage, ImageBytes } from '../image-analyzer.js';
import type { Order, Report } from './analysis-thread.js';

/** An error of a thread, with its name there. */
class ThrownInThread extends Error {
  constructor({ name, message, stack }: Extract<Report, { readonly kind: 'thrown' }>) {
    super(message);
    this.name = name;
    this.stack = stack;
  }
}

/** One thread that runs an analyzer, one image at a time. */
export class Thread {
  private readonly worker: Worker;
  private readonly booted = Promise.withResolvers<void>();
  private task: PromiseWithResolvers<unknown> | undefined;
  private bytes: ImageBytes | undefined;
  private missing: unknown;
  private hasEnded = false;

  /**
   * @param file module of the analyzer
   * @param heapMb heap of the thread, in MiB
   */
  constructor(file: URL, heapMb: number) {
    // If the sources run without a build, the thread does too.
    const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.worker = new Worker(new URL(`analysis-thread.${suffix}`, import.meta.url), {
      workerData: file.href,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    // The thread does not keep the process alive.
    this.worker.unref();
    this.worker.on('message', (report: Report) => this.receive(report));
    this.worker.on('messageerror', (error) => this.end(error));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', (code) => this.end(new Error(`the thread ended with ${code}`)));
    this.booted.promise.catch(() => {});
  }

  /** Whether it can analyze an image now. */
  get isIdle(): boolean {
    return !this.hasEnded && this.task === undefined;
  }

  /** Resolves when the module is loaded. Rejects if that fails or takes longer. */
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

  /** Analyzes an image. The thread is terminated if the signal aborts. */
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
    this.send({ kind: 'analyze', image, start: new Uint8Array(bytes.start), isWhole: bytes.isWhole, exif });
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

  private receive(report: Report): void {
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
      this.send({ kind: 'whole', bytes: new Uint8Array(whole) });
    } catch (error) {
      this.missing = error;
      this.send({ kind: 'no_whole' });
    }
  }

  private conclude(settle: (task: PromiseWithResolvers<unknown>) => void): void {
    const { task } = this;
    this.task = undefined;
    if (task !== undefined) settle(task);
  }

  /** Fails the current image and the start, if either is pending. */
  private end(reason: unknown): void {
    this.hasEnded = true;
    this.booted.reject(reason);
    this.conclude((task) => task.reject(reason));
  }

  /** Sends a message. The bytes are transferred, not copied. */
  private send(order: Order): void {
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
