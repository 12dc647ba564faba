import type { HeifKind } from './heif-brands.js';
import { type ImageSize, toMeasuredSize } from './measurement.js';

/**
 * Bits before width and height: version, nine flags, chroma subsampling, orientation, and whether width and
 * height are long.
 */
const HEAD_BITS = 17;
const LONG_SIDE_BITS = 15;
const SHORT_SIDE_BITS = 7;

/** Bytes that contain the size. */
export const MINI_BYTES = 6;

/**
 * The size in a `mini` box, which replaces the `meta` box in small files (ISO/IEC 23008-12:2025, annex O). Its
 * EXIF is not read.
 */
export function minimizedSize(
  body: Buffer,
  { format, mime }: HeifKind,
): ImageSize | { readonly kind: 'broken' } {
  const all = body.readUIntBE(0, MINI_BYTES);
  const bits = (from: number, count: number): number =>
    Math.floor(all / 2 ** (8 * MINI_BYTES - from - count)) % 2 ** count;
  const sideBits = bits(HEAD_BITS - 1, 1) === 1 ? LONG_SIDE_BITS : SHORT_SIDE_BITS;
  const width = bits(HEAD_BITS, sideBits) + 1;
  const height = bits(HEAD_BITS + sideBits, sideBits) + 1;
  return toMeasuredSize(width, height, format, mime, bits(HEAD_BITS - 4, 3) + 1);
}
