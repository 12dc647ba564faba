import type { Dispatcher } from 'undici';

/** The headers of an answer, under their names in lower case. */
export type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** A header that is there once; of several the first counts. */
export function getHeader(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The members of all headers of a name that hold a list (RFC 9110 §5.6.1), in lower case. */
export function getHeaderList(headers: Headers, name: string): string[] {
  const members = [headers[name] ?? []].flat().join().split(',');
  return members.map((member) => member.trim().toLowerCase());
}

/** A number of bytes that fits a safe integer with room to spare; null for anything else. */
export function byteCount(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
