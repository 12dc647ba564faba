import type { Fault } from '../http/api-error.js';
import { charactersOf, isCleanText, type Rule } from '../http/rules.js';

/** Presigned URLs carry long tokens. */
export const MAX_URL_LENGTH = 8192;
export const MAX_CALLBACK_URL_LENGTH = 2048;
export const MAX_URLS_PER_VISIT = 1000;

/** An authority with user info (RFC 3986 §3.2.1), an empty one included, which the URL parser forgets. */
const USER_INFO = /^https?:[\\/]*[^/?#\\]*@/i;

/** A name has at most 253 characters; to look for its form in ASCII takes time that grows with its length. */
const LONG_HOST = /^https?:[\\/]*[^/?#\\]{513}/i;

/** An absolute `http:` or `https:` URL without user info. */
export const imageUrl: Rule = httpUrl(MAX_URL_LENGTH);

/** As {@link imageUrl}, but shorter. */
export const callbackUrl: Rule = httpUrl(MAX_CALLBACK_URL_LENGTH);

/** A list of URLs; a fault names its place in the list. */
export const imageUrls: Rule = (value) => {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_URLS_PER_VISIT) {
    return `must be a list of 1 to ${MAX_URLS_PER_VISIT} URLs`;
  }
  const faults: Fault[] = [];
  for (const [index, url] of value.entries()) {
    const message = imageUrl(url);
    if (typeof message === 'string') faults.push({ path: `[${index}]`, message });
  }
  return faults.length === 0 ? undefined : faults;
};

function httpUrl(maxLength: number): Rule {
  return (value) => {
    if (typeof value !== 'string') return 'must be a string: an absolute http: or https: URL';
    if (value.length > maxLength && charactersOf(value, maxLength) > maxLength)
      return `must have at most ${maxLength} characters`;
    if (!isCleanText(value)) return 'must hold no control characters and no lone surrogates';
    if (LONG_HOST.test(value)) return 'must have a host of at most 512 characters';
    if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
      return 'must be an absolute http: or https: URL';
    return USER_INFO.test(value) ? 'must hold no user name or password' : undefined;
  };
}
