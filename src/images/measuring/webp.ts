import { copyExifBlock, withExif } from './exif-block.js';
import { FileWindow } from './file-window.js';
import type { Found, FormatReader } from './format-reader.js';
import { MAX_EXIF_BYTES, toMeasuredSize } from './measurement.js';

/** The header, and the part of the first chunk that holds the size. */
const FIRST_BYTES = 30;
/** Bytes read at once behind a chunk that was skipped. */
const NEXT_BYTES = 4_096;

const RIFF_HEADER_BYTES = 12;
/** Length of the head of a chunk, and of the longest form of the size. */
const HEAD_BYTES = 8;
const MAX_SIZE_BYTES = 10;
const SIZE_BYTES: Readonly<Record<string, number>> = { 'VP8 ': 10, VP8L: 5, VP8X: 10 };
const LOSSLESS_SIGNATURE = 0x2f;
const LOSSY_START_CODE = 0x2a019d;

/** Flag of a `VP8X` chunk for EXIF. */
const EXIF_FLAG = 0x08;

const MAX_CHUNKS = 1_024;

/**
 * Reads a WebP (RFC 9649): the size in the first `VP8 `, `VP8L` or `VP8X` chunk, and the EXIF block, with or
 * without the mark of JPEG, in an `EXIF` chunk behind the image (§2.7.1.5), found by skipping from chunk to
 * chunk.
 *
 * The chunk is searched whatever the flags of `VP8X` are, as long as the file length in the header leaves room
 * for more chunks. If the flag is set, it is searched to the end of the file. A block that is cut off is read
 * as far as it exists.
 */
export function* readWebp(): FormatReader {
  const window = new FileWindow();
  yield* window.move(0, FIRST_BYTES);
  if (!window.has(0, RIFF_HEADER_BYTES)) return { kind: 'cut_short' };
  let end = HEAD_BYTES + window.uint32LE(4);
  let at = RIFF_HEADER_BYTES;
  for (let chunks = 0; chunks < MAX_CHUNKS; chunks += 1) {
    if (window.soFar !== undefined && at + HEAD_BYTES > end) break;
    if (!window.has(at, HEAD_BYTES + MAX_SIZE_BYTES) && !window.isLast) yield* window.move(at, NEXT_BYTES);
    if (!window.has(at, HEAD_BYTES)) return window.soFar ?? { kind: 'cut_short' };
    const type = window.latin1(at, 4);
    const length = window.uint32LE(at + 4);
    const content = at + HEAD_BYTES;
    if (window.soFar === undefined) {
      const size = readSize(window, type, content);
      if (size !== undefined && size.kind !== 'size') return size;
      window.soFar = size;
      if (type === 'VP8X' && (window.uint8(content) & EXIF_FLAG) !== 0) end = Infinity;
    } else if (type === 'EXIF') {
      const wanted = Math.min(length, MAX_EXIF_BYTES);
      if (!window.has(content, wanted) && !window.isLast) yield* window.move(content, wanted);
      const exif = copyExifBlock(window.bytes, content - window.start, content + wanted - window.start);
      return withExif(window.soFar, exif);
    }
    // A chunk of odd length is followed by a padding byte.
    at = content + length + (length % 2);
  }
  return window.soFar ?? { kind: 'broken' };
}

/** The size in the chunk; undefined for a type without one. */
function readSize(window: FileWindow, type: string, at: number): Found | undefined {
  const bytes = SIZE_BYTES[type];
  if (bytes === undefined) return undefined;
  if (!window.has(at, bytes)) return { kind: 'cut_short' };
  switch (type) {
    case 'VP8X':
      return toSize(window.uint24LE(at + 4) + 1, window.uint24LE(at + 7) + 1);
    case 'VP8L': {
      if (window.uint8(at) !== LOSSLESS_SIGNATURE) return { kind: 'broken' };
      const sides = window.uint32LE(at + 1);
      return toSize((sides & 0x3fff) + 1, ((sides >> 14) & 0x3fff) + 1);
    }
    default: {
      const isKeyFrame = (window.uint8(at) & 1) === 0 && window.uint24LE(at + 3) === LOSSY_START_CODE;
      if (!isKeyFrame) return { kind: 'broken' };
      // The two bits above each side request scaling, which does not change the stored size.
      return toSize(window.uint16LE(at + 6) & 0x3fff, window.uint16LE(at + 8) & 0x3fff);
    }
  }
}

function toSize(width: number, height: number): Found {
  return toMeasuredSize(width, height, 'webp', 'image/webp');
}
