/** Small files as phones, cameras and encoders write them, one of each kind that once was measured wrongly. */
import { toExifBlock, TAGS } from './exif.js';
import {
  box,
  exifItem,
  ftyp,
  gridData,
  heifFile,
  type HeifLayout,
  movie,
  property,
  uint,
} from './heif-builder.js';
import { LONG, SHORT, TiffBuilder } from './tiff-builder.js';

export interface PhotoFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** `24 × 16`, with its orientation where there is one; or the code of its error. */
  readonly says: string;
  /** The camera in its EXIF. */
  readonly camera?: string;
}

const CAMERA = 'Acme Shelf 3';
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

const exif = toExifBlock({
  image: [
    [TAGS.make, 'Acme'],
    [TAGS.model, 'Shelf 3'],
    [0x0112, { type: SHORT, count: 1, bytes: Buffer.from([6, 0, 0, 0]) }],
  ],
  photo: [
    [TAGS.capturedAt, '2024:11:16 12:04:10'],
    [TAGS.offsetOriginal, '+05:30'],
  ],
});

const { ispe, irot, clap } = property;

const phone: HeifLayout = {
  items: [
    { id: 1, type: 'hvc1', properties: [1] },
    { id: 2, type: 'hvc1', properties: [2] },
    { id: 3, type: 'Exif', data: exifItem(exif) },
  ],
  primary: 1,
  properties: [ispe(4032, 3024), ispe(320, 240), irot(3), clap([4000, 1], [3000, 1])],
  references: [{ type: 'cdsc', from: 3, to: [1] }],
};
const withPhoto = (properties: readonly number[], type = 'hvc1', data?: Buffer): HeifLayout => ({
  ...phone,
  items: [
    { id: 1, type, properties, ...(data === undefined ? {} : { data, in: 'idat' as const }) },
    ...phone.items.slice(1),
  ],
});
const plain: HeifLayout = { ...phone, items: phone.items.slice(0, 2), references: [] };

function pngChunk(type: string, content: Buffer): Buffer {
  return Buffer.concat([uint(4, content.length), latin1(type), content, Buffer.alloc(4)]);
}

function png(...chunks: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]);
}

const IHDR = pngChunk('IHDR', Buffer.concat([uint(4, 24), uint(4, 16), Buffer.alloc(5)]));
const IDAT = pngChunk('IDAT', Buffer.alloc(40_000));

function riffChunk(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([latin1(type), length, content, Buffer.alloc(content.length % 2)]);
}

function webp(flags: number, ...chunks: Buffer[]): Buffer {
  const sides = Buffer.from([flags, 0, 0, 0, 23, 0, 0, 15, 0, 0]);
  return riffChunk('RIFF', Buffer.concat([latin1('WEBP'), riffChunk('VP8X', sides), ...chunks]));
}

/** A raw file: a preview in the first directory, the full image in one below it. */
function raw(): Buffer {
  const tiff = new TiffBuilder();
  const full = tiff.directory([
    [0x00fe, LONG, [0]],
    [0x0100, LONG, [4000]],
    [0x0101, LONG, [3000]],
    [0x0106, SHORT, [32_803]],
  ]);
  const first = tiff.directory([
    [0x00fe, LONG, [1]],
    [0x0100, LONG, [256]],
    [0x0101, LONG, [192]],
    [0x0112, SHORT, [6]],
    [0x014a, LONG, [full]],
    [0xc612, 1, [1, 4, 0, 0]],
  ]);
  return tiff.build(first);
}

/** A TIFF with its directory behind its pixels. */
function tiffBehind(bytes: number): Buffer {
  const tiff = new TiffBuilder('MM');
  tiff.append(Buffer.alloc(bytes));
  const at = tiff.directory([
    [0x0100, SHORT, [24]],
    [0x0101, SHORT, [16]],
    [0x010f, 2, 'Acme'],
    [0x0110, 2, 'Shelf 3'],
    [0x0112, SHORT, [6]],
  ]);
  return tiff.build(at);
}

function os2Bitmap(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(200);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(12, 14);
  bytes.writeUInt16LE(width, 18);
  bytes.writeUInt16LE(height, 20);
  return bytes;
}

