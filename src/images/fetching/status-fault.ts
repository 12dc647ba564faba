import { STATUS_CODES } from 'node:http';
import { FetchFault, ThrottledFault } from './fetch-fault.js';

/** The longest pause that a host may ask for with `Retry-After`, in milliseconds. */
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

/** The file is not there yet: a host that makes photos on request says so. */
const ACCEPTED = 202;
/**
 * Too many requests (RFC 6585 §4), not available at present (RFC 9110 §15.6.4, what AWS and many gateways answer to too many),
 * and the 420 of some older services.
 */
const THROTTLED: ReadonlySet<number> = new Set([420, 429, 503]);
/** Statuses after which the next answer may be another (RFC 9110 §15.5.9 and §15.5.10, RFC 4918 §11.3, RFC 8470 §5.2). */
const PASSING: ReadonlySet<number> = new Set([ACCEPTED, 408, 409, 423, 425]);

function isPassing(status: number): boolean {
  return PASSING.has(status) || status >= 500;
}

/**
 * How long a host asks to wait: seconds or a date (RFC 9110 §10.2.3), {@link MAX_RETRY_AFTER_MS} at the most.
 *
 * @param now milliseconds since 1970
 * @returns milliseconds, or null for what is neither
 */
export function parseRetryAfter(value: string, now: number): number | null {
  const text = value.trim();
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - now;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/**
 * Each of the three forms begins with the name of a day; `Date.parse` alone would take much else. The one of `asctime()`
 * ends with the year and means UTC all the same (RFC 9110 §5.6.7).
 */
function parseHttpDate(text: string): number {
  return /^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?[, ]/.test(text)
    ? Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text)
    : Number.NaN;
}
