/** How often and when a webhook is tried again. */
export interface WebhookRetryOptions {
  /** Attempts before the webhook fails. */
  readonly maxAttempts: number;
  /** First pause between attempts, in milliseconds. It triples, with jitter. */
  readonly retryBaseMs: number;
}

const GROWTH = 3;
/** Longest pause. A receiver that recovered gets the webhook within 6 hours. */
const MAX_PAUSE_MS = 6 * 3_600_000;

/**
 * The pause before the next attempt: 5 s, 15 s, 45 s and so on up to 6 hours, with 10 % jitter. With the
 * default of 12 attempts the last one is about 23 hours after the first.
 *
 * @param attempts attempts so far
 * @param random from 0 to 1
 * @returns milliseconds, or undefined if no attempts are left
 */
export function pauseBeforeAttempt(
  { maxAttempts, retryBaseMs }: WebhookRetryOptions,
  attempts: number,
  random: number = Math.random(),
): number | undefined {
  if (attempts >= maxAttempts) return undefined;
  const grown = Math.min(retryBaseMs * GROWTH ** Math.min(attempts - 1, 30), MAX_PAUSE_MS);
  return Math.round(grown * (0.9 + random / 5));
}
