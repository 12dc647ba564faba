import { describe, expect, it } from '@jest/globals';
import { toExifBlock } from '../../../test/support/exif.js';
import { box, uint } from '../../../test/support/heif-builder.js';
import { read, told } from '../../../test/support/reading.js';
import { readJxl, readJxlCodestream } from './jxl.js';

type Field = readonly [value: number, bits: number];

/** Bits as the format has them: from the lowest of each number on. */
function codestream(...fields: readonly Field[]): Buffer {
  const bits = fields
    .map(([value, count]) =>
      Array.from({ length: count }, (_, bit) => Math.floor(value / 2 ** bit) % 2).join(''),
    )
    .join('')
    .padEnd(160, '0');
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) =>
    Number.parseInt(byte.split('').toReversed().join(''), 2),
  );
  return Buffer.from([0xff, 0x0a, ...bytes]);
}

const LARGE = [0, 1] as const;
const SMALL = [1, 1] as const;
const NO_RATIO = [0, 3] as const;
const DEFAULTS = [1, 1] as const;
const MORE = [
  [0, 1],
  [1, 1],
] as const;
const alone = (...fields: readonly Field[]): string =>
  told(read(readJxlCodestream(), codestream(...fields)).found);

describe('the size of a JPEG XL', () => {
  it.each<[string, readonly Field[], string]>([
    ['small sides', [SMALL, [1, 5], NO_RATIO, [2, 5], DEFAULTS], '24 × 16'],
    ['sides of 9 bits', [LARGE, [0, 2], [15, 9], NO_RATIO, [0, 2], [23, 9], DEFAULTS], '24 × 16'],
    ['sides of 13 bits', [LARGE, [1, 2], [3023, 13], NO_RATIO, [1, 2], [4031, 13], DEFAULTS], '4032 × 3024'],
    ['a side of 18 bits', [LARGE, [2, 2], [199_999, 18], NO_RATIO, [0, 2], [0, 9], DEFAULTS], '1 × 200000'],
    ['a side of 30 bits', [LARGE, [3, 2], [999_999, 30], NO_RATIO, [0, 2], [0, 9], DEFAULTS], '1 × 1000000'],
    ['a square', [SMALL, [1, 5], [1, 3], DEFAULTS], '16 × 16'],
    ['12 by 10', [SMALL, [1, 5], [2, 3], DEFAULTS], '19 × 16'],
    ['4 by 3', [SMALL, [2, 5], [3, 3], DEFAULTS], '32 × 24'],
    ['3 by 2', [SMALL, [1, 5], [4, 3], DEFAULTS], '24 × 16'],
    ['16 by 9', [LARGE, [1, 2], [1079, 13], [5, 3], DEFAULTS], '1920 × 1080'],
    ['5 by 4', [SMALL, [1, 5], [6, 3], DEFAULTS], '20 × 16'],
    ['2 by 1', [SMALL, [1, 5], [7, 3], DEFAULTS], '32 × 16'],
    ['an orientation', [SMALL, [1, 5], [4, 3], ...MORE, [5, 3]], '24 × 16, orientation 6'],
    ['other metadata', [SMALL, [1, 5], [4, 3], [0, 1], [0, 1]], '24 × 16'],
    ['a side beyond any image', [LARGE, [3, 2], [2 ** 30 - 1, 30], [1, 3], DEFAULTS], 'broken'],
  ])('is found in %s', (_what, fields, expected) => {
    expect(alone(...fields)).toBe(expected);
  });

  const stream = codestream(SMALL, [1, 5], [4, 3], DEFAULTS);
  const turned = toExifBlock({ image: [[0x0112, 8]] });
  const file = (...boxes: Buffer[]): Buffer =>
    Buffer.concat([
      box('JXL ', Buffer.from('0d0a870a', 'hex')),
      box('ftyp', Buffer.from('jxl \0\0\0\0jxl ', 'latin1')),
      ...boxes,
    ]);

  it.each<[string, Buffer, string]>([
    ['its codestream', file(box('jxlc', stream)), '24 × 16'],
    ['the first part of it', file(box('jxlp', uint(4, 0), stream), box('jxlp', uint(4, 1))), '24 × 16'],
    [
      'its codestream, and EXIF',
      file(box('Exif', uint(4, 0), turned), box('jxlc', stream)),
      '24 × 16, orientation 8',
    ],
    ['EXIF behind it', file(box('jxlc', stream), box('Exif', uint(4, 0), turned)), '24 × 16, orientation 8'],
    ['no EXIF', file(box('jxlc', stream), box('Exif', Buffer.from('none'))), '24 × 16'],
    ['nothing', file(), 'cut_short'],
    ['another codestream', file(box('jxlc', Buffer.alloc(30))), 'broken'],
  ])('stands in a file with %s', (_what, bytes, expected) => {
    expect(told(read(readJxl(), bytes).found)).toBe(expected);
  });

  it('is undefined or correct wherever the file ends', () => {
    const bytes = file(box('Exif', uint(4, 0), turned), box('jxlc', stream));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(told(read(readJxl(), bytes.subarray(0, length)).found)).toMatch(/^(?:24 × 16|cut_short)/);
    }
    for (let length = 0; length < stream.length; length += 1) {
      expect(told(read(readJxlCodestream(), stream.subarray(0, length)).found)).toMatch(
        /^(?:24 × 16|cut_short)$/,
      );
    }
  });
});
