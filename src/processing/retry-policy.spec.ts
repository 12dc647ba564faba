import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_PAUSE_MS, pauseBeforeRetry } from './retry-policy.js';

const OPTIONS = { maxAttempts: 4, retryBaseMs: 1_000 };

describe('the pause before an image is tried again', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
  ])('doubles with each try: after %d it is about %d ms', (attempts, pause) => {
    expect(pauseBeforeRetry(OPTIONS, attempts, null, 0.5)).toBe(pause);
    expect(pauseBeforeRetry(OPTIONS, attempts, null, 0)).toBe(pause * 0.75);
    expect(pauseBeforeRetry(OPTIONS, attempts, null, 1)).toBe(pause * 1.25);
  });

  it.each([4, 5, 1_000])(
    'does not come when there are no tries left, whatever the host asks for: %d',
    (attempts) => {
      expect(pauseBeforeRetry(OPTIONS, attempts, null)).toBeNull();
      expect(pauseBeforeRetry(OPTIONS, attempts, 5_000)).toBeNull();
    },
  );

  it('does not exist if there is one attempt', () => {
    expect(pauseBeforeRetry({ ...OPTIONS, maxAttempts: 1 }, 1, null)).toBeNull();
  });

  it('is at least as long as the host asks for', () => {
    expect(pauseBeforeRetry(OPTIONS, 1, 30_000, 0.5)).toBe(30_000);
    expect(pauseBeforeRetry(OPTIONS, 1, 500, 0.5)).toBe(1_000);
    expect(pauseBeforeRetry(OPTIONS, 1, 0, 0.5)).toBe(1_000);
  });

  it('differs from image to image by default', () => {
    const pauses = Array.from({ length: 50 }, () => pauseBeforeRetry(OPTIONS, 1, null));
    expect(new Set(pauses).size).toBeGreaterThan(10);
  });

  it('is a whole number within bounds, whatever the settings and the host say', () => {
    const options = fc.record({
      maxAttempts: fc.integer({ min: 1, max: 100 }),
      retryBaseMs: fc.integer({ min: 1, max: 86_400_000 }),
    });
    const asked = fc.option(fc.nat({ max: 300_000 }));
    fc.assert(
      fc.property(options, fc.integer({ min: 1, max: 100 }), asked, (settings, attempts, retryAfter) => {
        const pause = pauseBeforeRetry(settings, attempts, retryAfter);
        expect(pause === null).toBe(attempts >= settings.maxAttempts);
        const least = Math.min(
          MAX_PAUSE_MS,
          Math.max(retryAfter ?? 0, Math.floor(settings.retryBaseMs * 0.75)),
        );
        const fits = pause !== null && Number.isInteger(pause) && pause >= least && pause <= MAX_PAUSE_MS;
        expect(pause === null || fits).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
