import { FetchFault } from './fetch-fault.js';
import { byteCount, headerOf, type Headers, listOf } from './headers.js';
import { statusFault } from './status-fault.js';

/** What a host answers when it is asked for a file, or for a part of one. */
export type Answer =
  /** The part that was asked for, or its beginning. */
  | {
      readonly kind: 'part';
      readonly length: number;
      /** Bytes of the whole file; null where the host does not say. */
      readonly total: number | null;
      readonly validator: string | undefined;
    }
  | { readonly kind: 'whole'; readonly total: number | null }
  /** A part that was not asked for, or that cannot be. */
  | { readonly kind: 'wrong_part' }
  /** The file ends before the part. */
  | { readonly kind: 'past_end'; readonly total: number | null }
  | { readonly kind: 'redirect'; readonly location: string | undefined }
  | { readonly kind: 'fault'; readonly fault: FetchFault };

/** What leaves the bytes as they are. */
const UNCODED: ReadonlySet<string> = new Set(['', 'identity', 'chunked']);

/**
 * Reads the head of an answer.
 *
 * @param offset where the part that was asked for begins; undefined when the whole file was
 */
export function readAnswer(status: number, headers: Headers, offset: number | undefined): Answer {
  switch (status) {
    case 200:
    case 203:
      return coded(headers) ?? { kind: 'whole', total: byteCount(headerOf(headers, 'content-length')) };
    case 206:
      return coded(headers) ?? readPart(headers, offset);
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return { kind: 'redirect', location: headerOf(headers, 'location') };
    case 416:
      if (offset !== undefined) return { kind: 'past_end', total: unsatisfiedTotal(headers) };
  }
  return { kind: 'fault', fault: statusFault(status, headerOf(headers, 'retry-after')) };
}

/** `Content-Range: bytes 0-16383/30320`, or with `*` for a length that is not known (RFC 9110 §14.4). */
function readPart(headers: Headers, offset: number | undefined): Answer {
  const range = headerOf(headers, 'content-range') ?? '';
  const match = /^bytes +(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(range.trim());
  if (match === null) return { kind: 'wrong_part' };
  const [first, last] = [Number(match[1]), Number(match[2])];
  const total = byteCount(match[3]);
  if (first !== offset || last < first || (total !== null && last >= total)) return { kind: 'wrong_part' };
  return { kind: 'part', length: last - first + 1, total, validator: validatorOf(headers) };
}

/** `Content-Range: bytes *\/30320` of a 416 (RFC 9110 §15.5.17). */
function unsatisfiedTotal(headers: Headers): number | null {
  return byteCount(/^bytes +\*\/(\d+)$/i.exec(headerOf(headers, 'content-range')?.trim() ?? '')?.[1]);
}

/**
 * What `If-Range` may carry, so that further parts are of the same file (RFC 9110 §13.1.5): an entity tag that is
 * strong, or else a date of change that is (§8.8.2.2: a second or more before the answer).
 */
function validatorOf(headers: Headers): string | undefined {
  const tag = headerOf(headers, 'etag');
  if (tag !== undefined) return /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag) ? tag : undefined;
  const changed = headerOf(headers, 'last-modified');
  const age = Date.parse(headerOf(headers, 'date') ?? '') - Date.parse(changed ?? '');
  return age >= 1000 ? changed : undefined;
}

/**
 * No coding was asked for, and none is undone: the bytes have to be the image's own. A coding may stand in any of several
 * headers, and before the chunks in `Transfer-Encoding` too (RFC 9112 §7).
 */
function coded(headers: Headers): Answer | undefined {
  if (headers['content-encoding'] === undefined && headers['transfer-encoding'] === undefined)
    return undefined;
  const codings = [...listOf(headers, 'content-encoding'), ...listOf(headers, 'transfer-encoding')];
  if (codings.every((coding) => UNCODED.has(coding))) return undefined;
  const fault = new FetchFault('bad_response', 'the host compressed the file although it was asked not to');
  return { kind: 'fault', fault };
}
