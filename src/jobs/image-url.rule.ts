import type { Fault } from '../http/errors/api-error.js';
import { isLongIteration, yieldToEventLoop } from '../http/yield-to-event-loop.js';
import { countCharacters, isCleanText, type Rule } from '../http/input/rules.js';
import { MAX_FAULTS } from '../http/input/validation.js';
import { isS3, parseS3Url } from '../outbound/sources/s3-url.js';

/** Presigned URLs contain long tokens. */
export const MAX_URL_LENGTH = 8192;
export const MAX_CALLBACK_URL_LENGTH = 2048;
export const MAX_URLS_PER_VISIT = 1000;

/** A URL with user info (RFC 3986 §3.2.1). The URL parser drops empty user info, so the text is tested. */
const USER_INFO = /^https?:[\\/]*[^/?#\\]*@/i;

/** A host name has at most 253 ASCII characters, and each label at most 63 (RFC 1035 §2.3.4). */
const MAX_HOST_LENGTH = 253;
const LONG_LABEL = /[^.]{64}/;
/** Tested first, because converting a long host to ASCII is slow. */
const LONG_HOST = /^https?:[\\/]*[^/?#\\]{513}/i;
/** A URL up to the end of its host and port. */
const ORIGIN = /^https?:[\\/]*[^/?#\\]*/i;
/** Hosts whose ASCII form may differ from the text. One character may become 18. */
const MAPPED_HOST = /^https?:[\\/]*[^/?#\\]*(?:[^\0-\x7f]|%)/i;

const MAPPED_HOST_FAULT = `must have a host of at most ${MAX_HOST_LENGTH} characters in ASCII, of parts of at most 63`;

/** An absolute `http:` or `https:` URL without user info, or an object as `s3://bucket/key`. */
export const imageUrl: Rule = absoluteUrl(MAX_URL_LENGTH, 'http:, https: or s3:');

/** An absolute `http:` or `https:` URL without user info. */
export const callbackUrl: Rule = absoluteUrl(MAX_CALLBACK_URL_LENGTH, 'http: or https:');

/** A list of URLs. The path of a fault is its index in the list. */
export const imageUrls: Rule = (value) => {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_URLS_PER_VISIT) {
    return `must be a list of 1 to ${MAX_URLS_PER_VISIT} URLs`;
  }
  const faults = checkedLists.get(value) ?? [...findUrlFaults(value)].filter(isFault);
  return faults.length === 0 ? undefined : faults;
};

/** The faults of lists that were checked in pieces. These lists are frozen. */
const checkedLists = new WeakMap<readonly unknown[], readonly Fault[]>();

/**
 * Checks a list with {@link imageUrls} in pieces, between which other requests are served. Returns a copy that the rule does not check again.
 */
export async function checkInPieces(urls: readonly unknown[]): Promise<readonly unknown[]> {
  const list = Object.freeze([...urls]);
  const faults: Fault[] = [];
  for (const fault of findUrlFaults(list)) {
    if (isFault(fault)) faults.push(fault);
    if (isLongIteration()) await yieldToEventLoop();
  }
  checkedLists.set(list, faults);
  return list;
}

/** Yields the fault of each URL, or undefined. It ends after the maximum number of faults in a response, because each check takes time. */
function* findUrlFaults(list: readonly unknown[]): Generator<Fault | undefined> {
  let faults = 0;
  for (const [index, url] of list.entries()) {
    const message = imageUrl(url);
    const fault = typeof message === 'string' ? { path: `[${index}]`, message } : undefined;
    yield fault;
    if (fault !== undefined) faults += 1;
    if (faults === MAX_FAULTS) return;
  }
}

function isFault(fault: Fault | undefined): fault is Fault {
  return fault !== undefined;
}

/** Whether the ASCII form of a host is within the limits of DNS. An invalid URL is a different fault. */
function hasPossibleHost(origin: string): boolean {
  const { hostname = '' } = URL.parse(origin) ?? {};
  return hostname.length <= MAX_HOST_LENGTH && !LONG_LABEL.test(hostname);
}

function absoluteUrl(maxLength: number, schemes: string): Rule {
  const expected = `must be an absolute ${schemes} URL`;
  return (value) => {
    if (typeof value !== 'string') return `must be a string: an absolute ${schemes} URL`;
    if (value.length > maxLength && countCharacters(value, maxLength) > maxLength)
      return `must have at most ${maxLength} characters`;
    if (!isCleanText(value)) return 'must hold no control characters and no lone surrogates';
    if (isS3(value) && schemes.includes('s3:'))
      return parseS3Url(value) === undefined ? 'must name a bucket and a key: s3://bucket/key' : undefined;
    if (LONG_HOST.test(value)) return 'must have a host of at most 512 characters';
    // Only the origin is parsed: no path, query or fragment makes a URL invalid, and parsing a long one is slow.
    const origin = ORIGIN.exec(value)?.[0] ?? '';
    if (MAPPED_HOST.test(origin) && !hasPossibleHost(origin)) return MAPPED_HOST_FAULT;
    if (!/^https?:\/\//i.test(origin) || !URL.canParse(origin)) return expected;
    return USER_INFO.test(value) ? 'must hold no user name or password' : undefined;
  };
}
