import { describe, expect, it } from '@jest/globals';
import { read, type Reading, told } from '../../../test/support/reading.js';
import { orientationBlock } from '../../../test/support/tiff-builder.js';
import { readWebp } from './webp.js';

const MARK = Buffer.from('Exif\0\0', 'latin1');

function chunk(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([Buffer.from(type), length, content, Buffer.alloc(content.length % 2)]);
}

function webp(...chunks: Buffer[]): Buffer {
  const content = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([Buffer.from('RIFF'), length, content]);
}

function lossy(width: number, height: number, scale = 0): Buffer {
  const content = Buffer.concat([Buffer.from('5001009d012a00000000', 'hex'), Buffer.alloc(20)]);
  content.writeUInt16LE(width | (scale << 14), 6);
  content.writeUInt16LE(height | (scale << 14), 8);
  return chunk('VP8 ', content);
}

function lossless(width: number, height: number): Buffer {
  const content = Buffer.alloc(25);
  content[0] = 0x2f;
  content.writeUInt32LE(width - 1 + (height - 1) * 2 ** 14, 1);
  return chunk('VP8L', content);
}

function extended(width: number, height: number, flags = 0): Buffer {
  const content = Buffer.alloc(10);
  content[0] = flags;
  content.writeUIntLE(width - 1, 4, 3);
  content.writeUIntLE(height - 1, 7, 3);
  return chunk('VP8X', content);
}

const EXIF_FLAG = 0x08;
const EXIF = chunk('EXIF', orientationBlock(6));
const MARKED = chunk('EXIF', Buffer.concat([MARK, orientationBlock(6)]));
const FAR = chunk('VP8 ', Buffer.alloc(400_000));

const reading = (...chunks: Buffer[]): Reading => read(readWebp(), webp(...chunks));
const say = (...chunks: Buffer[]): string => told(reading(...chunks).found);

describe('the size of a WebP', () => {
  it.each<[string, Buffer[], string]>([
    ['lossy', [lossy(24, 16)], '24 × 16'],
    ['lossy, to be scaled', [lossy(24, 16, 3)], '24 × 16'],
    ['as large as lossy can be', [lossy(16_383, 16_383)], '16383 × 16383'],
    ['lossless', [lossless(24, 16)], '24 × 16'],
    ['as large as lossless can be', [lossless(16_384, 16_384)], '16384 × 16384'],
    ['extended', [extended(24, 16), lossy(9, 9)], '24 × 16'],
    ['extended and larger', [extended(70_000, 3), lossy(9, 9)], '70000 × 3'],
    ['lossy behind another chunk', [chunk('ICCP', Buffer.alloc(5_001)), lossy(24, 16)], '24 × 16'],
    ['of no width', [lossy(0, 16)], 'broken'],
    ['larger than any image', [extended(1_000_001, 16)], 'broken'],
    ['lossy without a key frame', [chunk('VP8 ', Buffer.alloc(30, 1))], 'broken'],
    ['lossless without its signature', [chunk('VP8L', Buffer.alloc(30))], 'broken'],
    ['without any image', [chunk('ICCP', Buffer.alloc(5))], 'cut_short'],
    [
      'of more chunks than are looked at',
      Array.from({ length: 1_100 }, () => chunk('JUNK', Buffer.alloc(0))),
      'broken',
    ],
  ])('is right, or none: %s', (_what, chunks, said) => {
    expect(say(...chunks)).toBe(said);
  });

  it.each([[lossy(24, 16)], [lossless(24, 16)]])('takes 30 bytes of a simple file', (chunks) => {
    expect(reading(chunks).pieces).toEqual([[0, 30]]);
  });

  it('takes no far piece of an extended file that has no room for EXIF', () => {
    const { found, bytes } = reading(extended(24, 16), chunk('ALPH', Buffer.alloc(9)), FAR);
    expect([told(found), bytes < 5_000]).toEqual(['24 × 16', true]);
  });
});

describe('the orientation of a WebP', () => {
  it.each<[string, Buffer[]]>([
    ['without a mark', [extended(24, 16, EXIF_FLAG), lossy(9, 9), EXIF]],
    ['with the mark of JPEG', [extended(24, 16, EXIF_FLAG), lossy(9, 9), MARKED]],
    ['though the flag is not set', [extended(24, 16), lossy(9, 9), EXIF]],
    ['though the file is a simple one', [lossy(24, 16), EXIF]],
    ['behind 400 KB of image', [extended(24, 16, EXIF_FLAG), FAR, EXIF]],
    ['behind 400 KB of image, though the flag is not set', [extended(24, 16), FAR, MARKED]],
    [
      'behind a chunk of odd length',
      [extended(24, 16, EXIF_FLAG), chunk('ICCP', Buffer.alloc(3)), lossy(9, 9), EXIF],
    ],
    ['before XMP', [extended(24, 16, EXIF_FLAG), FAR, EXIF, chunk('XMP ', Buffer.alloc(9_000))]],
  ])('stands in its EXIF chunk %s', (_what, chunks) => {
    expect(say(...chunks)).toBe('24 × 16, orientation 6');
  });

  it('takes one far piece', () => {
    const { found, bytes, pieces } = reading(extended(24, 16, EXIF_FLAG), FAR, EXIF);
    expect([told(found), bytes < 10_000, pieces.length]).toEqual(['24 × 16, orientation 6', true, 3]);
  });

  it('is found if the header contains no length of the file', () => {
    const file = webp(extended(24, 16, EXIF_FLAG), lossy(9, 9), EXIF);
    file.writeUInt32LE(0, 4);
    expect(told(read(readWebp(), file).found)).toBe('24 × 16, orientation 6');
  });

  it.each<[string, Buffer[]]>([
    ['the block is none', [extended(24, 16, EXIF_FLAG), lossy(9, 9), chunk('EXIF', Buffer.from('nonsense'))]],
    ['the block is empty', [extended(24, 16, EXIF_FLAG), lossy(9, 9), chunk('EXIF', Buffer.alloc(0))]],
    ['the flag is set and no chunk is there', [extended(24, 16, EXIF_FLAG), lossy(9, 9)]],
  ])('is none where %s', (_what, chunks) => {
    expect(say(...chunks)).toBe('24 × 16');
  });

  it('is read as far as it exists if the file ends in it', () => {
    const padded = Buffer.concat([orientationBlock(6), Buffer.alloc(9_000)]);
    const file = webp(extended(24, 16, EXIF_FLAG), lossy(9, 9), chunk('EXIF', padded)).subarray(0, -8_000);
    const { found } = read(readWebp(), file);
    expect([told(found), found.kind === 'size' && found.exif?.length]).toEqual([
      '24 × 16, orientation 6',
      1_026,
    ]);
  });

  it('costs no size wherever the file ends behind that', () => {
    const file = webp(extended(24, 16, EXIF_FLAG), lossy(9, 9), EXIF);
    for (let length = 0; length < file.length; length += 1) {
      const said = told(read(readWebp(), file.subarray(0, length)).found);
      expect(said).toMatch(length < 30 ? /^cut_short$/ : /^24 × 16/);
    }
  });
});
