import type { HostUnavailableError, HostRefusedError } from '../hosts/deferral-errors.js';
import { HOST_FAULTS, IRRELEVANT_FAULTS } from '../hosts/circuit-breaker.js';
import type { CallEnd } from '../hosts/host.js';
import type { Attempt } from './attempt.js';
import { type FetchFault, ThrottledFault } from './fetch-fault.js';
import type { DeferredImage, RefusedImage } from './image-outcome.js';

/** The end of a call that was answered. */
export function answeredBy(attempt: Attempt, started: number, requests: number): CallEnd {
  const tookMs = performance.now() - started;
  return { kind: 'answered', tookMs, latencyMs: attempt.latencyMs ?? tookMs, requests };
}

/** The end of a call that failed. */
export function endedBy(
  fault: FetchFault | undefined,
  attempt: Attempt,
  {
    started,
    requests,
    refusalsBefore,
  }: { readonly started: number; readonly requests: number; readonly refusalsBefore: number },
): CallEnd {
  if (fault === undefined || IRRELEVANT_FAULTS.has(fault.code)) return { kind: 'unknown' };
  if (fault.code === 'timeout') return { kind: 'failed', latencyMs: performance.now() - started };
  if (HOST_FAULTS.has(fault.code)) return { kind: 'failed' };
  if (!(fault instanceof ThrottledFault)) return answeredBy(attempt, started, requests);
  const { retryAfterMs } = fault;
  return { kind: 'refused', latencyMs: attempt.latencyMs ?? 0, retryAfterMs, fault, refusalsBefore };
}

/** The outcome of an image that its host refused. */
export function toRefused({ fault, afterMs }: HostRefusedError): RefusedImage {
  return { kind: 'refused', code: fault.code, reason: fault.message, afterMs, contentLength: null };
}

/** The outcome of an image that is deferred. */
export function toDeferred({ afterMs, fault }: HostUnavailableError): DeferredImage {
  return {
    kind: 'deferred',
    afterMs,
    fault: fault === null ? null : { code: fault.code, reason: fault.message },
    contentLength: null,
  };
}
