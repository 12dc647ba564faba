import type { FormatReader } from './format-reader.js';
import { toMeasuredSize } from './measurement.js';

/** The file header, and of the header that follows it as much as holds the size. */
const CORE_BYTES = 22;
const INFO_BYTES = 26;

/** Before each bitmap of an array of OS/2 (`BITMAPARRAYFILEHEADER`). */
const ARRAY_HEADER = 14;
/** `BITMAPCOREHEADER`, whose sides have 16 bits. */
const CORE_HEADER = 12;
/** The shortest header whose sides have 32 bits: that of OS/2 2.x may end behind any of its fields. */
const MIN_INFO_HEADER = 16;

/** Where the first bitmap of a file stands: at its start, or behind the header of an array. */
export function bitmapAt(bytes: Buffer): number {
  return bytes.toString('latin1', 0, 2) === 'BA' ? ARRAY_HEADER : 0;
}

/**
 * Reads a Windows bitmap, or one of OS/2 (the `BITMAPINFOHEADER` and `BITMAPCOREHEADER` pages of the Windows documentation,
 * and `BITMAPINFOHEADER2` of OS/2). The sides of a core header have no sign; a height below 0 elsewhere means that the rows
 * stand from top to bottom. Of an array of bitmaps, the first one counts.
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
