import type { FailedImage, ImageErrorCode } from './image-outcome.js';

/** Whether a later attempt may succeed, and how long the host asks to wait, in milliseconds. */
export interface RetryAdvice {
  readonly retryable: boolean;
  readonly retryAfterMs?: number | null;
}

/** Why an attempt failed. The message is for people and contains no address. */
export class FetchFault extends Error {
  override readonly name = 'FetchFault';

  constructor(
    readonly code: ImageErrorCode,
    reason: string,
    private readonly advice: RetryAdvice = { retryable: false },
  ) {
    super(reason);
  }

  /** @param contentLength bytes of the whole file as the host declared them */
  toOutcome(contentLength: number | null): FailedImage {
    return {
      kind: 'failed',
      code: this.code,
      reason: this.message,
      retryable: this.advice.retryable,
      retryAfterMs: this.advice.retryAfterMs ?? null,
      contentLength,
    };
  }
}

/** The host answered that it gets too many requests, or cannot serve now. */
export class ThrottledFault extends FetchFault {
  /** @param retryAfterMs how long the host asks to wait, in milliseconds, or null */
  constructor(
    reason: string,
    readonly retryAfterMs: number | null,
  ) {
    super('throttled', reason, { retryable: true, retryAfterMs });
  }
}

/** The fault of an attempt that took too long. */
export function timeoutFault(timeoutMs: number, answered: boolean): FetchFault {
  return new FetchFault('timeout', `no ${answered ? 'complete ' : ''}answer within ${timeoutMs / 1000} s`, {
    retryable: true,
  });
}
