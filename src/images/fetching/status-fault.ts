import { STATUS_CODES } from 'node:http';
import { FetchFault, ThrottledFault } from './fetch-fault.js';

/** Longest wait that is accepted from `Retry-After`, in milliseconds. */
export const MAX_RETRY_AFTER_MS = 300_000;

/** The fault of an answer that is neither a file nor a redirect. */
export function statusFault(status: number, retryAfter: string | undefined): FetchFault {
  const name = STATUS_CODES[status];
  const said = `the host answered ${status}${name === undefined ? '' : ` ${name}`}`;
  if (status < 400 && status !== ACCEPTED)
    return new FetchFault('bad_response', `${said} where a file was asked for`);
  const retryAfterMs = retryAfter === undefined ? null : parseRetryAfter(retryAfter, Date.now());
  if (THROTTLED.has(status)) return new ThrottledFault(said, retryAfterMs);
  if (!isPassing(status)) return new FetchFault('http_status', said);
  return new FetchFault('http_status', said, { retryable: true, retryAfterMs });
}

/** The file does not exist yet. Hosts that create photos on request answer this. */
const ACCEPTED = 202;
/**
 * Too many requests (RFC 6585 §4), service unavailable (RFC 9110 §15.6.4, which AWS and many gateways use for
 * too many requests), and the 420 of some older services.
 */
const THROTTLED: ReadonlySet<number> = new Set([420, 429, 503]);
/**
 * Statuses after which a later attempt may succeed (RFC 9110 §15.5.9 and §15.5.10, RFC 4918 §11.3, RFC 8470
 * §5.2).
 */
const PASSING: ReadonlySet<number> = new Set([ACCEPTED, 408, 409, 423, 425]);

function isPassing(status: number): boolean {
  return PASSING.has(status) || status >= 500;
}

/**
 * Parses `Retry-After`: seconds or a date (RFC 9110 §10.2.3), {@link MAX_RETRY_AFTER_MS} at most.
 *
 * @param now milliseconds since 1970
 * @returns milliseconds, or null for an invalid value
 */
export function parseRetryAfter(value: string, now: number): number | null {
  const text = value.trim();
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - now;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/**
 * Parses the three forms of a date, which begin with the name of a day. `Date.parse` alone would accept much
 * else. The form of `asctime()` ends with the year and is in UTC (RFC 9110 §5.6.7).
 */
function parseHttpDate(text: string): number {
  return /^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?[, ]/.test(text)
    ? Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text)
    : Number.NaN;
}
