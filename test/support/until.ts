import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer is something, for a test that waits for a state. Fails after the deadline. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  what: string,
  deadlineMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what} did not come about within ${deadlineMs} ms`);
    await pause(20);
  }
}
