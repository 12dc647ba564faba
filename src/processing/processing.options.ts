/** How images are worked through. */
export interface ProcessingOptions {
  /** Tries of one image before it fails; only faults that may pass are tried again. */
  readonly maxAttempts: number;
  /** First pause between tries, in milliseconds; it doubles, with jitter. */
  readonly retryBaseMs: number;
}

export const PROCESSING_OPTIONS = Symbol('PROCESSING_OPTIONS');
