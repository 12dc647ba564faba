import type {
  DeferredImage,
  ImageErrorCode,
  ImageOutcome,
  RefusedImage,
} from '../images/fetching/image-outcome.js';
import type { DueImage } from '../images/image-batches.repository.js';
import type { ImageResult } from '../images/images.repository.js';
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
 * Converts an outcome to the result that is recorded: a size, a failure, or a later attempt.
 *
 * @param sinceReadMs time since the image was read, in milliseconds
 * @param spread jitter of the pause before the next attempt, from 0 to 1
 */
export function toImageResult(
  image: DueImage,
  outcome: ImageOutcome,
  options: OutcomeOptions,
  sinceReadMs: number,
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
        pause_ms: null,
        held: false,
        error: null,
        error_code: null,
        ...(outcome.keys === undefined ? {} : { keys: outcome.keys }),
      };
    case 'failed': {
      const pause = outcome.retryable
        ? pauseBeforeRetry(options, image.attempts + 1, outcome.retryAfterMs, spread)
        : null;
      const failure = { ...withoutSize(image, pause, outcome.code, outcome.reason), attempted: true };
      return { ...failure, content_length: outcome.contentLength };
    }
    case 'deferred':
      return deferredResult(image, outcome, options, sinceReadMs);
    case 'refused':
      return refusedResult(image, outcome, options, sinceReadMs);
  }
}

/**
 * A deferred image waits for `hostPatienceMs` since it was first deferred for faults of its host. Then it fails
 * with the last of them. Only the first deferral has to be recorded; later ones change only the pause. An image
 * that waits for a slot of a slow host has no such limit, because slots become free.
 */
function deferredResult(
  image: DueImage,
  { afterMs, fault }: DeferredImage,
  options: OutcomeOptions,
  sinceReadMs: number,
): ImageResult {
  if (fault === null) return withoutSize(image, afterMs, null, null);
  const heldMs = image.held_ms === null ? 0 : image.held_ms + sinceReadMs;
  const remainingMs = options.hostPatienceMs - heldMs;
  const reason = `the host failed again and again, last: ${fault.reason}`;
  // The pause must not exceed the remaining time, so that the image fails on time.
  const pause = remainingMs > 0 ? Math.min(afterMs, remainingMs) : null;
  return { ...withoutSize(image, pause, fault.code, reason), held: image.held_ms === null };
}

/**
 * An image that its host refuses waits, because throttling is no attempt. It fails when its host has served
 * nothing for `hostPatienceMs`, or when the image was refused {@link MAX_REFUSALS} times over at least that
 * time. Its pauses double, so that a host that refuses only this image gets few more than ten requests for it.
 */
function refusedResult(
  image: DueImage,
  { afterMs, code, reason }: RefusedImage,
  { hostPatienceMs, retryBaseMs }: OutcomeOptions,
  sinceReadMs: number,
): ImageResult {
  if (afterMs === null) {
    const silence = `${reason}, and has served nothing for ${hostPatienceMs / 1000} s`;
    return withoutSize(image, null, code, silence);
  }
  const refusals = image.refusals + 1;
  const isOver = refusals >= MAX_REFUSALS && image.refused_ms + sinceReadMs >= hostPatienceMs;
  const said = refusals === 1 ? reason : `${reason} ${refusals} times`;
  const own = Math.min(retryBaseMs * 2 ** Math.min(refusals - 1, 30), hostPatienceMs / MAX_REFUSALS);
  const pause = isOver ? null : Math.min(Math.max(afterMs, own), MAX_PAUSE_MS);
  return { ...withoutSize(image, pause, code, said), refused: true };
}

/** The result of an image that fails for an internal error. */
export function internalFailure(seq: number): ImageResult {
  return withoutSize({ seq }, null, 'internal', 'an unexpected fault of this service');
}

/** @param pause milliseconds until the next attempt; null if there is none */
function withoutSize(
  image: Pick<DueImage, 'seq'>,
  pause: number | null,
  code: ImageErrorCode | null,
  reason: string | null,
): ImageResult {
  return {
    seq: image.seq,
    status: pause === null ? 'failed' : 'pending',
    attempted: false,
    ...NOTHING_MEASURED,
    content_length: null,
    pause_ms: pause,
    held: false,
    error: reason,
    error_code: code,
  };
}
