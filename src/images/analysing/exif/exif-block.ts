/** `Exif` and two zeros stand before a block in JPEG (EXIF 2.32 §4.7.2) and, mostly, in HEIF. */
const MARK = Buffer.from('Exif\0\0', 'latin1');
const LITTLE_ENDIAN = Buffer.from('II*\0', 'latin1');
const BIG_ENDIAN = Buffer.from('MM\0*', 'latin1');
/** No block in a JPEG is longer. */
const MOST_BYTES = 65_536;

const SEGMENT = 0xff;
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const PNG_HEAD = 8;
const RIFF_HEAD = 12;

/**
 * The EXIF block of a file, which is a TIFF file of its own (EXIF 2.32 §4.5.2); undefined where these bytes hold none.
 * Looks at the few bytes that say so, in time linear in the number of parts of the file.
 *
 * @param format as it was measured
 */
export function exifBlock(bytes: Buffer, format: string): Buffer | undefined {
  switch (format) {
    case 'jpg':
      return inJpeg(bytes);
    case 'png':
      return inChunks(bytes, PNG_HEAD, 'eXIf', 'big endian');
    case 'webp':
      return inChunks(bytes, RIFF_HEAD, 'EXIF', 'little endian');
    case 'heic':
    case 'heif':
    case 'avif':
      return inHeif(bytes);
    case 'tiff':
      return tiffAt(bytes, 0, bytes.length);
    default:
      return undefined;
  }
}

/** The first APP1 segment with the mark, before the image data. */
function inJpeg(bytes: Buffer): Buffer | undefined {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === SEGMENT;) {
    const marker = bytes[at + 1];
    // Any number of fill bytes may stand before a marker (ITU-T T.81 §B.1.1.2).
    if (marker === SEGMENT) {
      at += 1;
      continue;
    }
    if (marker === START_OF_SCAN) return undefined;
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) return undefined;
    if (marker === APP1 && startsWith(bytes, at + 4, MARK)) {
      return tiffAt(bytes, at + 4 + MARK.length, at + 2 + length);
    }
    at += 2 + length;
  }
  return undefined;
}

/** Chunks of PNG: length, type, content, checksum; of RIFF: type, length, content, and a byte where that is odd. */
function inChunks(
  bytes: Buffer,
  head: number,
  wanted: string,
  order: 'big endian' | 'little endian',
): Buffer | undefined {
  const isPng = order === 'big endian';
  for (let at = head; at + 8 <= bytes.length;) {
    const length = isPng ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at + 4);
    const type = bytes.toString('latin1', isPng ? at + 4 : at, isPng ? at + 8 : at + 4);
    const content = at + 8;
    if (type === wanted) {
      // Some writers leave the mark of the JPEG in front.
      const from = startsWith(bytes, content, MARK) ? content + MARK.length : content;
      return tiffAt(bytes, from, content + length);
    }
    at = content + length + (isPng ? 4 : length % 2);
  }
  return undefined;
}

/** The block is an item of the file, anywhere behind its boxes: it is looked for by its mark. */
function inHeif(bytes: Buffer): Buffer | undefined {
  for (let at = bytes.indexOf(MARK); at !== -1; at = bytes.indexOf(MARK, at + 1)) {
    const block = tiffAt(bytes, at + MARK.length, bytes.length);
    if (block !== undefined) return block;
  }
  return undefined;
}

function tiffAt(bytes: Buffer, from: number, to: number): Buffer | undefined {
  if (!startsWith(bytes, from, LITTLE_ENDIAN) && !startsWith(bytes, from, BIG_ENDIAN)) return undefined;
  return bytes.subarray(from, Math.min(to, from + MOST_BYTES));
}

function startsWith(bytes: Buffer, at: number, wanted: Buffer): boolean {
  return (
    at + wanted.length <= bytes.length &&
    bytes.compare(wanted, 0, wanted.length, at, at + wanted.length) === 0
  );
}
