import type { HostRule } from '../../outbound/host-rule.js';
import { ForbiddenHostError } from '../../outbound/outbound-errors.js';
import type { S3Source } from '../../outbound/sources/s3-source.js';
import { isS3, parseS3Url } from '../../outbound/sources/s3-url.js';
import { SourceList } from '../../outbound/sources/source-list.js';
import { FetchFault } from './fetch-fault.js';
import { toRequestPath } from './request-path.js';

/** An authority with user info (RFC 3986 §3.2.1): an empty one too, which the URL parser forgets. */
const USER_INFO = /^(?:https?:[\\/]*|[\\/]{2,})[^/?#\\]*@/i;

const NO_SOURCES = new SourceList();

/** Where a request goes to. */
export interface Target {
  readonly url: URL;
  /** As in {@link URL}: scheme and authority, and the authority alone. */
  readonly origin: string;
  readonly host: string;
  /** Path and query as they are sent: with the percent-encoding as it was written. */
  readonly path: string;
  /** What requests to it are signed by, where it is an object of a bucket. */
  readonly s3?: S3Source;
}

/**
 * The URL of an image, if it may be asked at all: http or https, without user info, of a permitted host; or s3, of a bucket
 * that is a source. The address is judged later, when the socket connects.
 *
 * @throws FetchFault with `bad_redirect`, ForbiddenHostError
 */
export function firstTarget(url: string, hosts: HostRule, sources = NO_SOURCES): Target {
  if (isS3(url)) return s3Target(url, hosts, sources);
  return judged(url, undefined, hosts, 'the URL is no plain http or https URL');
}

/**
 * What stands before the path of a URL, as it is written: URLs of which that is the same are of the same host, or none of
 * them may be asked. It is the whole URL where it is not plain what stands there. All sources of a bucket are at one host.
 */
export function getAuthority(url: string): string {
  return /^(?:https?|s3):\/\/[^\0-\x20\\/?#]+(?=[\\/?#]|$)/i.exec(url)?.[0] ?? url;
}

/**
 * Where a redirect leads (RFC 9110 §10.2.2), judged as the first URL is.
 *
 * @param location the header as it came, or undefined where there was none
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
    // The URL parser takes tabs and line breaks out first.
    !USER_INFO.test(url.trim().replace(/[\t\r\n]/g, '')) &&
    (target.protocol === 'http:' || target.protocol === 'https:') &&
    target.username === '' &&
    target.password === '';
  if (!plain) throw new FetchFault('bad_redirect', complaint);
  if (!hosts.permits(target.hostname)) throw new ForbiddenHostError();
  const { origin, host } = target;
  return { url: target, origin, host, path: toRequestPath(url, target, from?.path) };
}

/** A header comes as Latin-1, a character for each byte; what hosts mean by bytes beyond ASCII is UTF-8. */
function asUtf8(header: string): string {
  return /^[\0-\x7f]*$/.test(header) ? header : Buffer.from(header, 'latin1').toString('utf8');
}
