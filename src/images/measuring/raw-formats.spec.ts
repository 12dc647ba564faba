import { describe, expect, it } from '@jest/globals';
import { read, told } from '../../../test/support/reading.js';
import {
  ASCII,
  BYTE,
  type Entry,
  LONG,
  RATIONAL,
  SHORT,
  TiffBuilder,
} from '../../../test/support/tiff-builder.js';
import { readTiff } from './tiff.js';

const size = (width: number, height: number): Entry[] => [
  [0x0100, LONG, [width]],
  [0x0101, LONG, [height]],
];
const FULL: Entry = [0x00fe, LONG, [0]];
const REDUCED: Entry = [0x00fe, LONG, [1]];
const RAW: Entry = [0x0106, SHORT, [32_803]];
const LINEAR_RAW: Entry = [0x0106, SHORT, [34_892]];
const RGB: Entry = [0x0106, SHORT, [2]];
const ORIENTATION: Entry = [0x0112, SHORT, [8]];
const DNG: Entry = [0xc612, BYTE, [1, 4, 0, 0]];
const JPEG: Entry[] = [
  [0x0201, LONG, [5_000]],
  [0x0202, LONG, [900]],
];
const make = (name: string): Entry => [0x010f, ASCII, name];

/** A file whose first directory is that of a preview, with others below it and one behind it. */
function raw(
  preview: readonly Entry[],
  below: readonly (readonly Entry[])[],
  behind: readonly Entry[] = [],
): Buffer {
  const file = new TiffBuilder();
  file.append(Buffer.alloc(12));
  const offsets = below.map((entries) => file.directory(entries));
  const next = behind.length === 0 ? 0 : file.directory(behind);
  const entries: Entry[] = offsets.length === 0 ? [...preview] : [...preview, [0x014a, LONG, offsets]];
  return file.build(file.directory(entries, next));
}

const say = (file: Buffer): string => {
  const { found } = read(readTiff(), file);
  return found.kind === 'size' ? `${found.format}: ${told(found)}` : found.kind;
};

describe('a raw file', () => {
  it.each<[string, Buffer, string]>([
    [
      'DNG with its preview first',
      raw([REDUCED, ...size(256, 171), DNG, ORIENTATION], [[FULL, ...size(4_000, 3_000), RAW]]),
      'dng: 4000 × 3000, orientation 8',
    ],
    [
      'DNG of linear pixels',
      raw([REDUCED, ...size(256, 171), DNG], [[FULL, ...size(4_032, 3_024), LINEAR_RAW]]),
      'dng: 4032 × 3024',
    ],
    ['DNG with its full image first', raw([FULL, ...size(4_080, 3_028), RAW, DNG], []), 'dng: 4080 × 3028'],
    [
      'DNG that asks for a crop',
      raw(
        [REDUCED, ...size(256, 171), DNG],
        [[FULL, ...size(3_516, 2_328), RAW, [0xc620, RATIONAL, [3_456, 1, 2_304, 1]]]],
      ),
      'dng: 3516 × 2328',
    ],
    [
      'DNG with a large preview, masks and depth beside it',
      raw(
        [REDUCED, ...size(256, 171), DNG],
        [
          [REDUCED, ...size(4_100, 3_100)],
          [[0x00fe, LONG, [4]], ...size(4_100, 3_100)],
          [[0x00fe, LONG, [8]], ...size(768, 576)],
          [[0x00fe, LONG, [0x10004]], ...size(2_016, 1_512)],
          [FULL, ...size(4_000, 3_000), RAW],
        ],
      ),
      'dng: 4000 × 3000',
    ],
    [
      'NEF',
      raw(
        [REDUCED, ...size(160, 120), RGB, make('NIKON CORPORATION')],
        [
          [REDUCED, ...JPEG],
          [FULL, ...size(7_380, 4_928), RAW],
          [REDUCED, ...JPEG],
        ],
      ),
      'nef: 7380 × 4928',
    ],
    [
      'ARW',
      raw([REDUCED, ...JPEG, make('SONY')], [[FULL, ...size(7_168, 5_120), RAW]], [REDUCED, ...JPEG]),
      'arw: 7168 × 5120',
    ],
    ['PEF', raw([...size(7_392, 4_950), RAW, make('RICOH IMAGING COMPANY, LTD.')], []), 'pef: 7392 × 4950'],
    [
      'SRW',
      raw(
        [make('SAMSUNG')],
        [
          [FULL, ...JPEG],
          [FULL, ...size(6_496, 4_336), RAW],
        ],
      ),
      'srw: 6496 × 4336',
    ],
    [
      'DCR',
      raw(
        [REDUCED, ...size(375, 250), make('Kodak')],
        [
          [REDUCED, ...size(375, 250)],
          [FULL, ...size(4_516, 3_012), RAW],
          [REDUCED, ...size(1_125, 750)],
        ],
      ),
      'dcr: 4516 × 3012',
    ],
    [
      '3FR',
      raw([REDUCED, ...size(320, 240), make('Hasselblad')], [[...size(8_384, 6_304), RAW]]),
      '3fr: 8384 × 6304',
    ],
    [
      'ERF',
      raw([REDUCED, ...size(320, 240), make('SEIKO EPSON CORP.')], [[FULL, ...size(3_040, 2_024), RAW]]),
      'erf: 3040 × 2024',
    ],
    [
      'raw file of a maker that is not known',
      raw([REDUCED, ...size(320, 240), make('Acme')], [[FULL, ...size(3_040, 2_024), RAW]]),
      'tiff: 3040 × 2024',
    ],
    [
      'raw file whose preview does not say that it is one',
      raw([...size(320, 240), RGB, make('SONY')], [[FULL, ...size(3_040, 2_024), RAW]]),
      'arw: 3040 × 2024',
    ],
    [
      'raw image behind the first directory',
      raw([REDUCED, ...size(320, 240), make('SONY')], [], [FULL, ...size(3_040, 2_024), RAW]),
      'arw: 3040 × 2024',
    ],
  ])('has the size of its full image: %s', (_what, file, said) => {
    expect(say(file)).toBe(said);
  });

  it.each<[string, Buffer, string]>([
    [
      'holds nothing but previews',
      raw([REDUCED, ...size(256, 171), DNG], [[REDUCED, ...size(1_024, 683)]]),
      'unsupported',
    ],
    [
      'holds a preview alone, and an image without a size',
      raw([REDUCED, ...size(256, 171), ...JPEG, DNG], [[FULL, RAW]]),
      'unsupported',
    ],
    ['holds a JPEG alone', raw([REDUCED, ...JPEG, make('SONY')], []), 'unsupported'],
    [
      'ends before its full image, and the preview does not say that it is one',
      raw([...size(256, 171), make('SONY'), [0x014a, LONG, [90_000]]], []),
      'cut_short',
    ],
    [
      'points to no place for its full image',
      raw([REDUCED, ...size(256, 171), DNG, [0x014a, LONG, [0]]], []),
      'unsupported',
    ],
    [
      'ends before its full image',
      raw([REDUCED, ...size(256, 171), DNG, [0x014a, LONG, [90_000]]], []),
      'cut_short',
    ],
  ])('never has the size of a preview where it %s', (_what, file, said) => {
    expect(say(file)).toBe(said);
  });
});