/** A codestream of JPEG XL of sides in multiples of 8, with an orientation. */
function jxlCodestream(height: number, width: number, orientation: number): Buffer {
  const bits = (value: number, count: number): string =>
    Array.from({ length: count }, (_, bit) => (value >> bit) & 1).join('');
  const text = [
    bits(1, 1),
    bits(height / 8 - 1, 5),
    bits(0, 3),
    bits(width / 8 - 1, 5),
    bits(0, 1),
    bits(1, 1),
    bits(orientation - 1, 3),
  ].join('');
  const bytes = text.padEnd(160, '0').match(/.{8}/g) ?? [];
  return Buffer.from([
    0xff,
    0x0a,
    ...bytes.map((byte) => Number.parseInt(byte.split('').toReversed().join(''), 2)),
  ]);
}

function jp2(width: number, height: number): Buffer {
  const ihdr = box('ihdr', uint(4, height), uint(4, width), Buffer.alloc(6));
  return Buffer.concat([
    box('jP  ', Buffer.from('0d0a870a', 'hex')),
    box('ftyp', latin1('jp2 \0\0\0\0jp2 ')),
    box('jp2h', ihdr),
    box('jp2c', Buffer.alloc(40)),
  ]);
}

function cr3(): Buffer {
  const tiff = new TiffBuilder();
  const block = tiff.build(
    tiff.directory([
      [0x0100, SHORT, [6000]],
      [0x0101, SHORT, [4000]],
      [0x010f, 2, 'Acme'],
      [0x0110, 2, 'Shelf 3'],
      [0x0112, SHORT, [8]],
    ]),
  );
  const id = Buffer.from('85c0b687820f11e08111f4ce462b6a48', 'hex');
  const moov = box('moov', box('uuid', id, box('CNCV', Buffer.alloc(30)), box('CMT1', block)));
  return Buffer.concat([ftyp('crx ', 'crx ', 'isom'), moov, box('mdat', Buffer.alloc(100))]);
}

