import type { ProcessingObserver } from './processing-observer.js';
import type { Delay } from './simulated-analysis.js';

/** How often and when an image is tried again. */
export interface RetryOptions {
  /** Tries of one image before it fails; only faults that may pass are tried again. */
  readonly maxAttempts: number;
  /** First pause between tries, in milliseconds; it doubles, with jitter. */
  readonly retryBaseMs: number;
}

/** What becomes of the outcome of a try. */
export interface OutcomeOptions extends RetryOptions {
  /** How long an image waits for a host that failed again and again before it fails, in milliseconds. */
  readonly hostPatienceMs: number;
}

/** How jobs are worked through, and how long they are kept. */
export interface ProcessingOptions extends OutcomeOptions {
  /** Simulated time of the analysis of each image that was measured, in milliseconds. */
  readonly delayMs: Delay;
  /** Days that a job is kept after its end; 0 keeps it. */
  readonly retentionDays: number;
  readonly observer?: ProcessingObserver;
}

export const PROCESSING_OPTIONS = Symbol('PROCESSING_OPTIONS');
