import type { ImageOutcome } from '../images/fetching/image-outcome.js';
import type { DueImage, ImageResult } from '../images/images.repository.js';
import type { RetryOptions } from './processing.options.js';
import { pauseBeforeRetry } from './retry-policy.js';

const NOTHING_MEASURED = {
  width: null,
  height: null,
  perimeter: null,
  format: null,
  mime: null,
  orientation: null,
} as const;

/** What is written of one try: a size, a failure for good, or a later try. */
export function resultOf(
  image: DueImage,
  outcome: ImageOutcome,
  options: RetryOptions,
  now: Date,
): ImageResult {
  switch (outcome.kind) {
    case 'measured':
      return {
        seq: image.seq,
        status: 'succeeded',
        width: outcome.width,
        height: outcome.height,
        perimeter: 2 * (outcome.width + outcome.height),
        format: outcome.format,
        mime: outcome.mime,
        orientation: outcome.orientation,
        content_length: outcome.contentLength,
        next_attempt_at: null,
        error: null,
        error_code: null,
      };
    case 'failed': {
      const pause = outcome.retryable
        ? pauseBeforeRetry(options, image.attempts + 1, outcome.retryAfterMs)
        : null;
      return {
        seq: image.seq,
        status: pause === null ? 'failed' : 'pending',
        ...NOTHING_MEASURED,
        content_length: outcome.contentLength,
        next_attempt_at: pause === null ? null : new Date(now.getTime() + pause),
        error: outcome.reason,
        error_code: outcome.code,
      };
    }
  }
}
