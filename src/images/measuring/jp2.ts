import { type Box, readBox, wanted } from './boxes.js';
import { copyExifBlock, withExif } from './exif-block.js';
import type { Found, FormatReader, WantedBytes } from './format-reader.js';
import { type ImageSize, MAX_EXIF_BYTES, toMeasuredSize } from './measurement.js';

/** Height and width in an `ihdr` box. */
const SIZE_BYTES = 8;
const ID_BYTES = 16;
/** The id of a `uuid` box with EXIF, as ExifTool and others write it. */
const EXIF_ID = 'JpgTiffExif->JP2';

/** Length of `SOC` and `SIZ` with their markers, the capabilities, and the size and offset of the image. */
const CODESTREAM_BYTES = 24;
const START = 0xff4fff51;

/** Formats by the brand of the file (ITU-T T.800 annex I, T.801 annex M, T.814 annex A). */
const KINDS: Readonly<Record<string, readonly [format: string, mime: string]>> = {
  'jpx ': ['jpx', 'image/jpx'],
  'jpm ': ['jpm', 'image/jpm'],
  'jph ': ['jph', 'image/jph'],
  mjp2: ['mj2', 'video/mj2'],
};

/**
 * Reads a JPEG 2000 file (ITU-T T.800 annex I): the size in the `ihdr` box, else that of the codestream, and
 * its EXIF in a `uuid` box.
 */
export function* readJp2(): FormatReader {
  let [format, mime]: readonly [string, string] = ['jp2', 'image/jp2'];
  let soFar: ImageSize | undefined;
  for (let at = 0; ;) {
    const box: Box | undefined = yield* readBox(at, Infinity, soFar);
    if (box === undefined) return soFar ?? { kind: 'cut_short' };
    const start = (length: number): WantedBytes =>
      wanted(box.bodyAt, Math.min(length, box.end - box.bodyAt), soFar);
    at = box.end;
    if (box.type === 'ftyp') {
      const brand = (yield start(4)).toString('latin1');
      [format, mime] = KINDS[brand] ?? [format, mime];
    } else if (box.type === 'jp2h') {
      // Its boxes are read in sequence with those of the file.
      at = box.bodyAt;
    } else if (box.type === 'ihdr' && soFar === undefined) {
      const bytes = yield start(SIZE_BYTES);
      if (bytes.length < SIZE_BYTES) return { kind: 'cut_short' };
      const size = toMeasuredSize(bytes.readUInt32BE(4), bytes.readUInt32BE(0), format, mime);
      if (size.kind !== 'size') return size;
      soFar = size;
    } else if (box.type === 'jp2c' && soFar === undefined) {
      const size = sizeInCodestream(yield start(CODESTREAM_BYTES), format, mime);
      if (size.kind !== 'size') return size;
      soFar = size;
    } else if (box.type === 'uuid' && soFar !== undefined) {
      const bytes: Buffer = yield start(ID_BYTES + MAX_EXIF_BYTES);
      if (bytes.toString('latin1', 0, ID_BYTES) === EXIF_ID)
        return withExif(soFar, copyExifBlock(bytes, ID_BYTES, bytes.length));
    }
  }
}

/** Reads a bare JPEG 2000 codestream (ITU-T T.800 annex A). */
export function* readJpeg2000Codestream(): FormatReader {
  return sizeInCodestream(yield { at: 0, length: CODESTREAM_BYTES }, 'j2c', 'image/j2c');
}

/** The image is the part of the reference grid beyond the offset (ITU-T T.800 §B.2). */
function sizeInCodestream(
  bytes: Buffer,
  format: string,
  mime: string,
): Found & { readonly kind: 'size' | 'broken' | 'cut_short' } {
  if (bytes.length < CODESTREAM_BYTES) return { kind: 'cut_short' };
  if (bytes.readUInt32BE(0) !== START) return { kind: 'broken' };
  const side = (at: number): number => bytes.readUInt32BE(at) - bytes.readUInt32BE(at + 8);
  return toMeasuredSize(side(8), side(12), format, mime);
}
