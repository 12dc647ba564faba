import { type ImageSize, MAX_EXIF_BYTES, toMeasuredSize } from './measurement.js';
import { findOrientation, parseTiffHeader } from './tiff-directory.js';

/**
 * `Exif`, a zero and one more byte precede a block in JPEG (EXIF 3.0 §4.7.2) and in some files of other
 * formats.
 */
const MARK = Buffer.from('Exif\0', 'latin1');
export const EXIF_MARK_BYTES = 6;

/** Whether the mark of an EXIF block is at this offset. */
export function hasExifMark(bytes: Buffer, at: number): boolean {
  return at + EXIF_MARK_BYTES <= bytes.length && bytes.compare(MARK, 0, 5, at, at + 5) === 0;
}

/**
 * The EXIF block in these bytes, with or without its mark, cut to {@link MAX_EXIF_BYTES}. Undefined if there is
 * none.
 */
export function findExifBlock(bytes: Buffer, from: number, to: number): Buffer | undefined {
  const start = hasExifMark(bytes, from) ? from + EXIF_MARK_BYTES : from;
  const block = bytes.subarray(start, Math.min(to, start + MAX_EXIF_BYTES));
  return parseTiffHeader(block) === undefined ? undefined : block;
}

/** A copy of {@link findExifBlock}. */
export function copyExifBlock(bytes: Buffer, from: number, to: number): Buffer | undefined {
  const block = findExifBlock(bytes, from, to);
  return block && Buffer.from(block);
}

/** Adds the block and its orientation to the size, if there is a block. */
export function withExif(size: ImageSize, block: Buffer | undefined): ImageSize {
  if (block === undefined) return size;
  const { width, height, format, mime } = size;
  const found = toMeasuredSize(width, height, format, mime, findOrientation(block));
  return found.kind === 'size' ? { ...found, exif: block } : size;
}
