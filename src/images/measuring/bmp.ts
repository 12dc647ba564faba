import type { FormatReader } from './format-reader.js';
import { toMeasuredSize } from './measurement.js';

/** The file header, and the part of the next header that holds the size. */
const CORE_BYTES = 22;
const INFO_BYTES = 26;

/** The header of each bitmap in an array of OS/2 (`BITMAPARRAYFILEHEADER`). */
const ARRAY_HEADER = 14;
/** `BITMAPCOREHEADER`, whose width and height have 16 bits. */
const CORE_HEADER = 12;
/**
 * The shortest header whose width and height have 32 bits. A header of OS/2 2.x may end after any of its
 * fields.
 */
const MIN_INFO_HEADER = 16;

/** Offset of the first bitmap: 0, or behind the header of an array. */
export function bitmapAt(bytes: Buffer): number {
  return bytes.toString('latin1', 0, 2) === 'BA' ? ARRAY_HEADER : 0;
}

/**
 * Reads a bitmap of Windows or OS/2 (the `BITMAPINFOHEADER` and `BITMAPCOREHEADER` pages of the Windows
 * documentation, and `BITMAPINFOHEADER2` of OS/2). The width and height of a core header are unsigned.
 * Elsewhere a negative height means that the rows are stored from top to bottom. In an array, the first bitmap
 * is measured.
 */
export function* readBmp(): FormatReader {
  const start = yield { at: 0, length: ARRAY_HEADER + INFO_BYTES };
  const bytes = start.subarray(bitmapAt(start));
  if (bytes.length < CORE_BYTES) return { kind: 'cut_short' };
  const header = bytes.readUInt32LE(14);
  if (header === CORE_HEADER) return toSize(bytes.readUInt16LE(18), bytes.readUInt16LE(20));
  if (header < MIN_INFO_HEADER) return { kind: 'broken' };
  if (bytes.length < INFO_BYTES) return { kind: 'cut_short' };
  return toSize(bytes.readInt32LE(18), Math.abs(bytes.readInt32LE(22)));
}

function toSize(width: number, height: number): ReturnType<typeof toMeasuredSize> {
  return toMeasuredSize(width, height, 'bmp', 'image/bmp');
}
