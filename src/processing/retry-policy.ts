import type { RetryOptions } from './processing.options.js';

/** No pause is longer, whatever the number of tries. */
export const MAX_PAUSE_MS = 10 * 60_000;

/**
 * When an image is tried again: `retryBaseMs`, doubled with each try and spread by a quarter either way, so that the
 * images of a host that came back do not all arrive at once. What the host asks for (`Retry-After`) is the least.
 *
 * @param attempts tries so far, this one included
 * @param random from 0 to 1
 * @returns milliseconds, or null when there are no tries left
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
