import { type Box, readBox } from './boxes.js';
import { copyExifBlock, withExif } from './exif-block.js';
import type { FormatReader } from './format-reader.js';
import { MAX_EXIF_BYTES, sizeOf } from './measurement.js';
import { parseTiffHeader } from './tiff-directory.js';

/** The `uuid` box in `moov` that holds what a Canon says of the photo. */
const CANON_ID = '85c0b687820f11e08111f4ce462b6a48';
const ID_BYTES = 16;
const WIDTH = 0x0100;
const HEIGHT = 0x0101;

/**
 * Reads a raw file of a Canon (CR3, an ISO base media file, as https://github.com/lclevy/canon_cr3 describes it): the size of
 * the full image and its orientation, in the first directory of its EXIF. Previews and the tracks of the sensor have sizes
 * of their own. The other directories, which stand in TIFF structures apart, are not looked for.
 */
export function* readCr3(): FormatReader {
  for (let at = 0; ;) {
    const box: Box | undefined = yield* readBox(at, Infinity);
    if (box === undefined) return { kind: 'unsupported' };
    at = box.end;
    if (box.type === 'moov') at = box.bodyAt;
    if (box.type === 'uuid') {
      const id = yield { at: box.bodyAt, length: ID_BYTES };
      // Its boxes come one after the other with those around them.
      if (id.toString('hex') === CANON_ID) at = box.bodyAt + ID_BYTES;
    }
    if (box.type !== 'CMT1') continue;
    const length = Math.min(box.end - box.bodyAt, MAX_EXIF_BYTES);
    const block = copyExifBlock(yield { at: box.bodyAt, length }, 0, length);
    const [width, height] = [numberIn(block, WIDTH), numberIn(block, HEIGHT)];
    if (block === undefined || width === undefined || height === undefined) return { kind: 'unsupported' };
    const size = sizeOf(width, height, 'cr3', 'image/x-canon-cr3');
    return size.kind === 'size' ? withExif(size, block) : size;
  }
}

/** The whole number that an entry of the first directory holds. */
function numberIn(block: Buffer | undefined, tag: number): number | undefined {
  const layout = block && parseTiffHeader(block);
  if (block === undefined || layout === undefined) return undefined;
  const first = layout.firstDirectory + layout.countBytes;
  if (first > block.length) return undefined;
  const end = first + layout.entryCount(block, layout.firstDirectory) * layout.entryBytes;
  for (let at = first; at + layout.entryBytes <= Math.min(end, block.length); at += layout.entryBytes) {
    if (layout.uint16(block, at) !== tag) continue;
    const { type, at: valueAt } = layout.entry(block, at);
    return layout.wholeNumber(block, type, valueAt);
  }
  return undefined;
}
