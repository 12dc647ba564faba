/** How often and when a callback is tried again. */
export interface CallbackRetryOptions {
  /** Tries before it is given up. */
  readonly maxAttempts: number;
  /** First pause between tries, in milliseconds; it grows threefold, with jitter. */
  readonly retryBaseMs: number;
}

const GROWTH = 3;
/** No pause is longer: a receiver that is mended is told within a quarter of a day. */
const MAX_PAUSE_MS = 6 * 3_600_000;

/**
 * The pause before the next try: 5 s, 15 s, 45 s and so on up to 6 hours, spread by a tenth either way. With the 12 tries
 * of the default the last comes some 23 hours after the first.
 *
 * @param attempts tries so far
 * @param random from 0 to 1
 * @returns milliseconds, or undefined when there are no tries left
 */
export function pauseBeforeTry(
  { maxAttempts, retryBaseMs }: CallbackRetryOptions,
  attempts: number,
  random: number = Math.random(),
): number | undefined {
  if (attempts >= maxAttempts) return undefined;
  const grown = Math.min(retryBaseMs * GROWTH ** Math.min(attempts - 1, 30), MAX_PAUSE_MS);
  return Math.round(grown * (0.9 + random / 5));
}
