/** Bytes of image files that lie. Numbers are written as the format has them, whatever they are. */

/** A file that makes its parser work as long as bytes come: a start, and then the same again and again. */
export interface LongFile {
  readonly what: string;
  readonly start: Buffer;
  readonly unit: Buffer;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

function be32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function le32(value: number): Buffer {
  return be32(value).swap32();
}

function le16(value: number): Buffer {
  return le32(value).subarray(0, 2);
}

export function png(width: number, height: number): Buffer {
  return Buffer.concat([
    hex('89504e470d0a1a0a0000000d'),
    latin1('IHDR'),
    be32(width),
    be32(height),
    Buffer.alloc(9),
  ]);
}

export function gif(width: number, height: number): Buffer {
  return Buffer.concat([latin1('GIF89a'), le16(width), le16(height), Buffer.alloc(4)]);
}

export function jpeg(width: number, height: number): Buffer {
  const size = Buffer.concat([le16(height).swap16(), le16(width).swap16()]);
  return Buffer.concat([hex('ffd8ffc0001108'), size, Buffer.alloc(20)]);
}

export function bmp(width: number, height: number): Buffer {
  return Buffer.concat([
    latin1('BM'),
    Buffer.alloc(12),
    le32(40),
    le32(width),
    le32(height),
    Buffer.alloc(30),
  ]);
}

export function psd(width: number, height: number): Buffer {
  return Buffer.concat([latin1('8BPS\0\x01'), Buffer.alloc(8), be32(height), be32(width), Buffer.alloc(4)]);
}

/** @param type of both values: 3 is a short one, 4 a long one, 5 a fraction, 9 one with a sign (TIFF 6.0 §2) */
export function tiff(width: number, height: number, type = 4, count = 1): Buffer {
  const entry = (tag: number, value: number): Buffer =>
    Buffer.concat([le16(tag), le16(type), le32(count), le32(value)]);
  return Buffer.concat([latin1('II*\0'), le32(8), le16(2), entry(256, width), entry(257, height), le32(8)]);
}

/** With a `VP8X` chunk, whose sides have 24 bits and one more than they say (RFC 9649 §2.7). */
export function webp(width: number, height: number): Buffer {
  const sides = Buffer.concat([le32(width - 1).subarray(0, 3), le32(height - 1).subarray(0, 3)]);
  return Buffer.concat([latin1('RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0'), sides, Buffer.alloc(10)]);
}

export function webpLossy(width: number, height: number): Buffer {
  const chunk = Buffer.concat([hex('0000009d012a'), le16(width), le16(height)]);
  return Buffer.concat([latin1('RIFF\x40\0\0\0WEBPVP8 \x20\0\0\0'), chunk, Buffer.alloc(40)]);
}

export function box(type: string, ...content: Buffer[]): Buffer {
  const inside = Buffer.concat(content);
  return Buffer.concat([be32(inside.length + 8), latin1(type), inside]);
}

/** The head of a box that says it is longer than any file. */
function openBox(type: string): Buffer {
  return Buffer.concat([be32(0x7fffffff), latin1(type)]);
}

const FTYP = box('ftyp', latin1('avif\0\0\0\0mif1avif'));
const NONE = Buffer.alloc(4);

export function heif(width: number, height: number): Buffer {
  const primary = box('pitm', NONE, hex('0001'));
  const sides = box('ipco', box('ispe', NONE, be32(width), be32(height)));
  const places = box('ipma', NONE, be32(1), hex('00010101'));
  return Buffer.concat([FTYP, box('meta', NONE, primary, box('iprp', sides, places))]);
}

const META = Buffer.concat([FTYP, openBox('meta'), NONE]);
const PROPERTIES = Buffer.concat([META, be32(0x7ffffff0), latin1('iprp'), be32(0x7fffffe0), latin1('ipco')]);
const RIFF = latin1('RIFF\xff\xff\xff\x7fWEBP');
const EXIF = latin1('Exif\0\0II*\0\x08\0\0\0');
const SVG = latin1('<svg ');

/** For each parser what it has most work with: the most fields a byte, in as many ways as it has to go on. */
export const LONG_FILES: readonly LongFile[] = (
  [
    ['JPEG of empty segments', hex('ffd8'), hex('fffe0002')],
    ['JPEG of padding', hex('ffd8'), hex('ff')],
    ['JPEG of bytes between segments', hex('ffd8fffe0002'), latin1('A')],
    ['JPEG of restarts', hex('ffd8'), hex('ffd0')],
    ['JPEG of EXIF', hex('ffd8'), Buffer.concat([hex('ffe10016'), EXIF, NONE, hex('0000')])],
    [
      'JPEG of EXIF with 65,535 entries',
      hex('ffd8'),
      Buffer.concat([hex('ffe1ffff'), EXIF, hex('ffff'), Buffer.alloc(65_517, 5)]),
    ],
    ['JPEG of frames too short', hex('ffd8'), hex('ffc00002')],
    ['JPEG of stuffed zeros in a scan', hex('ffd8ffc000070800000018ffda0002'), hex('ff00')],
    ['JPEG of a scan without a marker', hex('ffd8ffc000070800000018ffda0002'), hex('a5')],
    ['JPEG of empty segments behind its frame', hex('ffd8ffc000070800100018'), hex('fffe0002')],
    ['PNG of empty chunks', png(24, 16), Buffer.concat([NONE, latin1('tEXt'), NONE])],
    ['PNG without a size', Buffer.concat([png(1, 1).subarray(0, 8)]), NONE],
    ['GIF of screens', latin1('GIF89a'), latin1('\0')],
    ['GIF of empty extensions', Buffer.concat([gif(0, 0).subarray(0, 10), hex('000000')]), hex('21fe00')],
    [
      'GIF of an extension without an end',
      Buffer.concat([gif(0, 0).subarray(0, 10), hex('00000021fe')]),
      hex('01'),
    ],
    ['BMP of zeros', bmp(0, 0), NONE],
    ['PSD of zeros', psd(0, 0), NONE],
    ['ICO of 256 icons', hex('000001000001'), Buffer.alloc(16, 5)],
    ['ICO of 65,535 icons', hex('00000100ffff'), Buffer.alloc(16, 5)],
    ['TIFF of 65,535 entries', Buffer.concat([latin1('II*\0'), le32(8), hex('ffff')]), Buffer.alloc(12, 5)],
    [
      'TIFF of a directory that is its own next',
      Buffer.concat([latin1('II*\0'), le32(8), hex('0100')]),
      hex('000004000100000008000000'),
    ],
    ['TIFF with its directory at the end of 4 GB', Buffer.concat([latin1('II*\0'), hex('ffffffff')]), NONE],
    [
      'TIFF of directories that are below each other',
      Buffer.concat([latin1('II*\0'), le32(8)]),
      hex('02004a010400020000000800000000010300010000000100000008000000'),
    ],
    [
      'BigTIFF of more entries than there can be',
      hex('49492b000800000010000000000000000000000000000080'),
      NONE,
    ],
    [
      'TIFF of texts of 4 GB',
      Buffer.concat([
        latin1('II*\0'),
        le32(8),
        hex('ffff'),
        hex('000104000100000018000000010104000100000010000000'),
      ]),
      hex('0f010200ffffffff08000000'),
    ],
    ['AVIF of brands', Buffer.concat([be32(0x7ffffff8), latin1('ftypavif\0\0\0\0')]), latin1('mif1')],
    ['AVIF of empty boxes', FTYP, box('free')],
    ['AVIF of empty boxes inside', META, box('free')],
    ['AVIF of boxes in boxes', META, latin1('\0\0\0\x10iprp\0\0\0\x08ipco')],
    ['AVIF of rotations', PROPERTIES, latin1('\0\0\0\x09irot\x03')],
    ['AVIF of mirrors', PROPERTIES, latin1('\0\0\0\x09imir\x01')],
    ['AVIF of sizes', PROPERTIES, box('ispe', NONE, be32(1), be32(1))],
    ['AVIF of item lists', META, box('iinf', NONE, hex('0000'))],
    [
      'AVIF of items',
      Buffer.concat([META, be32(0x7ffffff0), latin1('iinf'), NONE, hex('ffff')]),
      box('infe', Buffer.alloc(4)),
    ],
    ['AVIF of item places', META, box('iloc', NONE, hex('44000000'))],
    [
      'AVIF of 65,535 item places',
      Buffer.concat([META, be32(0x7ffffff0), latin1('iloc'), NONE, hex('0000ffff')]),
      NONE,
    ],
    ['WebP of zeros', Buffer.concat([RIFF, latin1('XXXX\0\0\0\0')]), NONE],
    ['WebP of empty chunks', RIFF, latin1('XXXX\0\0\0\0')],
    [
      'WebP of sizes',
      Buffer.concat([RIFF, latin1('VP8X\x0a\0\0\0\x08\0\0\0\x10\0\0\x10\0\0')]),
      latin1('VP8X\x0a\0\0\0\x08\0\0\0\x10\0\0\x10\0\0'),
    ],
    ['SVG of white space', latin1(' '), latin1(' ')],
    ['SVG of one comment', latin1('<!--'), latin1('-')],
    ['SVG of comments', latin1('<!---->'), latin1('<!---->')],
    ['SVG of instructions', latin1('<?a?>'), latin1('<?a?>')],
    ['SVG of document types', latin1('<!DOCTYPE svg>'), latin1('<!DOCTYPE svg>')],
    ['SVG of entities', latin1('<!DOCTYPE svg ['), latin1('<!ENTITY a "&a;&a;">')],
    ['SVG of quotes', latin1('<!DOCTYPE svg ['), latin1('""')],
    ['SVG of open comments', latin1('<!DOCTYPE svg ['), latin1('<!-')],
    ['SVG of attributes', SVG, latin1('a ')],
    ['SVG of values', SVG, latin1('a=""')],
    ['SVG of references', latin1('<!DOCTYPE svg [<!ENTITY a "&a;">]><svg width="'), latin1('&a;')],
    ['SVG of open references', latin1('<svg width="'), latin1('&')],
    ['SVG of declarations in its style', latin1('<svg style="'), latin1('width:9px;')],
    ['SVG of open comments in its style', latin1('<svg style="'), latin1('/*')],
    ['SVG of one value', latin1('<svg width="'), latin1('1')],
    ['SVG of a long name', latin1('<!DOCTYPE '), latin1('a')],
    ['SVG of UTF-16', hex('fffe3c0021002d002d00'), hex('2d00')],
  ] as const
).map(([what, start, unit]) => ({ what, start, unit }));

/** The file in pieces of 64 KiB, as a socket reads it, up to a length. */
export function* getPieces({ start, unit }: LongFile, length: number): Generator<Buffer> {
  const copies = Math.ceil(65_536 / unit.length);
  const block = Buffer.concat(Array.from({ length: copies }, () => unit));
  yield Buffer.concat([start, block]);
  for (let sent = start.length + block.length; sent < length; sent += block.length) yield block;
}
