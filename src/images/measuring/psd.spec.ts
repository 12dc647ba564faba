import { describe, expect, it } from '@jest/globals';
import { read, told } from '../../../test/support/reading.js';
import { readPsd } from './psd.js';

function header(version: number, width: number, height: number): Buffer {
  const bytes = Buffer.concat([Buffer.from('8BPS'), Buffer.alloc(22)]);
  bytes.writeUInt16BE(version, 4);
  bytes.writeUInt32BE(height, 14);
  bytes.writeUInt32BE(width, 18);
  return bytes;
}

describe('the size of an image of Photoshop', () => {
  it.each([
    [1, 'psd', 30_000],
    [2, 'psb', 300_000],
  ])('stands in a header of version %d', (version, format, width) => {
    expect(read(readPsd(), header(version, width, 16)).found).toMatchObject({ width, height: 16, format });
  });

  it.each<[string, Buffer, string]>([
    ['another version', header(3, 24, 16), 'broken'],
    ['a height of 0', header(1, 24, 0), 'broken'],
    ['a header that is cut off', header(1, 24, 16).subarray(0, 21), 'cut_short'],
  ])('is none with %s', (_what, file, kind) => {
    expect(told(read(readPsd(), file).found)).toBe(kind);
  });
});
