import { describe, expect, it } from '@jest/globals';
import { read, told } from '../../../test/support/reading.js';
import { getEntries } from '../../../test/support/tiff-entries.js';
import {
  ASCII,
  type Entry,
  LONG,
  RATIONAL,
  SHORT,
  SLONG,
  TiffBuilder,
} from '../../../test/support/tiff-builder.js';
import type { Found } from './format-reader.js';
import { readTiff } from './tiff.js';

const size = (width: number, height: number, type = LONG): Entry[] => [
  [0x0100, type, [width]],
  [0x0101, type, [height]],
];
const ORIENTATION: Entry = [0x0112, SHORT, [6]];

/** A file whose first directory stands right behind its header. */
function tiff(entries: readonly Entry[], builder = new TiffBuilder()): Buffer {
  return builder.build(builder.directory(entries));
}

describe('the EXIF of a TIFF', () => {
  const EVERYTHING = '010f 0110 0112 8769 8769.9003 8769.9291 8825 8825.0001 8825.0002'.split(' ');
  const LONG_AGO = '2024:11:16 12:04:10';
  /** Where each part stands: the photo, the position, and 90,000 bytes between any two. */
  function scattered(order: 'II' | 'MM', isBig = false): Buffer {
    const file = new TiffBuilder(order, isBig);
    file.append(Buffer.alloc(90_000));
    const photo = file.directory([
      [0x9003, ASCII, LONG_AGO],
      [0x927c, 7, Array.from({ length: 5_000 }, () => 0xaa)],
      [0x9291, ASCII, '75'],
    ]);
    file.append(Buffer.alloc(90_000));
    const position = file.directory([
      [0x0001, ASCII, 'N'],
      [0x0002, RATIONAL, [12, 1, 58, 1, 17_756, 1_000]],
    ]);
    file.append(Buffer.alloc(90_000));
    return tiff(
      [
        ...size(24, 16),
        [0x010f, ASCII, 'Acme Cameras of Chennai'],
        [0x0110, ASCII, 'Three'],
        ORIENTATION,
        [0x8649, 7, Array.from({ length: 9_000 }, () => 0xaa)],
        [0x8769, LONG, [photo]],
        [0x8825, LONG, [position]],
      ],
      file,
    );
  }

  it.each([
    ['TIFF', 'II', false],
    ['TIFF', 'MM', false],
    ['BigTIFF', 'II', true],
    ['BigTIFF', 'MM', true],
  ] as const)('is gathered from all over the file into a small block: %s, %s', (_name, order, isBig) => {
    const { found, bytes } = read(readTiff(), scattered(order, isBig));
    expect(told(found)).toBe('24 × 16, orientation 6');
    expect(Object.keys(getExif(found)).toSorted()).toEqual(EVERYTHING);
    expect(toTexts(found)).toMatchObject({
      '010f': 'Acme Cameras of Chennai',
      '0110': 'Three',
      '8769.9003': LONG_AGO,
      '8769.9291': '75',
      '8825.0001': 'N',
    });
    expect(getExif(found)['8825.0002']).toHaveLength(24);
    expect(bytes).toBeLessThan(50_000);
  });

  it('is searched with the size and the orientation known', () => {
    const { known } = read(readTiff(), scattered('II'));
    expect(known.slice(-3)).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining({ width: 24, height: 16, orientation: 6 })),
    );
  });

  it('is read as far as it exists if the file ends in it', () => {
    const whole = scattered('II');
    const { found } = read(readTiff(), whole.subarray(0, -12));
    expect([told(found), toTexts(found)['8769.9003']]).toEqual(['24 × 16, orientation 6', LONG_AGO]);
  });

  it.each<[string, Entry[], Record<string, string>]>([
    [
      'a make padded to 5,000 bytes',
      [
        [0x010f, ASCII, `Acme${'\0'.repeat(5_000)}`],
        [0x0110, ASCII, 'Three'],
      ],
      { '010f': 'Acme', '0110': 'Three' },
    ],
    [
      'tags of the photo beside those of the image',
      [
        [0x0110, ASCII, 'Three'],
        [0x9003, ASCII, LONG_AGO],
      ],
      { '0110': 'Three', '9003': LONG_AGO },
    ],
    [
      'a second entry of a tag',
      [
        [0x0110, ASCII, 'Three'],
        [0x0110, ASCII, 'Four'],
      ],
      { '0110': 'Three' },
    ],
  ])('is read with %s', (_what, entries, texts) => {
    const { found } = read(readTiff(), tiff([...size(24, 16), ...entries]));
    expect(toTexts(found)).toMatchObject(texts);
  });

  it.each([
    ['SHORT', SHORT],
    ['LONG', LONG],
    ['SLONG', SLONG],
    ['IFD', 13],
  ])('is read where a pointer is of type %s', (_name, type) => {
    const file = new TiffBuilder();
    const photo = file.directory([[0x9003, ASCII, LONG_AGO]]);
    const { found } = read(readTiff(), tiff([...size(24, 16), [0x8769, type, [photo]]], file));
    expect(toTexts(found)).toMatchObject({ '8769.9003': LONG_AGO });
  });

  it.each<[string, Entry[]]>([
    ['an enormous value', [[0x0132, 4, [1]]]],
    ['a pointer out of the file', [[0x8769, LONG, [4_000_000_000]]]],
    ['a pointer to nothing', [[0x8825, LONG, [0]]]],
    ['a pointer to the first directory', [[0x8769, LONG, [8]]]],
  ])('is read beside %s', (_what, entries) => {
    const file = tiff([...size(24, 16), [0x0110, ASCII, 'Three'], ...entries]);
    // The entry of the date has as many values as there can be, somewhere.
    const date = file.indexOf(Buffer.from('3201', 'hex'));
    if (date !== -1) file.fill(0xff, date + 4, date + 12);
    const { found } = read(readTiff(), file);
    expect([told(found), toTexts(found)['0110']]).toEqual(['24 × 16', 'Three']);
  });

  it('is undefined if there is only an orientation', () => {
    const { found } = read(readTiff(), tiff([...size(24, 16), ORIENTATION]));
    expect(found).not.toHaveProperty('exif');
  });
});

function getExif(found: Found): Readonly<Record<string, Buffer>> {
  return found.kind === 'size' && found.exif !== undefined ? getEntries(found.exif) : {};
}

/** Values up to their first NUL. */
function toTexts(found: Found): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(getExif(found)).map(([tag, bytes]) => [
      tag,
      bytes.toString('latin1').split('\0')[0] ?? '',
    ]),
  );
}
