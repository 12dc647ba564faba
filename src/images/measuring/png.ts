import { copyExifBlock, withExif } from './exif-block.js';
import { FileWindow } from './file-window.js';
import type { FormatReader } from './format-reader.js';
import { MAX_EXIF_BYTES, toMeasuredSize } from './measurement.js';

const FIRST_BYTES = 16_384;
/** Bytes read at once behind a chunk that was skipped. */
const NEXT_BYTES = 4_096;

const SIGNATURE_BYTES = 8;
/** Lengths: head of a chunk, checksum, and the content of IHDR that holds the size. */
const HEAD_BYTES = 8;
const CHECKSUM_BYTES = 4;
const SIZE_BYTES = 8;

const MAX_CHUNKS = 1_024;

/**
 * Reads a PNG (PNG Specification, third edition) or APNG: the size in `IHDR`, which Apple's tools write after a
 * `CgBI` chunk, and the EXIF block in `eXIf` (§11.3.3.4), with or without the mark of JPEG.
 *
 * `eXIf` is before the image data and is searched by skipping from chunk to chunk. Where the image data begins,
 * only the first 16,384 bytes of the file are searched. EXIF in text chunks, where old versions of ImageMagick
 * wrote it, and an orientation in XMP are not read.
 */
export function* readPng(): FormatReader {
  const window = new FileWindow();
  yield* window.move(0, FIRST_BYTES);
  let at = SIGNATURE_BYTES;
  let isBeforeData = true;
  for (let chunks = 0; chunks < MAX_CHUNKS; chunks += 1) {
    if (!window.has(at, HEAD_BYTES + SIZE_BYTES) && !window.isLast && isBeforeData) {
      yield* window.move(at, NEXT_BYTES);
    }
    if (!window.has(at, HEAD_BYTES)) return window.soFar ?? { kind: 'cut_short' };
    const length = window.uint32BE(at);
    const type = window.latin1(at + 4, 4);
    const content = at + HEAD_BYTES;
    if (window.soFar === undefined) {
      if (type === 'IHDR') {
        if (!window.has(content, SIZE_BYTES)) return { kind: 'cut_short' };
        const size = toMeasuredSize(
          window.uint32BE(content),
          window.uint32BE(content + 4),
          'png',
          'image/png',
        );
        if (size.kind !== 'size') return size;
        window.soFar = size;
      } else if (type !== 'CgBI') {
        return { kind: 'broken' };
      }
    } else if (type === 'eXIf') {
      const wanted = Math.min(length, MAX_EXIF_BYTES);
      if (!window.has(content, wanted) && !window.isLast) yield* window.move(content, wanted);
      const exif = copyExifBlock(window.bytes, content - window.start, content + wanted - window.start);
      return withExif(window.soFar, exif);
    } else if (type === 'IDAT') {
      isBeforeData = false;
    } else if (type === 'IEND') {
      return window.soFar;
    }
    at = content + length + CHECKSUM_BYTES;
  }
  return window.soFar ?? { kind: 'broken' };
}
