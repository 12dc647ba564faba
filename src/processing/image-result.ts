import type {
  HeldImage,
  ImageErrorCode,
  ImageOutcome,
  RefusedImage,
} from '../images/fetching/image-outcome.js';
import type { DueImage, ImageResult } from '../images/images.repository.js';
import type { OutcomeOptions } from './processing.options.js';
import { MAX_PAUSE_MS, pauseBeforeRetry } from './retry-policy.js';

/** Refusals of one image before it may fail. */
export const MAX_REFUSALS = 10;

const NOTHING_MEASURED = {
  width: null,
  height: null,
  perimeter: null,
  format: null,
  mime: null,
  orientation: null,
} as const;

/**
 * What is written of one outcome: a size, a failure for good, or a later try.
 *
 * @param spread of the pause before it, from 0 to 1
 */
export function resultOf(
  image: DueImage,
  outcome: ImageOutcome,
  options: OutcomeOptions,
  now: Date,
  spread?: number,
): ImageResult {
  switch (outcome.kind) {
    case 'measured':
      return {
        seq: image.seq,
        status: 'succeeded',
        attempted: true,
        width: outcome.width,
        height: outcome.height,
        perimeter: 2 * (outcome.width + outcome.height),
        format: outcome.format,
        mime: outcome.mime,
        orientation: outcome.orientation,
        content_length: outcome.contentLength,
        next_attempt_at: null,
        held_since: image.held_since,
        error: null,
        error_code: null,
      };
    case 'failed': {
      const pause = outcome.retryable
        ? pauseBeforeRetry(options, image.attempts + 1, outcome.retryAfterMs, spread)
        : null;
      const failure = { ...withoutSize(image, pause, outcome.code, outcome.reason, now), attempted: true };
      return { ...failure, content_length: outcome.contentLength };
    }
    case 'held':
      return heldResult(image, outcome, options, now);
    case 'refused':
      return refusedResult(image, outcome, options, now);
  }
}

/**
 * An image that is held waits on, for `hostPatienceMs` since it was first held for the faults of its host; then it fails
 * with the last of them. A host that is merely slow to give its slots back is waited for: that ends by itself.
 */
function heldResult(
  image: DueImage,
  { afterMs, fault }: HeldImage,
  options: OutcomeOptions,
  now: Date,
): ImageResult {
  if (fault === null) return withoutSize(image, afterMs, null, null, now);
  const since = image.held_since ?? now;
  const patience = since.getTime() + options.hostPatienceMs - now.getTime();
  const reason = `the host failed again and again, last: ${fault.reason}`;
  // Not past the end of the patience, so that the image ends when it does.
  const pause = patience > 0 ? Math.min(afterMs, patience) : null;
  return { ...withoutSize(image, pause, fault.code, reason, now), held_since: since };
}

/**
 * An image that its host refuses waits on: being throttled is no attempt. It fails when its host has served nothing for
 * `hostPatienceMs`, or when it was itself refused {@link MAX_REFUSALS} times, spread over at least that time. Its pauses double,
 * so that a host that refuses this image alone is asked for it a little more than ten times.
 */
function refusedResult(
  image: DueImage,
  { afterMs, code, reason }: RefusedImage,
  { hostPatienceMs, retryBaseMs }: OutcomeOptions,
  now: Date,
): ImageResult {
  if (afterMs === null) {
    const silence = `${reason}, and has served nothing for ${hostPatienceMs / 1000} s`;
    return withoutSize(image, null, code, silence, now);
  }
  const refusals = image.refusals + 1;
  const isOver = refusals >= MAX_REFUSALS && image.refused_ms >= hostPatienceMs;
  const said = refusals === 1 ? reason : `${reason} ${refusals} times`;
  const own = Math.min(retryBaseMs * 2 ** Math.min(refusals - 1, 30), hostPatienceMs / MAX_REFUSALS);
  const pause = isOver ? null : Math.min(Math.max(afterMs, own), MAX_PAUSE_MS);
  return { ...withoutSize(image, pause, code, said, now), refused: true };
}

/** An image that fails for a fault of ours. */
export function internalFailure(seq: number): ImageResult {
  return withoutSize(
    { seq, held_since: null },
    null,
    'internal',
    'an unexpected fault of this service',
    new Date(),
  );
}

/** @param pause until the next try; null: there is none */
function withoutSize(
  image: Pick<DueImage, 'seq' | 'held_since'>,
  pause: number | null,
  code: ImageErrorCode | null,
  reason: string | null,
  now: Date,
): ImageResult {
  return {
    seq: image.seq,
    status: pause === null ? 'failed' : 'pending',
    attempted: false,
    ...NOTHING_MEASURED,
    content_length: null,
    next_attempt_at: pause === null ? null : new Date(now.getTime() + pause),
    held_since: image.held_since,
    error: reason,
    error_code: code,
  };
}
