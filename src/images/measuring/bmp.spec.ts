import { describe, expect, it } from '@jest/globals';
import { read, told } from '../../../test/support/reading.js';
import { readBmp } from './bmp.js';

function core(width: number, height: number): Buffer {
  const bytes = Buffer.concat([Buffer.from('BM'), Buffer.alloc(24)]);
  bytes.writeUInt32LE(12, 14);
  bytes.writeUInt16LE(width, 18);
  bytes.writeUInt16LE(height, 20);
  return bytes;
}

function info(width: number, height: number, header = 40): Buffer {
  const bytes = Buffer.concat([Buffer.from('BM'), Buffer.alloc(52)]);
  bytes.writeUInt32LE(header, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  return bytes;
}

const say = (file: Buffer): string => told(read(readBmp(), file).found);

describe('the size of a bitmap', () => {
  it('has no sign in the header of OS/2', () => {
    expect(say(core(40_000, 16))).toBe('40000 × 16');
    expect(say(core(24, 65_535))).toBe('24 × 65535');
  });

  it.each([16, 24, 40, 48, 52, 56, 64, 108, 124])('is read from a header of %d bytes', (header) => {
    expect(say(info(24, 16, header))).toBe('24 × 16');
  });

  it('is that of the first bitmap of an array', () => {
    const array = Buffer.concat([Buffer.from('BA'), Buffer.alloc(12), core(40_000, 16)]);
    expect(say(array)).toBe('40000 × 16');
    expect(say(array.subarray(0, 35))).toBe('cut_short');
  });

  it('may have its rows from top to bottom', () => {
    expect(say(info(24, -16))).toBe('24 × 16');
  });

  it.each<[string, Buffer, string]>([
    ['a width of 0', info(0, 16), 'broken'],
    ['a width below 0', info(-24, 16), 'broken'],
    ['a height of 0', core(24, 0), 'broken'],
    ['the least height of 32 bits', info(24, -(2 ** 31)), 'broken'],
    ['a header of 13 bytes', info(24, 16, 13), 'broken'],
    ['a core header that is cut off', core(24, 16).subarray(0, 21), 'cut_short'],
    ['a header that is cut off', info(24, 16).subarray(0, 25), 'cut_short'],
  ])('is none with %s', (_what, file, kind) => {
    expect(say(file)).toBe(kind);
  });

  it('is read from a file of OS/2 that ends behind it', () => {
    expect(say(core(24, 16).subarray(0, 22))).toBe('24 × 16');
  });
});