export const PHOTO_FILES: readonly PhotoFile[] = [
  {
    name: 'iloc-1.heic',
    bytes: heifFile({ ...withPhoto([1, 3]), ilocVersion: 1 }),
    says: '4032 × 3024, 6',
    camera: CAMERA,
  },
  {
    name: 'iloc-2.heic',
    bytes: heifFile({ ...phone, ilocVersion: 2, idVersion: 1 }),
    says: '4032 × 3024, 6',
    camera: CAMERA,
  },
  {
    name: 'mdat-first.heic',
    bytes: heifFile({ ...withPhoto([1, 3]), order: 'mdat first', picture: 300_000 }),
    says: '4032 × 3024, 6',
    camera: CAMERA,
  },
  {
    name: 'mdat-first-64.heic',
    bytes: heifFile({ ...plain, order: 'mdat first', mdatSize: 'long', picture: 300_000 }),
    says: '4032 × 3024',
  },
  {
    name: 'exif-behind.heic',
    bytes: heifFile({ ...withPhoto([1, 3]), picture: 300_000 }),
    says: '4032 × 3024, 6',
    camera: CAMERA,
  },
  {
    name: 'turned-by-exif.heic',
    bytes: heifFile({ ...phone, picture: 300_000 }),
    says: '4032 × 3024, 6',
    camera: CAMERA,
  },
  {
    name: 'primary.heif',
    bytes: heifFile({ ...plain, primary: 2, properties: [ispe(8000, 6000), ispe(640, 480)] }),
    says: '640 × 480',
  },
  {
    name: 'grid.hif',
    bytes: heifFile({ ...withPhoto([], 'grid', gridData(4032, 3024)), ilocVersion: 1, longPlaces: true }),
    says: '4032 × 3024, 6',
    camera: CAMERA,
  },
  {
    name: 'aperture.avif',
    bytes: heifFile({ ...withPhoto([1, 4, 3], 'av01'), brands: ['avif', 'mif1'] }),
    says: '4000 × 3000, 6',
    camera: CAMERA,
  },
  {
    name: 'sequence.heics',
    bytes: Buffer.concat([ftyp('msf1', 'hevc'), box('mdat', Buffer.alloc(90_000)), movie(640, 480)]),
    says: '640 × 480',
  },
  {
    name: 'sequence.avif',
    bytes: Buffer.concat([ftyp('avis', 'msf1'), movie(640, 480, { handler: 'vide' })]),
    says: '640 × 480',
  },
  { name: 'apple.png', bytes: png(pngChunk('CgBI', Buffer.alloc(4)), IHDR, IDAT), says: '24 × 16' },
  { name: 'exif.png', bytes: png(IHDR, pngChunk('eXIf', exif), IDAT), says: '24 × 16, 6', camera: CAMERA },
  {
    name: 'mark.webp',
    bytes: webp(
      8,
      riffChunk('VP8 ', Buffer.alloc(90_000)),
      riffChunk('EXIF', Buffer.concat([latin1('Exif\0\0'), exif])),
    ),
    says: '24 × 16, 6',
    camera: CAMERA,
  },
  {
    name: 'no-flag.webp',
    bytes: webp(0, riffChunk('VP8 ', Buffer.alloc(900)), riffChunk('EXIF', exif)),
    says: '24 × 16, 6',
    camera: CAMERA,
  },
  {
    name: 'cut-off.webp',
    bytes: webp(8, riffChunk('VP8 ', Buffer.alloc(900)), riffChunk('EXIF', exif)).subarray(0, 950),
    says: '24 × 16',
  },
  { name: 'raw.dng', bytes: raw(), says: '4000 × 3000, 6' },
  { name: 'directory-behind.tif', bytes: tiffBehind(300_000), says: '24 × 16, 6', camera: CAMERA },
  { name: 'wide.bmp', bytes: os2Bitmap(40_000, 16), says: '40000 × 16' },
  {
    name: 'screen.gif',
    bytes: Buffer.concat([
      latin1('GIF89a'),
      Buffer.alloc(7),
      Buffer.from('2c000000001800100000', 'hex'),
      Buffer.alloc(20),
    ]),
    says: '24 × 16',
  },
  { name: 'codestream.jxl', bytes: jxlCodestream(16, 24, 8), says: '24 × 16, 8' },
  {
    name: 'container.jxl',
    bytes: Buffer.concat([
      box('JXL ', Buffer.from('0d0a870a', 'hex')),
      box('ftyp', latin1('jxl \0\0\0\0jxl ')),
      box('Exif', uint(4, 0), exif),
      box('jxlc', jxlCodestream(16, 24, 1)),
    ]),
    says: '24 × 16, 1',
    camera: CAMERA,
  },
  { name: 'image.jp2', bytes: jp2(24, 16), says: '24 × 16' },
  { name: 'raw.cr3', bytes: cr3(), says: '6000 × 4000, 8', camera: CAMERA },
  {
    name: 'style.svg',
    bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" style="width:24px;height:16px"/>'),
    says: '24 × 16',
  },
  {
    name: 'comment.svg',
    bytes: Buffer.from(`<!--${'x'.repeat(70_000)}--><svg width="24" height="16"/>`),
    says: '24 × 16',
  },
  {
    name: 'entity.svg',
    bytes: Buffer.from('<!DOCTYPE svg [<!ENTITY w "24">]><svg width="&w;" height="16"/>'),
    says: '24 × 16',
  },
  { name: 'no-mark.svg', bytes: Buffer.from('<svg width="24" height="16"/>', 'utf16le'), says: '24 × 16' },
  {
    name: 'large-lists.heic',
    bytes: heifFile({ ...plain, inMeta: [box('iinf', Buffer.alloc(140_000))] }),
    says: 'unsupported_format',
  },
  {
    name: 'preview-only.cr3',
    bytes: Buffer.concat([ftyp('crx '), box('moov', box('mvhd', Buffer.alloc(90)))]),
    says: 'unsupported_format',
  },
  { name: 'cut-off.heic', bytes: heifFile(plain).subarray(0, 150), says: 'broken_image' },
];
