import { type EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a test waits for a state or an event, in milliseconds. */
export const WITHIN_MS = 10_000;

/**
 * Asks again and again until the answer is something, for a test that waits for a state.
 *
 * @throws Error after the deadline
 */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  what: string,
  deadlineMs = WITHIN_MS,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what} did not come about within ${deadlineMs} ms`);
    await pause(20);
  }
}

/**
 * The arguments of the next event, as `once` of node:events gives them.
 *
 * @throws Error after the deadline, or what the emitter fails with
 */
export function nextEvent(
  emitter: EventEmitter,
  event: string,
  what = `the event ${event}`,
  deadlineMs = WITHIN_MS,
  // oxlint-disable-next-line no-explicit-any -- what an event brings is as untyped as for `once`
): Promise<any[]> {
  const came = waitForEvent(emitter, event, what, deadlineMs);
  // A test that failed before it waits for this is over by then: no other may fail for it.
  came.catch(() => {});
  return came;
}

async function waitForEvent(
  emitter: EventEmitter,
  event: string,
  what: string,
  deadlineMs: number,
): Promise<unknown[]> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    return await once(emitter, event, { signal: deadline });
  } catch (error) {
    if (!deadline.aborted) throw error;
    throw new Error(`${what} did not come about within ${deadlineMs} ms`, { cause: error });
  }
}
