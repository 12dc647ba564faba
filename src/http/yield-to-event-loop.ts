import { setImmediate as nextIteration } from 'node:timers/promises';

/** The maximum time of work in one iteration of the event loop, in milliseconds. */
const WORK_MS = 10;

let last: Promise<void> = Promise.resolve();
/** When the first piece of work of this iteration began. */
let began: number | undefined;

/**
 * Resolves in a later iteration of the event loop, in which no other call resolves. Await it before each piece of long work, so that other
 * requests are served between the pieces.
 */
export async function yieldToEventLoop(): Promise<void> {
  last = last.then(() => nextIteration());
  return last;
}

/** Whether this iteration of the event loop has taken too long. If so, the next piece of work should await {@link yieldToEventLoop}. */
export function isLongIteration(): boolean {
  const now = performance.now();
  if (began === undefined) {
    began = now;
    setImmediate(() => {
      began = undefined;
    });
  }
  return now - began > WORK_MS;
}
