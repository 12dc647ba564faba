import { setTimeout as pause } from 'node:timers/promises';
import { type Kind, whole } from '../options/option.js';

/** From `min` to `max` milliseconds. */
export interface Delay {
  readonly min: number;
  readonly max: number;
}

const MAX_DELAY_MS = 60_000;

/** How a delay is given: `N` or `MIN-MAX` as a variable, `{ min, max }` to the module. */
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
 * Takes the time that an analysis of an image might take. The image holds nothing meanwhile: no slot, no connection and
 * no time of the process.
 *
 * @throws when the signal aborts
 */
export async function simulateAnalysis({ min, max }: Delay, signal: AbortSignal): Promise<void> {
  await pause(min + Math.random() * (max - min), undefined, { signal });
}
