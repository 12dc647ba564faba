import type { KeyedFile } from './file-keys.js';
import { TiffValues } from './tiff-values.js';

/** Bytes of a scan that identify a picture, with the length of what follows. */
const SCAN_BYTES = 1_024;
const HEADER_BYTES = 15;
const EXIF_MARK = Buffer.from('Exif\0\0', 'latin1');

const FILL = 0xff;
const RST0 = 0xd0;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
const TEM = 0x01;

const THUMBNAIL_OFFSET = 0x0201;
const THUMBNAIL_LENGTH = 0x0202;

/** Which part of the file the picture is identified by. Keys of different parts never agree. */
const MAIN_SCAN = 1;
const THUMBNAIL = 2;

/** Offsets in the bytes of a JPEG; undefined where they do not contain that. */
interface Segments {
  readonly exif: { readonly from: number; readonly end: number } | undefined;
  readonly scanAt: number | undefined;
}

/**
 * What tells a picture in a JPEG from others, whatever metadata its file has: the beginning of its scan and the length of
 * the rest. If the scan is out of reach, it is that of the thumbnail in the EXIF segment and the number of bytes behind that
 * segment, because apps reuse thumbnails. Undefined if neither is within the bytes.
 */
export function findPictureData({ start, length, width, height }: KeyedFile): Buffer | undefined {
  const { exif, scanAt } = findSegments(start, 0, start.length);
  const main = scanAt === undefined ? undefined : readScan(start, scanAt, length);
  if (main !== undefined && scanAt !== undefined)
    return withHeader(MAIN_SCAN, width, height, length - scanAt, main);
  if (exif === undefined || exif.end > length) return undefined;
  const thumbnail = findThumbnail(start, exif.from);
  return thumbnail && withHeader(THUMBNAIL, width, height, length - exif.end, thumbnail);
}

function withHeader(part: number, width: number, height: number, rest: number, scan: Buffer): Buffer {
  const data = Buffer.allocUnsafe(HEADER_BYTES + scan.length);
  data.writeUInt8(part, 0);
  data.writeUInt32BE(width, 1);
  data.writeUInt32BE(height, 5);
  data.writeUIntBE(rest, 9, 6);
  scan.copy(data, HEADER_BYTES);
  return data;
}

/** The beginning of a scan; undefined if not all of it is within the bytes. */
function readScan(bytes: Buffer, at: number, end: number): Buffer | undefined {
  const to = Math.min(at + SCAN_BYTES, end);
  return to > at && to <= bytes.length ? bytes.subarray(at, to) : undefined;
}

/** Finds the first EXIF segment and the first scan of a JPEG that begins at an offset. */
function findSegments(bytes: Buffer, from: number, to: number): Segments {
  let exif: Segments['exif'];
  let at = from + 2;
  while (at + 4 <= to) {
    if (bytes[at] !== FILL) break;
    const code = bytes[at + 1] ?? 0;
    if (code === FILL) {
      at += 1;
    } else if (code === TEM || (code >= RST0 && code <= SOI)) {
      at += 2;
    } else {
      const end = at + 2 + bytes.readUInt16BE(at + 2);
      if (code === SOS) return { exif, scanAt: end };
      if (code === EOI) break;
      if (code === APP1 && bytes.subarray(at + 4, at + 4 + EXIF_MARK.length).equals(EXIF_MARK))
        exif ??= { from: at + 4 + EXIF_MARK.length, end };
      at = end;
    }
  }
  return { exif, scanAt: undefined };
}

/** The beginning of the scan of the thumbnail, which the second directory of EXIF points to (EXIF 3.0 §4.6.8). */
function findThumbnail(bytes: Buffer, exifAt: number): Buffer | undefined {
  const block = bytes.subarray(exifAt);
  const tiff = TiffValues.open(block);
  const directory = tiff?.after(tiff.first);
  if (tiff === undefined || directory === undefined) return undefined;
  const at = tiff.find(directory, THUMBNAIL_OFFSET) ?? block.length;
  const end = at + (tiff.find(directory, THUMBNAIL_LENGTH) ?? 0);
  if (block[at] !== FILL || block[at + 1] !== SOI) return undefined;
  const { scanAt } = findSegments(block, at, block.length);
  return scanAt === undefined ? undefined : readScan(block, scanAt, end);
}
