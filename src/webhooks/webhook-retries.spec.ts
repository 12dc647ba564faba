import { describe, expect, it } from '@jest/globals';
import { pauseBeforeAttempt } from './webhook-retries.js';

const DEFAULT = { maxAttempts: 12, retryBaseMs: 5_000 };
const HOUR_MS = 3_600_000;

function pauses(random: number): number[] {
  const tries = Array.from({ length: 20 }, (_, index) => index + 1);
  return tries.flatMap((attempts) => pauseBeforeAttempt(DEFAULT, attempts, random) ?? []);
}

describe('the pauses between the attempts at a webhook', () => {
  it('grow threefold from 5 s to 6 hours, over about a day', () => {
    expect(pauses(0.5).map((ms) => ms / 1000)).toEqual([
      5, 15, 45, 135, 405, 1_215, 3_645, 10_935, 21_600, 21_600, 21_600,
    ]);
    const total = (random: number): number => pauses(random).reduce((sum, ms) => sum + ms, 0) / HOUR_MS;
    expect(total(0)).toBeGreaterThan(20);
    expect(total(1)).toBeLessThan(28);
  });

  it('have a jitter of a tenth', () => {
    expect([0, 1].map((random) => pauseBeforeAttempt(DEFAULT, 1, random))).toEqual([4_500, 5_500]);
  });

  it('end with the last attempt', () => {
    expect(pauseBeforeAttempt({ ...DEFAULT, maxAttempts: 1 }, 1)).toBeUndefined();
    expect(pauseBeforeAttempt(DEFAULT, 12)).toBeUndefined();
    expect(pauseBeforeAttempt({ maxAttempts: 100, retryBaseMs: 86_400_000 }, 99, 0.5)).toBe(6 * HOUR_MS);
  });
});
