import { FetchFault } from './fetch-fault.js';
import { type Headers, getHeaderList } from './headers.js';

/** A content coding that this service decodes (RFC 9110 §8.4.1, RFC 7932). */
export type ContentCoding = 'gzip' | 'deflate' | 'br';

const CODINGS: ReadonlyMap<string, ContentCoding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
]);

/** Values of `Content-Encoding` that encode nothing. Amazon S3 keeps `aws-chunked` from uploads. */
const ENCODING_NOTHING: ReadonlySet<string> = new Set([
  '',
  'identity',
  'aws-chunked',
  'utf-8',
  'none',
  'binary',
]);
/** Values of `Transfer-Encoding` that encode nothing: undici removes the chunks first. */
const TRANSFERRING_PLAINLY: ReadonlySet<string> = new Set(['', 'identity', 'chunked']);

/**
 * Returns the coding of an answer's body. The request asks for none, but some hosts encode all the same, or
 * store encoded files.
 *
 * @returns undefined if the body is not encoded
 * @throws FetchFault for an unknown coding and for several codings. Several are refused because a few bytes of
 *   them can decode to any number of bytes.
 */
export function contentCoding(headers: Headers): ContentCoding | undefined {
  if (headers['content-encoding'] === undefined && headers['transfer-encoding'] === undefined)
    return undefined;
  if (!getHeaderList(headers, 'transfer-encoding').every((coding) => TRANSFERRING_PLAINLY.has(coding)))
    throw new FetchFault('bad_response', 'the host compressed the file although it was asked not to');
  const [token, ...more] = getHeaderList(headers, 'content-encoding').filter(
    (each) => !ENCODING_NOTHING.has(each),
  );
  if (token === undefined) return undefined;
  if (more.length > 0)
    throw new FetchFault(
      'bad_response',
      'the host encoded the file several times over, which is not decoded',
    );
  const coding = CODINGS.get(token);
  if (coding !== undefined) return coding;
  const name = /^[a-z0-9._-]{1,32}$/.test(token) ? `as ${token}` : 'in a way that has no name';
  throw new FetchFault('bad_response', `the host encoded the file ${name}, which is not decoded`);
}
