/** The largest window size of a Brotli stream, in bytes (RFC 7932 §9.1). */
export const MAX_WINDOW = 2 ** 24;

/** The window size of a Brotli stream in bytes, from its first byte (RFC 7932 §9.1). */
export function brotliWindow(firstByte: number): number {
  const [large, small] = [(firstByte >> 1) & 7, (firstByte >> 4) & 7];
  if ((firstByte & 1) === 0) return 2 ** 16;
  if (large > 0) return 2 ** (17 + large);
  return small === 0 ? 2 ** 17 : 2 ** (8 + small);
}
