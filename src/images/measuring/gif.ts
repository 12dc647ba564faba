import { FileWindow } from './file-window.js';
import type { FormatReader } from './format-reader.js';
import { toMeasuredSize } from './measurement.js';

/** Signature and logical screen descriptor. */
const FIRST_BYTES = 13;
/** Bytes read at once to find the first frame. */
const NEXT_BYTES = 16_384;

const HAS_TABLE = 0x80;
const TABLE_SIZE = 0x07;

const EXTENSION = 0x21;
const FRAME = 0x2c;
/** Length of the introducer, position and size of a frame. */
const FRAME_BYTES = 9;

/**
 * Maximum number of sub-blocks to skip. Comments and application data of megabytes are stored in sub-blocks of 255 bytes.
 */
const MAX_BLOCKS = 32_768;

/**
 * Reads a GIF (GIF89a): the size of the logical screen (§18), or the size of the first frame (§20) if that is
 * 0, as browsers do.
 */
export function* readGif(): FormatReader {
  const window = new FileWindow();
  yield* window.move(0, FIRST_BYTES);
  if (!window.has(0, FIRST_BYTES)) return { kind: 'cut_short' };
  const width = window.uint16LE(6);
  const height = window.uint16LE(8);
  if (width > 0 && height > 0) return toMeasuredSize(width, height, 'gif', 'image/gif');

  const flags = window.uint8(10);
  let at = FIRST_BYTES + ((flags & HAS_TABLE) === 0 ? 0 : 3 * 2 ** ((flags & TABLE_SIZE) + 1));
  let isInExtension = false;
  for (let blocks = 0; blocks < MAX_BLOCKS; blocks += 1) {
    if (!window.has(at, FRAME_BYTES) && !window.isLast) yield* window.move(at, NEXT_BYTES);
    if (!window.has(at, 1)) return { kind: 'cut_short' };
    const first = window.uint8(at);
    if (isInExtension) {
      at += 1 + first;
      isInExtension = first > 0;
    } else if (first === EXTENSION) {
      at += 2;
      isInExtension = true;
    } else if (first === FRAME) {
      if (!window.has(at, FRAME_BYTES)) return { kind: 'cut_short' };
      return toMeasuredSize(window.uint16LE(at + 5), window.uint16LE(at + 7), 'gif', 'image/gif');
    } else {
      return { kind: 'broken' };
    }
  }
  return { kind: 'broken' };
}
