import { setImmediate as nextRound } from 'node:timers/promises';

/** How long work may go on in one round of the event loop, in milliseconds. */
const WORK_MS = 10;

let last: Promise<void> = Promise.resolve();
/** When the first piece of work of this round began. */
let began: number | undefined;

/**
 * Resolves in a round of the event loop that is given to no other caller. Await it before each piece of long work: then pieces of
 * several such works never add up in one round, and everything else goes on between them.
 */
export async function ownTurn(): Promise<void> {
  last = last.then(() => nextRound());
  return last;
}

/** Whether this round of the event loop has lasted long, so that the next piece of work should await {@link ownTurn}. */
export function isLongRound(): boolean {
  const now = performance.now();
  if (began === undefined) {
    began = now;
    setImmediate(() => {
      began = undefined;
    });
  }
  return now - began > WORK_MS;
}
