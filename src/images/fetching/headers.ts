import type { Dispatcher } from 'undici';

/** The headers of an answer, under their names in lower case. */
export type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** A header that is there once; of several the first counts. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A number of bytes that fits a safe integer with room to spare; null for anything else. */
export function byteCount(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
