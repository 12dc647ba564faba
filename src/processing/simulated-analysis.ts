import { setTimeout as pause } from 'node:timers/promises';
import { type Kind, whole } from '../options/option.js';

/** From `min` to `max` milliseconds. */
export interface Delay {
  readonly min: number;
  readonly max: number;
}

const MAX_DELAY_MS = 60_000;

/** A delay is `N` or `MIN-MAX` as a variable, and `{ min, max }` as an option of the module. */
export const DELAY: Kind<Delay> = {
  type: 'Delay',
  parse: (text, refuse) => {
    const [, min, max = min] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
    const delay = { min: Number(min), max: Number(max) };
    if (delay.min <= delay.max && delay.max <= MAX_DELAY_MS) return delay;
    return refuse(`a whole number from 0 to ${MAX_DELAY_MS}, or two as in 100-400`);
  },
  check: (given, refuse) => {
    const delay: { min?: unknown; max?: unknown } = Object(given);
    const min = whole(0, MAX_DELAY_MS).check(delay.min, (takes) => refuse(takes, 'min'));
    return { min, max: whole(min, MAX_DELAY_MS).check(delay.max, (takes) => refuse(takes, 'max')) };
  },
};

/**
 * Waits as long as an analysis might take. The image holds no slot, connection or processor time meanwhile.
 *
 * @throws the reason of the signal
 */
export async function simulateAnalysis({ min, max }: Delay, signal: AbortSignal): Promise<void> {
  await pause(min + Math.random() * (max - min), undefined, { signal });
}
