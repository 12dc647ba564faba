import { FetchFault } from './fetch-fault.js';
import { type Headers, getHeaderList } from './headers.js';

/** A coding that is decoded (RFC 9110 §8.4.1, RFC 7932). */
export type ContentCoding = 'gzip' | 'deflate' | 'br';

const CODINGS: ReadonlyMap<string, ContentCoding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
]);

/** What hosts write into `Content-Encoding` although it encodes nothing. Amazon S3 keeps `aws-chunked` of uploads. */
const ENCODING_NOTHING: ReadonlySet<string> = new Set([
  '',
  'identity',
  'aws-chunked',
  'utf-8',
  'none',
  'binary',
]);
/** The chunks of `Transfer-Encoding` are undone before anything else. */
const TRANSFERRING_PLAINLY: ReadonlySet<string> = new Set(['', 'identity', 'chunked']);

/**
 * How the bytes of an answer have to be decoded. None was asked for, but some hosts encode all the same, or were given files
 * that were encoded before.
 *
 * @returns undefined where they are the file's own
 * @throws FetchFault where they cannot be decoded: several codings in a row are refused, because a few bytes of them can cost
 *   any amount of work
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
