import { describe, expect, it } from '@jest/globals';
import { read, told } from '../../../test/support/reading.js';
import {
  ASCII,
  BYTE,
  type Entry,
  LONG,
  LONG8,
  RATIONAL,
  SHORT,
  SLONG,
  TiffBuilder,
} from '../../../test/support/tiff-builder.js';
import { readTiff } from './tiff.js';

const size = (width: number, height: number, type = LONG): Entry[] => [
  [0x0100, type, [width]],
  [0x0101, type, [height]],
];
const ORIENTATION: Entry = [0x0112, SHORT, [6]];
const REDUCED: Entry = [0x00fe, LONG, [1]];

/** A file whose first directory stands right behind its header. */
function tiff(entries: readonly Entry[], builder = new TiffBuilder()): Buffer {
  return builder.build(builder.directory(entries));
}

const say = (file: Buffer): string => told(read(readTiff(), file).found);

describe.each<[string, () => TiffBuilder]>([
  ['TIFF, little end first', () => new TiffBuilder('II')],
  ['TIFF, big end first', () => new TiffBuilder('MM')],
  ['BigTIFF, little end first', () => new TiffBuilder('II', true)],
  ['BigTIFF, big end first', () => new TiffBuilder('MM', true)],
])('a %s', (_name, builder) => {
  it('has its size and its orientation in the first directory', () => {
    const { found } = read(readTiff(), tiff([...size(24, 16), ORIENTATION], builder()));
    expect(found).toEqual({
      kind: 'size',
      width: 24,
      height: 16,
      format: 'tiff',
      mime: 'image/tiff',
      orientation: 6,
    });
  });

  it.each([
    ['BYTE', BYTE],
    ['SHORT', SHORT],
    ['LONG', LONG],
    ['SLONG', SLONG],
    ['LONG8', LONG8],
  ])('may have sides of type %s', (_type, type) => {
    // Eight bytes have no room in an entry of a TIFF: only there are they no side.
    const isRoom = type !== LONG8 || builder().build(0).length === 16;
    expect(say(tiff(size(24, 16, type), builder()))).toBe(isRoom ? '24 × 16' : 'broken');
  });

  it('may have its directory at its end, and is then read in two pieces', () => {
    const file = builder();
    file.append(Buffer.alloc(3_000_000));
    const { found, bytes, pieces } = read(readTiff(), tiff([...size(24, 16), ORIENTATION], file));
    expect(told(found)).toBe('24 × 16, orientation 6');
    expect([pieces.length <= 3, bytes < 20_000]).toEqual([true, true]);
  });

  it('has its right size or none wherever it ends', () => {
    const file = tiff([...size(24, 16), ORIENTATION, [0x010f, ASCII, 'Acme Cameras']], builder());
    for (let length = 0; length < file.length; length += 1) {
      expect(say(file.subarray(0, length))).toMatch(/^(24 × 16|cut_short)/);
    }
  });

  it('is broken if its directory is invalid', () => {
    expect(say(builder().build(0))).toBe('broken');
    expect(say(tiff([], builder()))).toBe('broken');
    expect(say(builder().build(5_000))).toBe('cut_short');
  });
});

describe('the size of a TIFF', () => {
  it.each<[string, Entry[]]>([
    ['a width of 0', size(0, 16)],
    ['a width below 0', size(-24, 16, SLONG)],
    [
      'a width that is a fraction',
      [
        [0x0100, RATIONAL, [24, 1]],
        [0x0101, LONG, [16]],
      ],
    ],
    [
      'two widths',
      [
        [0x0100, SHORT, [24, 25]],
        [0x0101, LONG, [16]],
      ],
    ],
    ['no height', [[0x0100, LONG, [24]]]],
    ['a side larger than any image', size(1_000_001, 16)],
  ])('is none with %s', (_what, entries) => {
    expect(say(tiff(entries))).toBe('broken');
  });

  it('is that of the first page of several', () => {
    const file = new TiffBuilder();
    const second = file.directory([[0x00fe, LONG, [2]], ...size(9, 9)]);
    expect(say(file.build(file.directory([[0x00fe, LONG, [2]], ...size(24, 16)], second)))).toBe('24 × 16');
  });

  it('is that of the full image if the first directory is a smaller version', () => {
    const file = new TiffBuilder();
    const second = file.directory(size(24, 16));
    expect(say(file.build(file.directory([REDUCED, ...size(9, 9)], second)))).toBe('24 × 16');
  });

  it('is that of the only image, though it calls itself a smaller version', () => {
    expect(say(tiff([REDUCED, ...size(24, 16)]))).toBe('24 × 16');
  });

  it('is not that of a smaller version in the directories below', () => {
    const file = new TiffBuilder();
    const below = file.directory([REDUCED, ...size(9, 9)]);
    expect(say(file.build(file.directory([...size(24, 16), [0x014a, LONG, [below]]])))).toBe('24 × 16');
  });
});

describe('directories that lead nowhere', () => {
  it('are read once each, however they point to each other', () => {
    const file = new TiffBuilder();
    const at = file.directory([REDUCED, [0x014a, LONG, [8, 8, 8]]], 8);
    const { found, pieces } = read(readTiff(), file.build(at));
    expect([told(found), pieces.length]).toEqual(['broken', 1]);
  });

  it('are read up to a number, however many follow each other', () => {
    const file = new TiffBuilder();
    let next = 0;
    for (let count = 0; count < 1_000; count += 1) next = file.directory([REDUCED, ...size(9, 9)], next);
    const { found, pieces } = read(readTiff(), file.build(next));
    expect([told(found), pieces.length < 20]).toEqual(['unsupported', true]);
  });

  it('are not followed out of the file', () => {
    expect(say(tiff([REDUCED, ...size(9, 9), [0x014a, LONG, [4_000_000_000]]]))).toBe('cut_short');
    const big = new TiffBuilder('II', true);
    expect(say(big.build(big.directory([REDUCED, [0x014a, LONG8, [2 ** 62, 2 ** 62]]])))).toBe('broken');
  });

  it('are read up to a number of entries', () => {
    const entries: Entry[] = Array.from({ length: 65_535 }, () => [0x0001, SHORT, [1]]);
    const { bytes } = read(readTiff(), tiff([...entries.slice(2), ...size(24, 16)]));
    expect(bytes).toBeLessThan(70_000);
  });
});