describe('a file that is nearly a TIFF', () => {
  const photo = (width: number, height: number): Entry[] => [
    [0x9003, ASCII, '2024:11:16 12:04:10'],
    [0xa002, SHORT, [width]],
    [0xa003, SHORT, [height]],
  ];
  const marked = (mark: string, entries: readonly Entry[]): Buffer => {
    const file = new TiffBuilder();
    file.append(Buffer.from(mark));
    const at = file.directory(entries);
    return file.build(file.directory([...size(1_536, 1_024), ORIENTATION, [0x8769, LONG, [at]]]));
  };

  it.each<[string, Buffer, string]>([
    ['CR2', marked('CR\u0002\0', photo(3_456, 2_304)), 'cr2: 3456 × 2304, orientation 8'],
    ['IIQ', marked('IIIITwaR', photo(7_320, 5_484)), 'iiq: 7320 × 5484, orientation 8'],
    ['CR2 without that', marked('CR\u0002\0', []), 'unsupported'],
  ])('has the size that its EXIF says: %s', (_what, file, said) => {
    expect(say(file)).toBe(said);
  });

  it('has the size of the borders of its sensor: RW2', () => {
    const borders: Entry[] = [8, 8, 3_456, 4_600].map((value, index) => [index + 4, SHORT, [value]]);
    const panasonic = (entries: Entry[]): Buffer => {
      const file = new TiffBuilder('II', false, 0x55);
      return file.build(file.directory([...entries, ORIENTATION]));
    };
    expect(say(panasonic(borders))).toBe('rw2: 4592 × 3448, orientation 8');
    expect(say(panasonic(borders.slice(1)))).toBe('unsupported');
    expect(
      say(panasonic(borders.toReversed().map(([, type, values], index) => [index + 4, type, values]))),
    ).toBe('broken');
  });

  it.each([
    ['II', 0x4f52],
    ['II', 0x5352],
    ['MM', 0x4f52],
  ] as const)('has the size in its first directory: ORF, %s, magic number %d', (order, magic) => {
    const file = new TiffBuilder(order, false, magic);
    expect(
      say(
        file.build(
          file.directory([...size(4_040, 3_016), [0x0106, SHORT, [1]], make('OM Digital Solutions')]),
        ),
      ),
    ).toBe('orf: 4040 × 3016');
  });
});
