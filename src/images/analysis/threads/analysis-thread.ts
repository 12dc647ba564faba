/**
 * Runs one analyzer in a thread, one image at a time. It imports only types of this package, so that it starts
 * in a few milliseconds.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { AnalyzedImage, ImageBytes, Json } from '../image-analyzer.js';

/** Type of the default export of a module for {@link threadAnalyzer}. */
export type AnalyzeInThread = (
  image: AnalyzedImage,
  bytes: ImageBytes,
) => Json | undefined | Promise<Json | undefined>;

/** A message to the thread. */
export type Order =
  | {
      readonly kind: 'analyze';
      readonly image: AnalyzedImage;
      readonly start: Uint8Array<ArrayBuffer>;
      readonly isWhole: boolean;
      readonly exif: Uint8Array<ArrayBuffer> | null;
    }
  | { readonly kind: 'whole'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'no_whole' };

/** A message from the thread: one when it is ready, then one result for each image. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'whole_wanted' }
  | { readonly kind: 'found'; readonly found: unknown }
  /** The analyzer failed because the whole file is not available. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'thrown'; readonly name: string; readonly message: string; readonly stack: string };

class NoWholeFile extends Error {
  override readonly name = 'NoWholeFile';
}

const analyze = await load(String(workerData));
let answered: PromiseWithResolvers<Buffer> | undefined;

parentPort?.on('message', (order: Order) => {
  switch (order.kind) {
    case 'analyze':
      void run(order);
      return;
    case 'whole':
      answered?.resolve(toBuffer(order.bytes));
      return;
    case 'no_whole':
      answered?.reject(new NoWholeFile('the whole file can not be had'));
  }
});
say({ kind: 'ready' });

async function load(file: string): Promise<AnalyzeInThread> {
  const module: { readonly default?: unknown } = await import(file);
  if (typeof module.default !== 'function') throw new Error(`${file} exports no function by default`);
  return module.default as AnalyzeInThread; // oxlint-disable-line no-unsafe-type-assertion -- what it returns is checked
}

async function run({ image, isWhole, ...given }: Order & { readonly kind: 'analyze' }): Promise<void> {
  const start = toBuffer(given.start);
  const exif = given.exif === null ? null : toBuffer(given.exif);
  answered = undefined;
  const whole = (): Promise<Buffer> => {
    if (isWhole) return Promise.resolve(start);
    if (answered === undefined) {
      answered = Promise.withResolvers<Buffer>();
      // An unhandled rejection must not end the thread.
      answered.promise.catch(() => {});
      say({ kind: 'whole_wanted' });
    }
    return answered.promise;
  };
  try {
    say({ kind: 'found', found: await analyze(image, { start, isWhole, exif, whole }) });
  } catch (error) {
    say(toReport(error));
  }
}

function toReport(error: unknown): Report {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    if (cause instanceof NoWholeFile) return { kind: 'missing' };
  }
  if (!(error instanceof Error)) return { kind: 'thrown', name: 'Error', message: String(error), stack: '' };
  const { name, message, stack } = error;
  return { kind: 'thrown', name, message, stack: stack ?? '' };
}

function say(report: Report): void {
  parentPort?.postMessage(report, []);
}

function toBuffer(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
