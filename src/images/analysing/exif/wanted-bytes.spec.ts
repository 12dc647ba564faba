import { describe, expect, it } from '@jest/globals';
import { exifBlockOf, TAGS } from '../../../../test/support/exif.js';
import { wantedBytes } from './wanted-bytes.js';

const WANTED = new Set<number>([TAGS.make, TAGS.capturedAt, TAGS.latitude]);

describe('the bytes of the wanted tags', () => {
  it.each(['II', 'MM'] as const)('are counted in every directory, in the byte order %s', (order) => {
    const block = exifBlockOf(
      {
        image: [
          [TAGS.make, 'Acme'],
          [TAGS.model, 'not wanted'],
          [TAGS.make, 'Acme'],
        ],
        photo: [[TAGS.capturedAt, '2024:11:16 17:35:30']],
        place: [[TAGS.latitude, [[1, 1], [2, 1], [3, 1]]]], // prettier-ignore
      },
      order,
    );
    expect(wantedBytes(block, WANTED)).toBe(5 + 5 + 20 + 24);
  });

  it('are as many as an entry says, whatever there is', () => {
    const block = exifBlockOf({ image: [[TAGS.make, 'x'.repeat(50_000)]] });
    expect(wantedBytes(block.subarray(0, 30), WANTED)).toBe(50_001);
  });

  it.each([
    ['a directory behind a pointer that is a text', [0x8769, 'far away']],
    ['nine directories', ...Array.from({ length: 9 }, (_, n) => [0x8825, 100 + n])],
  ] as [string, ...[number, string | number][]][])(
    'are beyond all bounds in a block with %s',
    (_, ...image) => {
      expect(wantedBytes(exifBlockOf({ image }), WANTED)).toBe(Infinity);
    },
  );

  it('are none in a block that ends at once, or leads to itself', () => {
    expect(wantedBytes(Buffer.from('II*\0'), WANTED)).toBe(0);
    expect(wantedBytes(Buffer.from('II*\0\xff\xff\xff\xff', 'latin1'), WANTED)).toBe(0);
    expect(wantedBytes(exifBlockOf({ image: [[0x8769, 8]] }), WANTED)).toBe(0);
  });
});
