import type { Fault } from '../http/errors/api-error.js';
import { countCharacters, isCleanText, type Rule } from '../http/input/rules.js';
import { MAX_FAULTS } from '../http/input/validation.js';
import { isS3, parseS3Url } from '../outbound/sources/s3-url.js';

/** Presigned URLs carry long tokens. */
export const MAX_URL_LENGTH = 8192;
export const MAX_CALLBACK_URL_LENGTH = 2048;
export const MAX_URLS_PER_VISIT = 1000;

/** An authority with user info (RFC 3986 §3.2.1), an empty one included, which the URL parser forgets. */
const USER_INFO = /^https?:[\\/]*[^/?#\\]*@/i;

/** A name has at most 253 characters in ASCII, and each part of it 63 (RFC 1035 §2.3.4). */
const MAX_HOST_LENGTH = 253;
const LONG_LABEL = /[^.]{64}/;
/** Checked first: converting a long host to ASCII is slow. */
const LONG_HOST = /^https?:[\\/]*[^/?#\\]{513}/i;
/** Hosts whose ASCII form differs from what is written: one character may become 18. */
const MAPPED_HOST = /^https?:[\\/]*[^/?#\\]*(?:[^\0-\x7f]|%)/i;

const MAPPED_HOST_FAULT = `must have a host of at most ${MAX_HOST_LENGTH} characters in ASCII, of parts of at most 63`;

/** An absolute `http:` or `https:` URL without user info, or an object as `s3://bucket/key`. */
export const imageUrl: Rule = absoluteUrl(MAX_URL_LENGTH, 'http:, https: or s3:');

/** An absolute `http:` or `https:` URL without user info. */
export const callbackUrl: Rule = absoluteUrl(MAX_CALLBACK_URL_LENGTH, 'http: or https:');

/** A list of URLs; a fault names its place in the list. */
export const imageUrls: Rule = (value) => {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_URLS_PER_VISIT) {
    return `must be a list of 1 to ${MAX_URLS_PER_VISIT} URLs`;
  }
  const faults: Fault[] = [];
  for (const [index, url] of value.entries()) {
    const message = imageUrl(url);
    if (typeof message === 'string') faults.push({ path: `[${index}]`, message });
    // No more faults are listed, and each check takes time.
    if (faults.length === MAX_FAULTS) break;
  }
  return faults.length === 0 ? undefined : faults;
};

/** Whether the ASCII form of a URL's host fits the limits of DNS. What is no URL at all is another fault. */
function hasPossibleHost(url: string): boolean {
  const { hostname = '' } = URL.parse(url) ?? {};
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
    if (MAPPED_HOST.test(value) && !hasPossibleHost(value)) return MAPPED_HOST_FAULT;
    const origin = /^https?:\/\/[\\/]*[^/?#\\]*/i.exec(value)?.[0];
    // No path, query or fragment makes a URL invalid, and parsing a long one is slow.
    if (origin === undefined || !URL.canParse(origin)) return expected;
    return USER_INFO.test(value) ? 'must hold no user name or password' : undefined;
  };
}
