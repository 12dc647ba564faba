import { describe, expect, it } from '@jest/globals';
import { read, told } from '../../../test/support/reading.js';
import { orientationBlock } from '../../../test/support/tiff-builder.js';
import { readPng } from './png.js';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const MARK = Buffer.from('Exif\0\0', 'latin1');

function chunk(type: string, content: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, Buffer.from(type), content, Buffer.alloc(4)]);
}

function ihdr(width: number, height: number): Buffer {
  const content = Buffer.from('00000000000000000802000000', 'hex');
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  return chunk('IHDR', content);
}

const HEADER = ihdr(24, 16);
const DATA = chunk('IDAT', Buffer.alloc(100));
const END = chunk('IEND');
const EXIF = chunk('eXIf', orientationBlock(6));

const png = (...parts: Buffer[]): Buffer => Buffer.concat([SIGNATURE, ...parts]);
const say = (...parts: Buffer[]): string => told(read(readPng(), png(...parts)).found);

describe('the size of a PNG', () => {
  it.each<[string, Buffer[]]>([
    ['first chunk', [HEADER, DATA, END]],
    ['chunk behind that of Apple', [chunk('CgBI', Buffer.alloc(4)), HEADER, DATA, END]],
    ['chunk of an animation', [HEADER, chunk('acTL', Buffer.alloc(8)), DATA, END]],
  ])('stands in the %s', (_what, parts) => {
    expect(say(...parts)).toBe('24 × 16');
  });

  it.each<[string, Buffer[], string]>([
    ['a width of 0', [ihdr(0, 16)], 'broken'],
    ['a height beyond any image', [ihdr(24, 1_000_001)], 'broken'],
    ['another chunk first', [DATA, HEADER], 'broken'],
    ['nothing', [], 'cut_short'],
    ['a header that is cut off', [HEADER.subarray(0, 15)], 'cut_short'],
  ])('is none with %s', (_what, parts, kind) => {
    expect(say(...parts)).toBe(kind);
  });
});

describe('the orientation of a PNG', () => {
  it.each<[string, Buffer[]]>([
    ['before the data', [HEADER, EXIF, DATA, END]],
    ['with the mark of JPEG', [HEADER, chunk('eXIf', Buffer.concat([MARK, orientationBlock(6)])), DATA]],
    ['in the other byte order', [HEADER, chunk('eXIf', orientationBlock(6, 3, 'MM')), DATA]],
    ['behind 200 KB of other chunks', [HEADER, chunk('iTXt', Buffer.alloc(200_000)), EXIF, DATA]],
    ['behind the data within the first 16 KiB', [HEADER, DATA, EXIF, END]],
    ['in a file that ends with it', [HEADER, EXIF.subarray(0, -4)]],
  ])('stands in its eXIf chunk %s', (_what, parts) => {
    expect(say(...parts)).toBe('24 × 16, orientation 6');
  });

  it('is not searched behind data that extend beyond the first 16 KiB', () => {
    const { found, pieces } = read(readPng(), png(HEADER, chunk('IDAT', Buffer.alloc(20_000)), EXIF, END));
    expect([told(found), pieces]).toEqual(['24 × 16', [[0, 16_384]]]);
  });

  it.each<[string, Buffer[]]>([
    ['chunk is empty', [HEADER, chunk('eXIf'), DATA]],
    ['chunk holds no block', [HEADER, chunk('eXIf', Buffer.from('nonsense')), DATA]],
    ['chunk stands behind the end', [HEADER, DATA, END, EXIF]],
    ['file ends before it', [HEADER, chunk('iTXt', Buffer.alloc(100)).subarray(0, 50)]],
    [
      'file has more chunks than are looked at',
      [HEADER, ...Array.from({ length: 1_100 }, () => chunk('tEXt')), EXIF],
    ],
  ])('is none where the %s', (_what, parts) => {
    expect(say(...parts)).toBe('24 × 16');
  });

  it('comes with the block, of which 64 KiB are kept', () => {
    const block = Buffer.concat([orientationBlock(6), Buffer.alloc(200_000, 'b')]);
    const { found } = read(readPng(), png(HEADER, chunk('eXIf', block), DATA));
    expect(found).toMatchObject({ kind: 'size', orientation: 6, exif: block.subarray(0, 65_536) });
  });

  it('is searched with the size known', () => {
    const { known } = read(readPng(), png(HEADER, chunk('iTXt', Buffer.alloc(200_000)), EXIF, DATA));
    expect(known).toEqual([undefined, expect.objectContaining({ width: 24, height: 16 })]);
  });
});

describe('a PNG', () => {
  it('has its right size or none wherever it ends', () => {
    const file = png(chunk('CgBI', Buffer.alloc(4)), HEADER, chunk('iTXt', Buffer.alloc(50)), EXIF, DATA);
    for (let length = 0; length < file.length; length += 1) {
      expect(told(read(readPng(), file.subarray(0, length)).found)).toMatch(/^(24 × 16|cut_short)/);
    }
  });

  it('whose chunk is longer than any file is read no further', () => {
    const endless = Buffer.from('ffffffff69545874', 'hex');
    const { found, pieces } = read(readPng(), png(HEADER, endless, Buffer.alloc(20_000)));
    expect([told(found), pieces.length]).toEqual(['24 × 16', 2]);
  });
});
