import { describe, expect, it } from '@jest/globals';
import { read, told } from '../../../test/support/reading.js';
import { readGif } from './gif.js';

function screen(width: number, height: number, flags = 0): Buffer {
  const bytes = Buffer.from('GIF89a\0\0\0\0\0\0\0', 'latin1');
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  bytes[10] = flags;
  return bytes;
}

function frame(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(10);
  bytes[0] = 0x2c;
  bytes.writeUInt16LE(width, 5);
  bytes.writeUInt16LE(height, 7);
  return bytes;
}

const subBlocks = (count: number): Buffer =>
  Buffer.concat([
    ...Array.from({ length: count }, () => Buffer.concat([Buffer.of(255), Buffer.alloc(255, ',')])),
    Buffer.of(0),
  ]);
const extension = (label: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.of(0x21, label), content]);
const CONTROL = extension(0xf9, Buffer.from('040000000000', 'hex'));

const say = (...parts: Buffer[]): string => told(read(readGif(), Buffer.concat(parts)).found);

describe('the size of a GIF', () => {
  it('is that of its screen, and takes 13 bytes', () => {
    const { found, pieces } = read(readGif(), Buffer.concat([screen(24, 16), frame(9, 9)]));
    expect([told(found), pieces]).toEqual(['24 × 16', [[0, 13]]]);
  });

  it.each<[string, Buffer[]]>([
    ['at once', [screen(0, 0), frame(24, 16)]],
    ['where only one side of the screen is 0', [screen(9, 0), frame(24, 16)]],
    ['behind a table of 256 colors', [screen(0, 0, 0x87), Buffer.alloc(768, ','), frame(24, 16)]],
    ['behind extensions', [screen(0, 0), CONTROL, extension(0xfe, subBlocks(2)), CONTROL, frame(24, 16)]],
    ['behind 200 KB of comments', [screen(0, 0), extension(0xfe, subBlocks(800)), frame(24, 16)]],
  ])('is that of its first frame where the screen has none: %s', (_what, parts) => {
    expect(say(...parts)).toBe('24 × 16');
  });

  it.each<[string, Buffer[], string]>([
    ['the first frame has none', [screen(0, 0), frame(0, 16), frame(24, 16)], 'broken'],
    ['there is no frame', [screen(0, 0), CONTROL, Buffer.of(0x3b)], 'broken'],
    ['the file ends before its frame', [screen(0, 0), CONTROL], 'cut_short'],
    ['the file ends in its frame', [screen(0, 0), frame(24, 16).subarray(0, 8)], 'cut_short'],
    ['the file ends in its screen', [screen(24, 16).subarray(0, 9)], 'cut_short'],
    [
      'there are more blocks than are looked at',
      [screen(0, 0), Buffer.alloc(200_000, Buffer.from('21fe00', 'hex'))],
      'broken',
    ],
  ])('is none where %s', (_what, parts, kind) => {
    expect(say(...parts)).toBe(kind);
  });
});
