import { setImmediate as nextRound } from 'node:timers/promises';

/** How long work may go on in one round of the event loop, in milliseconds. */
const WORK_MS = 10;

let last: Promise<void> = Promise.resolve();
/** When the first piece of work of this round began. */
let began: number | undefined;

/**
 * Resolves in a round of the event loop that no other caller of this has. Long work that waits for it before each piece adds up
 * with no other such work, however much of it is under way: everything else goes on between two pieces.
 */
export async function ownTurn(): Promise<void> {
  last = last.then(() => nextRound());
  return last;
}

/** Whether work has gone on for long in this round of the event loop, so that {@link ownTurn} should be waited for. */
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
