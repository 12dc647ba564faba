import { setTimeout as pause } from 'node:timers/promises';

/** From `min` to `max` milliseconds. */
export interface Delay {
  readonly min: number;
  readonly max: number;
}

/**
 * Takes the time that an analysis of an image might take. The image holds nothing meanwhile: no slot, no connection and
 * no time of the process.
 *
 * @throws when the signal aborts
 */
export async function simulateAnalysis({ min, max }: Delay, signal: AbortSignal): Promise<void> {
  await pause(min + Math.random() * (max - min), undefined, { signal });
}
