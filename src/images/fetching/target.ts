import type { HostRule } from '../../outbound/host-rule.js';
import { ForbiddenHostError } from '../../outbound/outbound-errors.js';
import type { S3Source } from '../../outbound/sources/s3-source.js';
import { isS3, parseS3Url } from '../../outbound/sources/s3-url.js';
import { SourceList } from '../../outbound/sources/source-list.js';
import { FetchFault } from './fetch-fault.js';
import { toRequestPath } from './request-path.js';

/** An authority with user info (RFC 3986 §3.2.1), also an empty one, which the URL parser drops. */
const USER_INFO = /^(?:https?:[\\/]*|[\\/]{2,})[^/?#\\]*@/i;

const NO_SOURCES = new SourceList();

/** The address of a request. */
export interface Target {
  readonly url: URL;
  /** As in {@link URL}. */
  readonly origin: string;
  readonly host: string;
  /** Path and query as they are sent, with the percent-encoding as it was written. */
  readonly path: string;
  /** The source that signs the request, if this is an object of a bucket. */
  readonly s3?: S3Source;
}

/**
 * Converts the URL of an image to a target. Accepted are http and https URLs without user info, of a permitted
 * host, and s3 URLs of a configured bucket. The address is checked later, when the socket connects.
 *
 * @throws FetchFault with `bad_redirect` or `host_not_allowed`, ForbiddenHostError
 */
export function firstTarget(url: string, hosts: HostRule, sources = NO_SOURCES): Target {
  if (isS3(url)) return s3Target(url, hosts, sources);
  return judged(url, undefined, hosts, 'the URL is no plain http or https URL');
}

/**
 * The part of a URL before its path, unchanged. URLs with the same part have the same host, or all of them are
 * refused. An unusual URL is returned whole. All sources of a bucket have one host.
 */
export function getAuthority(url: string): string {
  return /^(?:https?|s3):\/\/[^\0-\x20\\/?#]+(?=[\\/?#]|$)/i.exec(url)?.[0] ?? url;
}

/**
 * Converts a redirect to a target (RFC 9110 §10.2.2). The rules are those of the first URL.
 *
 * @param location value of the header, or undefined without one
 * @throws FetchFault with `bad_redirect`, ForbiddenHostError
 */
export function nextTarget(location: string | undefined, from: Target, hosts: HostRule): Target {
  if (location === undefined || location.trim() === '') {
    throw new FetchFault('bad_redirect', 'the host redirected without saying where to');
  }
  return judged(
    asUtf8(location),
    from,
    hosts,
    'the host redirected to something that is no plain http or https URL',
  );
}

function s3Target(url: string, hosts: HostRule, sources: SourceList): Target {
  const object = parseS3Url(url);
  const s3 = object && sources.findS3(object.bucket, object.key);
  if (object === undefined || s3 === undefined)
    throw new FetchFault('host_not_allowed', 'no source is configured for this bucket and key');
  if (!hosts.permits(s3.origin.hostname)) throw new ForbiddenHostError();
  const { origin, host } = s3.origin;
  return { url: s3.origin, origin, host, path: s3.toPath(object.key), s3 };
}

function judged(url: string, from: Target | undefined, hosts: HostRule, complaint: string): Target {
  const target = URL.parse(url, from?.url.href);
  const plain =
    target !== null &&
    // The URL parser removes tabs and line breaks first.
    !USER_INFO.test(url.trim().replace(/[\t\r\n]/g, '')) &&
    (target.protocol === 'http:' || target.protocol === 'https:') &&
    target.username === '' &&
    target.password === '';
  if (!plain) throw new FetchFault('bad_redirect', complaint);
  if (!hosts.permits(target.hostname)) throw new ForbiddenHostError();
  const { origin, host } = target;
  return { url: target, origin, host, path: toRequestPath(url, target, from?.path) };
}

/**
 * Decodes a header, which arrives as Latin-1 with one character for each byte. Hosts use UTF-8 for bytes beyond
 * ASCII.
 */
function asUtf8(header: string): string {
  return /^[\0-\x7f]*$/.test(header) ? header : Buffer.from(header, 'latin1').toString('utf8');
}

/** The host name of a target as rules and limits use it: with a port that is not the default, without a trailing dot. */
export function getHostName(target: Target): string {
  return target.host.replace(/\.(?=:|$)/, '');
}
