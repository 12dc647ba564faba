import { option, type Values, whole } from '../options/option.js';
import { DAY_MS } from '../options/units.js';
import type { ProcessingObserver } from './processing-observer.js';
import { DELAY } from './simulated-analysis.js';

// prettier-ignore
export const PROCESSING_TABLE = {
  maxAttempts: option('IMAGE_MAX_ATTEMPTS', 4, whole(1, 100), 'Attempts at an image before it fails. Only faults that may pass are tried again.'),
  retryBaseMs: option('IMAGE_RETRY_BASE_MS', 1_000, whole(1, DAY_MS), 'First pause between attempts at an image, in milliseconds. It doubles, with jitter.'),
  hostPatienceMs: option('IMAGE_HOST_PATIENCE_MS', 120_000, whole(0, DAY_MS), 'How long an image waits for a host that fails again and again, or refuses everything (429, 503), before it fails too, in milliseconds.'),
  delayMs: option('PROCESSING_DELAY_MS', { min: 0, max: 0 }, DELAY, 'Simulated time of the analysis of each image, in milliseconds: `{ min, max }`, or as a variable `N` or `MIN-MAX`, such as `100-400`.'),
};

/** How often and when an image is tried again. */
export type RetryOptions = Pick<Values<typeof PROCESSING_TABLE>, 'maxAttempts' | 'retryBaseMs'>;

/** Options that decide the result of an attempt. */
export type OutcomeOptions = RetryOptions & Pick<Values<typeof PROCESSING_TABLE>, 'hostPatienceMs'>;

/** How the images of a job are processed. */
export type ProcessingOptions = Values<typeof PROCESSING_TABLE> & { readonly observer?: ProcessingObserver };

export const PROCESSING_OPTIONS = Symbol('PROCESSING_OPTIONS');
