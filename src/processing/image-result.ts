import type {
  DeferredImage,
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
 * What is recorded of one outcome: a size, a failure for good, or a later attempt.
 *
 * @param sinceReadMs how long ago the image was read
 * @param spread of the pause before the next attempt, from 0 to 1
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
      };
    case 'failed': {
      const pause = outcome.retryable
        ? pauseBeforeRetry(options, image.attempts + 1, outcome.retryAfterMs, spread)
        : null;
      const failure = { ...withoutSize(image, pause, outcome.code, outcome.reason), attempted: true };
      return { ...failure, content_length: outcome.contentLength };
    }
    case 'deferred':
      return heldResult(image, outcome, options, sinceReadMs);
    case 'refused':
      return refusedResult(image, outcome, options, sinceReadMs);
  }
}

/**
 * An image that is held waits on, for `hostPatienceMs` since it was first held for the faults of its host; then it fails
 * with the last of them. Only the first hold has to be written: the others change nothing but the pause. An image that only waits
 * for a slot of a slow host is not limited so: slots become free by themselves.
 */
function heldResult(
  image: DueImage,
  { afterMs, fault }: DeferredImage,
  options: OutcomeOptions,
  sinceReadMs: number,
): ImageResult {
  if (fault === null) return withoutSize(image, afterMs, null, null);
  const heldMs = image.held_ms === null ? 0 : image.held_ms + sinceReadMs;
  const patience = options.hostPatienceMs - heldMs;
  const reason = `the host failed again and again, last: ${fault.reason}`;
  // Not past the end of the patience, so that the image ends when it does.
  const pause = patience > 0 ? Math.min(afterMs, patience) : null;
  return { ...withoutSize(image, pause, fault.code, reason), held: image.held_ms === null };
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

/** An image that fails for a fault of ours. */
export function internalFailure(seq: number): ImageResult {
  return withoutSize({ seq }, null, 'internal', 'an unexpected fault of this service');
}

/** @param pause until the next try; null: there is none */
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
