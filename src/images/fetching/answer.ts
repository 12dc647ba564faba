import { type ContentCoding, contentCoding } from './content-coding.js';
import { FetchFault } from './fetch-fault.js';
import { byteCount, getHeader, type Headers } from './headers.js';
import { statusFault } from './status-fault.js';

/** The answer of a host to a request for a file or for a range of it. */
export type Answer =
  /** The requested part, or its beginning. */
  | {
      readonly kind: 'part';
      readonly length: number;
      /** Bytes of the whole file; null if the host does not declare them. */
      readonly total: number | null;
      readonly validator: string | undefined;
      readonly contentType: string | undefined;
    }
  | {
      readonly kind: 'whole';
      /** Bytes of the file; null if the host does not declare them, or encoded the file. */
      readonly total: number | null;
      readonly isEncoded: boolean;
      readonly contentType: string | undefined;
    }
  /** A part that was not requested, or whose headers contradict themselves. */
  | { readonly kind: 'wrong_part' }
  /** The file ends before the requested part. */
  | { readonly kind: 'past_end'; readonly total: number | null }
  | {
      readonly kind: 'redirect';
      readonly location: string | undefined;
      /** The values of `Set-Cookie`. */
      readonly cookies: readonly string[];
    }
  | {
      readonly kind: 'fault';
      readonly fault: FetchFault;
      /** Whether the host may have refused the range, not the file. */
      readonly mayBeCausedByRange?: boolean;
    };

export type Part = Answer & { readonly kind: 'part' };
export type Whole = Answer & { readonly kind: 'whole' };

/** Statuses that are about the file or the current load, never about the range. */
const NEVER_CAUSED_BY_RANGE: ReadonlySet<number> = new Set([404, 410, 420, 429, 503]);

/**
 * Parses the status and headers of an answer.
 *
 * @param offset where the requested part begins; undefined if the whole file was requested
 */
export function readAnswer(status: number, headers: Headers, offset: number | undefined): Answer {
  switch (status) {
    case 200:
    case 203:
      return unlessUndecodable(headers, (coding) => wholeFile(headers, coding));
    case 206:
      return unlessUndecodable(headers, (coding) => readPart(headers, offset, coding));
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return {
        kind: 'redirect',
        location: getHeader(headers, 'location'),
        cookies: [headers['set-cookie'] ?? []].flat(),
      };
    case 416:
      if (offset !== undefined) return { kind: 'past_end', total: unsatisfiedTotal(headers) };
  }
  const mayBeCausedByRange = offset !== undefined && status >= 400 && !NEVER_CAUSED_BY_RANGE.has(status);
  return { kind: 'fault', fault: statusFault(status, getHeader(headers, 'retry-after')), mayBeCausedByRange };
}

/** `Content-Range: bytes 0-16383/30320`, or with `*` for an unknown length (RFC 9110 §14.4). */
function readPart(headers: Headers, offset: number | undefined, coding: ContentCoding | undefined): Answer {
  const range = getHeader(headers, 'content-range') ?? '';
  const match = /^bytes +(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(range.trim());
  if (match === null) return { kind: 'wrong_part' };
  const [first, last] = [Number(match[1]), Number(match[2])];
  const total = byteCount(match[3]);
  if (first !== offset || last < first || (total !== null && last >= total)) return { kind: 'wrong_part' };
  // A range of an encoded file is a range of its encoded bytes, which can be decoded only if it is all of them.
  if (coding !== undefined)
    return first === 0 && last + 1 === total ? wholeFile(headers, coding) : { kind: 'wrong_part' };
  const contentType = getHeader(headers, 'content-type');
  return { kind: 'part', length: last - first + 1, total, validator: findValidator(headers), contentType };
}

function wholeFile(headers: Headers, coding: ContentCoding | undefined): Answer {
  const isEncoded = coding !== undefined;
  const total = isEncoded ? null : byteCount(getHeader(headers, 'content-length'));
  return { kind: 'whole', total, isEncoded, contentType: getHeader(headers, 'content-type') };
}

function unlessUndecodable(headers: Headers, read: (coding: ContentCoding | undefined) => Answer): Answer {
  try {
    return read(contentCoding(headers));
  } catch (error) {
    if (error instanceof FetchFault) return { kind: 'fault', fault: error };
    throw error;
  }
}

/** `Content-Range: bytes *\/30320` of a 416 (RFC 9110 §15.5.17). */
function unsatisfiedTotal(headers: Headers): number | null {
  return byteCount(/^bytes +\*\/(\d+)$/i.exec(getHeader(headers, 'content-range')?.trim() ?? '')?.[1]);
}

/**
 * A validator for `If-Range`, so that further parts are of the same file (RFC 9110 §13.1.5): a strong entity
 * tag, else a strong date of modification (§8.8.2.2: a second or more before the answer).
 */
function findValidator(headers: Headers): string | undefined {
  const tag = getHeader(headers, 'etag');
  if (tag !== undefined) return /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag) ? tag : undefined;
  const changed = getHeader(headers, 'last-modified');
  const age = Date.parse(getHeader(headers, 'date') ?? '') - Date.parse(changed ?? '');
  return age >= 1000 ? changed : undefined;
}
