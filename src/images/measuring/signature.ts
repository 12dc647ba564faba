import { bitmapAt } from './bmp.js';

/** The formats that are recognised. `text` may be an SVG. */
export type ImageFormat =
  | 'jpeg'
  | 'png'
  | 'gif'
  | 'webp'
  | 'bmp'
  | 'psd'
  | 'tiff'
  | 'ico'
  | 'heif'
  | 'cr3'
  | 'jp2'
  | 'j2c'
  | 'jxl'
  | 'jxlc'
  | 'jxr'
  | 'crw'
  | 'mrw'
  | 'raf'
  | 'x3f'
  | 'text';

/** The format of a file according to its first bytes. */
export type Signature = ImageFormat | 'unknown' | 'undecided';

/**
 * First bytes of formats, including some that cannot be measured. A dot stands for any hexadecimal digit.
 */
const SIGNATURES: readonly (readonly [format: ImageFormat, hex: string])[] = [
  ['jpeg', 'ffd8ff'],
  ['png', '89504e470d0a1a0a'],
  ['gif', '474946383761'],
  ['gif', '474946383961'],
  ['webp', '52494646........57454250'], // RIFF …, WEBP
  ['bmp', '424d'],
  ['bmp', '4241........................424d'], // an array of bitmaps of OS/2
  ['psd', '38425053'],
  ['tiff', '49492a00'],
  ['tiff', '4d4d002a'],
  ['tiff', '49492b00'], // BigTIFF
  ['tiff', '4d4d002b'],
  ['tiff', '49495500'], // RW2
  ['tiff', '4949524f'], // ORF
  ['tiff', '49495253'],
  ['tiff', '4d4d4f52'],
  ['ico', '00000100'],
  ['heif', '........66747970'], // … ftyp
  ['jp2', '0000000c6a5020200d0a870a'],
  ['j2c', 'ff4fff51'],
  ['jxl', '0000000c4a584c200d0a870a'],
  ['jxlc', 'ff0a'],
  ['jxr', '4949bc'], // JPEG XR
  ['crw', '4949........48454150'], // Canon: II …, HEAP
  ['mrw', '004d524d'], // Minolta
  ['raf', '46554a4946494c4d4343442d524157'], // FUJIFILMCCD-RAW
  ['x3f', '464f5662'], // Sigma
];

/** An optional byte order mark and white space, then markup; in UTF-8 or UTF-16. */
const MARKUP =
  /^(?:(?:efbbbf)?(?:20|09|0a|0d)*3c|(?:fffe)?(?:(?:20|09|0a|0d)00)*3c00|(?:feff)?(?:00(?:20|09|0a|0d))*003c)/;
/** Only a byte order mark and white space. */
const BLANK = /^(?:efbbbf|fffe|feff)?(?:00|20|09|0a|0d)*$/;

const PATTERNS = SIGNATURES.map(([format, hex]) => [format, new RegExp(`^${hex}`)] as const);

/** This many bytes decide, unless they are a long run of white space or brands. */
const DECISIVE = 32;
const MAX_BRANDS_BYTES = 512;

/** Brands of ISO media files that are images (ISO/IEC 23008-12 §10 and its annexes, AV1 Image File Format §6). */
const IMAGE_BRANDS =
  /^(?:mif[123]|msf1|miaf|1pic|avi[fso]|hei[cxms]|hev[cxms]|avc[is]|vvi[cs]|evb[is]|evm[is]|j2(?:ki|is)|jp(?:eg|gs))$/;
const CANON_BRAND = 'crx ';

/**
 * The signature of a file that begins with these bytes; `undecided` if more are needed. Further bytes do not
 * change any other result.
 */
export function getSignature(bytes: Buffer): Signature {
  // Most files are JPEGs.
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  const start = bytes.subarray(0, DECISIVE).toString('hex');
  if (MARKUP.test(start)) return 'text';
  const format = PATTERNS.find(([, pattern]) => pattern.test(start))?.[0];
  if (format === 'bmp') return bitmapHeader(bytes);
  if (format === 'heif') return isoBrands(bytes);
  if (format !== undefined) return format;
  if (bytes.length < DECISIVE) return 'undecided';
  return BLANK.test(start) ? 'text' : 'unknown';
}

/** Some texts begin with `BM`, so the length of the next header decides whether it is a bitmap. */
function bitmapHeader(bytes: Buffer): Signature {
  const at = bitmapAt(bytes) + 14;
  if (bytes.length < at + 4) return 'undecided';
  const length = bytes.readUInt32LE(at);
  return length >= 12 && length <= 256 ? 'bmp' : 'unknown';
}

/** Videos have the same first box as AVIF and HEIF images. The brands decide. */
function isoBrands(bytes: Buffer): Signature {
  const size = bytes.readUInt32BE(0);
  // A size of 1 means that a 64-bit size follows, of which the lower 32 bits are used.
  const isLong = size === 1;
  if (isLong && bytes.length < 16) return 'undecided';
  const from = isLong ? 16 : 8;
  const end = Math.min(isLong ? bytes.readUInt32BE(12) : size, MAX_BRANDS_BYTES);
  for (let at = from; at + 4 <= Math.min(end, bytes.length); at += 4) {
    const isVersion = at === from + 4;
    const brand = bytes.toString('latin1', at, at + 4);
    if (!isVersion && brand === CANON_BRAND) return 'cr3';
    if (!isVersion && IMAGE_BRANDS.test(brand)) return 'heif';
  }
  return bytes.length < end ? 'undecided' : 'unknown';
}
