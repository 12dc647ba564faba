import { describe, expect, it } from '@jest/globals';
import { firstWebpChunk } from './webp-chunk.js';

/** A WebP whose first chunk has this kind and length, and begins with these bytes. */
function webp(kind: string, length: number, content: readonly number[] = [], more = 100): Buffer {
  const bytes = Buffer.alloc(30 + more, 0xaa);
  bytes.write(`RIFF\0\0\0\0WEBP${kind}`, 'latin1');
  bytes.writeUInt32LE(22 + more, 4);
  bytes.writeUInt32LE(length, 16);
  Buffer.from(content).copy(bytes, 20);
  return bytes;
}

describe('the first chunk of a WebP', () => {
  it.each([
    ['VP8 ', 5_000, 10],
    ['VP8 ', 10, 10],
    ['VP8L', 5_000, 5],
    ['VP8L', 5, 5],
    ['VP8X', 10, 10],
  ])('%s of %d bytes becomes a file that ends with the %d bytes of the size', (kind, length, sizeLength) => {
    const file = webp(kind, length, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const alone = firstWebpChunk(file)?.alone;
    expect(alone).toHaveLength(30);
    expect(alone?.toString('latin1', 0, 4)).toBe('RIFF');
    expect(alone?.readUInt32LE(4)).toBe(22);
    expect(alone?.toString('latin1', 8, 16)).toBe(`WEBP${kind}`);
    expect(alone?.readUInt32LE(16)).toBe(sizeLength);
    expect(alone?.subarray(20)).toEqual(file.subarray(20, 30));
  });

  it('leaves the bytes of the file as they are', () => {
    const file = webp('VP8 ', 5_000);
    const before = Buffer.from(file);
    firstWebpChunk(file);
    expect(file).toEqual(before);
  });

  it.each([
    ['VP8X', [0x08], true],
    ['VP8X', [0x3e], true],
    ['VP8X', [0x00], false],
    ['VP8X', [0x36], false],
    ['VP8 ', [0x08], false],
    ['VP8L', [0x2f], false],
  ])('%s with the flags %j tells whether EXIF follows: %p', (kind, flags, follows) => {
    expect(firstWebpChunk(webp(kind, 10, flags))?.exifFollows).toBe(follows);
  });

  it.each([
    ['another kind', webp('ALPH', 100)],
    ['too short a VP8', webp('VP8 ', 9)],
    ['too short a VP8L', webp('VP8L', 4)],
    ['too short a VP8X', webp('VP8X', 9)],
    ['a file that ends within it', webp('VP8 ', 100, [], -1)],
    ['nothing', Buffer.alloc(0)],
  ])('is left to the parser where it is %s', (_what, bytes) => {
    expect(firstWebpChunk(bytes)).toBeUndefined();
  });
});
