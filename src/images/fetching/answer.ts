import type { Dispatcher } from 'undici';
import { FetchFault } from './fetch-fault.js';

/** A part of a file, as `Content-Range` names it (RFC 9110 §14.4). */
export interface ContentRange {
  readonly first: number;
  /** Bytes of the whole file; null where the host does not say. */
  readonly total: number | null;
}

/** A header that is there once; of several the first counts. */
export function headerOf(answer: Dispatcher.ResponseData, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** `Content-Length` in bytes, or null. */
export function lengthOf(answer: Dispatcher.ResponseData): number | null {
  return byteCount(headerOf(answer, 'content-length'));
}

/**
 * The range that a `206` brings.
 *
 * @throws FetchFault when it does not begin where it was asked to
 */
export function rangeOf(answer: Dispatcher.ResponseData, offset: number): ContentRange {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(headerOf(answer, 'content-range') ?? '');
  if (match === null || Number(match[1]) !== offset) {
    throw new FetchFault('bad_response', 'the host answered another range than it was asked for');
  }
  return { first: offset, total: byteCount(match[3]) };
}

/** A validator that makes sure that further ranges are of the same file (RFC 9110 §13.1.5): a strong one only. */
export function strongETag(answer: Dispatcher.ResponseData): string | undefined {
  const tag = headerOf(answer, 'etag');
  return tag !== undefined && /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag) ? tag : undefined;
}

/**
 * The bytes are the image's own: no coding was asked for, and none is taken.
 *
 * @throws FetchFault
 */
export function refuseCoding(answer: Dispatcher.ResponseData): void {
  const coding = headerOf(answer, 'content-encoding')?.trim().toLowerCase();
  if (coding !== undefined && coding !== '' && coding !== 'identity') {
    throw new FetchFault('bad_response', 'the host compressed the file although it was asked not to');
  }
}

/** Lets go of a body that nobody reads: a short one is read to its end, which keeps the connection; another is cut. */
export async function discard(answer: Dispatcher.ResponseData, limit: number): Promise<void> {
  const length = lengthOf(answer);
  if (length !== null && length <= limit) await answer.body.dump({ limit });
  else answer.body.on('error', () => {}).destroy();
}

function byteCount(value: string | undefined): number | null {
  if (value === undefined || !/^\d{1,15}$/.test(value)) return null;
  return Number(value);
}
