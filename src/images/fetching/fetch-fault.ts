import { STATUS_CODES } from 'node:http';
import { ForbiddenAddressError, ForbiddenHostError } from '../../outbound/outbound-errors.js';
import type { FailedImage, ImageErrorCode } from './image-outcome.js';
import { TryTimeoutError } from './stopwatch.js';

/** The longest pause that a host may ask for with `Retry-After`, in milliseconds. */
export const MAX_RETRY_AFTER_MS = 300_000;

/** Why a try ended without a size. */
export class FetchFault extends Error {
  override readonly name = 'FetchFault';

  constructor(
    readonly code: ImageErrorCode,
    reason: string,
    readonly retryable = false,
    readonly retryAfterMs: number | null = null,
  ) {
    super(reason);
  }

  toOutcome(contentLength: number | null): FailedImage {
    return {
      kind: 'failed',
      code: this.code,
      reason: this.message,
      retryable: this.retryable,
      retryAfterMs: this.retryAfterMs,
      contentLength,
    };
  }
}

/** Answers that may be different the next time (RFC 9110 §15, RFC 8470 §5.2, RFC 6585 §4). */
function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** The fault of an answer with an error status. */
export function statusFault(status: number, retryAfter: string | undefined): FetchFault {
  const name = STATUS_CODES[status];
  return new FetchFault(
    'http_status',
    `the host answered ${status}${name === undefined ? '' : ` ${name}`}`,
    isRetryableStatus(status),
    retryAfter === undefined ? null : parseRetryAfter(retryAfter, Date.now()),
  );
}

/** RFC 9110 §10.2.3: seconds, or a date. Null for anything else. */
export function parseRetryAfter(value: string, now: number): number | null {
  const wait = /^\d{1,10}$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/** Turns what a connection threw into a fault; undefined for what is none of a host's. */
export function connectionFault(error: unknown, timeoutMs: number): FetchFault | undefined {
  for (const cause of causesOf(error)) {
    if (cause instanceof FetchFault) return cause;
    if (cause instanceof TryTimeoutError) return timeoutFault(timeoutMs);
    if (cause instanceof ForbiddenAddressError) return new FetchFault('forbidden_address', cause.message);
    if (cause instanceof ForbiddenHostError) return new FetchFault('host_not_allowed', cause.message);
    const fault = byCode('code' in cause && typeof cause.code === 'string' ? cause.code : '', timeoutMs);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function byCode(code: string, timeoutMs: number): FetchFault | undefined {
  if (/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/.test(code))
    return new FetchFault('dns', 'the host name was not found', true);
  if (/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/.test(code)) {
    return timeoutFault(timeoutMs);
  }
  if (/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO$|HOSTNAME_MISMATCH)/.test(code)) {
    return new FetchFault('tls', 'the host has no valid TLS certificate or speaks no TLS');
  }
  if (/^(HPE_|UND_ERR_HEADERS_OVERFLOW)/.test(code))
    return new FetchFault('bad_response', 'the host did not answer in valid HTTP');
  switch (code) {
    case 'ECONNREFUSED':
      return new FetchFault('connection', 'the host refused the connection', true);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return new FetchFault('connection', 'the host broke the connection off', true);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'ECONNABORTED':
      return new FetchFault('connection', 'the host could not be reached', true);
    default:
      return undefined;
  }
}

function timeoutFault(timeoutMs: number): FetchFault {
  return new FetchFault('timeout', `no complete answer within ${timeoutMs / 1000} s`, true);
}

function* causesOf(error: unknown): Generator<Error> {
  for (let depth = 0, at = error; depth < 5 && at instanceof Error; depth += 1) {
    yield at;
    if (at instanceof AggregateError)
      yield* at.errors.filter((inner): inner is Error => inner instanceof Error);
    at = at.cause;
  }
}
