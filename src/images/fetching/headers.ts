import type { Dispatcher } from 'undici';

/** The headers of an answer. Names are in lower case. */
export type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** A header with one value; the first value if there are several. */
export function getHeader(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The members of a list header (RFC 9110 §5.6.1) over all headers of this name, in lower case. */
export function getHeaderList(headers: Headers, name: string): string[] {
  const members = [headers[name] ?? []].flat().join().split(',');
  return members.map((member) => member.trim().toLowerCase());
}

/** A number of bytes below 10^15; null for anything else. */
export function byteCount(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
