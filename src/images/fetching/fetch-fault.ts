import type { FailedImage, ImageErrorCode } from './image-outcome.js';

/** Whether the same try may end better later, and how long the host asks to wait until then, in milliseconds. */
export interface RetryAdvice {
  readonly retryable: boolean;
  readonly retryAfterMs?: number | null;
}

/** Why a try ended without a size. The message is for people and names no address. */
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

/** The host answered that it is asked too much, or can't serve now. */
export class ThrottledFault extends FetchFault {
  /** @param retryAfterMs how long it asks to wait, in milliseconds, where it says so */
  constructor(
    reason: string,
    readonly retryAfterMs: number | null,
  ) {
    super('throttled', reason, { retryable: true, retryAfterMs });
  }
}

/** A try took longer than it may. */
export function timeoutFault(timeoutMs: number, answered: boolean): FetchFault {
  return new FetchFault('timeout', `no ${answered ? 'complete ' : ''}answer within ${timeoutMs / 1000} s`, {
    retryable: true,
  });
}
