import type { RetryOptions } from './processing.options.js';

/** Longest pause, in milliseconds. */
export const MAX_PAUSE_MS = 10 * 60_000;

/**
 * The pause before the next attempt: `retryBaseMs`, doubled with each attempt, with 25 % jitter, so that the
 * images of a host that recovered do not all arrive at once. It is never shorter than the host's `Retry-After`.
 *
 * @param attempts attempts so far, including this one
 * @param random from 0 to 1
 * @returns milliseconds, or null if no attempts are left
 */
export function pauseBeforeRetry(
  options: RetryOptions,
  attempts: number,
  retryAfterMs: number | null,
  random: number = Math.random(),
): number | null {
  if (attempts >= options.maxAttempts) return null;
  const doubled = options.retryBaseMs * 2 ** Math.min(attempts - 1, 30);
  const spread = doubled * (0.75 + random / 2);
  return Math.round(Math.min(Math.max(spread, retryAfterMs ?? 0), MAX_PAUSE_MS));
}
