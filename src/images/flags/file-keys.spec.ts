import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type FileKeys, getFileKeys, KEYED_BYTES } from './file-keys.js';

const FOLDER = new URL('../../../test/fixtures/photo-truth/images/', import.meta.url);
const SIZE = { format: 'jpg', width: 960, height: 720 };

const read = (file: string): Buffer => readFileSync(new URL(file, FOLDER));

function keysOf(file: string, more: Partial<Parameters<typeof getFileKeys>[0]> = {}): FileKeys | undefined {
  const bytes = read(file);
  return getFileKeys({ start: bytes, length: bytes.length, ...SIZE, ...more });
}

describe('the keys of a file', () => {
  it.each([KEYED_BYTES, KEYED_BYTES + 1, 20_000])(
    'come from the first 16 KiB, if %d bytes have arrived',
    (arrived) => {
      const bytes = read('reused.jpg');
      const keys = getFileKeys({ start: bytes.subarray(0, arrived), length: bytes.length, ...SIZE });
      expect(keys).toEqual(keysOf('reused.jpg'));
    },
  );

  it('are not known before all of the first 16 KiB have arrived', () => {
    expect(keysOf('reused.jpg', { start: read('reused.jpg').subarray(0, KEYED_BYTES - 1) })).toBeUndefined();
    expect(keysOf('short.jpg', { start: read('short.jpg').subarray(0, -1) })).toBeUndefined();
    expect(getFileKeys({ start: Buffer.alloc(0), length: 0, ...SIZE })).toBeUndefined();
  });

  it.each([0, 2_047, 14_336, 16_383])('tell a file from another that differs in byte %d', (at) => {
    const other = Buffer.from(read('strip-big.jpg'));
    other[at] = (other[at] ?? 0) ^ 1;
    expect(keysOf('strip-big.jpg', { start: other })?.file).not.toBe(keysOf('strip-big.jpg')?.file);
  });

  it('tell a file from another of another length, and a short file by all of its bytes', () => {
    expect(keysOf('reused.jpg', { length: 22_362 })?.file).not.toBe(keysOf('reused.jpg')?.file);
    const other = Buffer.from(read('short.jpg'));
    other[5_000] = (other[5_000] ?? 0) ^ 1;
    expect(keysOf('short.jpg', { start: other })?.file).not.toBe(keysOf('short.jpg')?.file);
  });

  it.each([
    ['edited metadata', 'edit.jpg', 'edit-time.jpg'],
    ['an edited place', 'edit.jpg', 'edit-place.jpg'],
    ['metadata removed', 'strip.jpg', 'stripped.jpg'],
    ['edited metadata of a file below 16 KiB', 'short-edit.jpg', 'short-edited.jpg'],
    ['edited metadata beyond 16 KiB, by the thumbnail', 'edit-big.jpg', 'edit-big-time.jpg'],
  ])('find the same picture in another file: %s', (_what, one, other) => {
    const [first, second] = [keysOf(one), keysOf(other)];
    expect(first?.picture).toEqual(expect.any(BigInt));
    expect(second?.picture).toBe(first?.picture);
    expect(second?.file).not.toBe(first?.file);
  });

  it.each([
    ['another picture with the same thumbnail', 'app-thumb-1.jpg', 'app-thumb-2.jpg'],
    ['a picture that was saved again, with its thumbnail', 'resave.jpg', 'resaved.jpg'],
    ['shots of a burst', 'burst-1.jpg', 'burst-2.jpg'],
    ['files of the same length and first 4 KiB', 'head4k-1.jpg', 'head4k-2.jpg'],
  ])('tell from one another: %s', (_what, one, other) => {
    expect(keysOf(one)?.file).not.toBe(keysOf(other)?.file);
    expect(keysOf(one)?.picture).not.toBe(keysOf(other)?.picture);
  });

  it('are of the same picture only if its size in pixels is the same', () => {
    expect(keysOf('edit.jpg', { width: 961 })?.picture).not.toBe(keysOf('edit.jpg')?.picture);
  });

  it('have no picture in a file whose scan is out of reach and has no thumbnail, or in another format', () => {
    expect(
      keysOf('strip-big.jpg', { start: Buffer.from(read('strip-big.jpg')).fill(0, 20, 60) }),
    ).toMatchObject({
      picture: null,
    });
    expect(keysOf('photo.avif', { format: 'avif' })?.picture).toBeNull();
  });

  it('are none for an uncompressed file, whose start may be blank', () => {
    expect(keysOf('chart-1.bmp', { format: 'bmp' })).toBeUndefined();
    expect(keysOf('photo.tif', { format: 'tiff' })).toEqual(expect.objectContaining({ picture: null }));
    expect(getFileKeys({ start: toTiff(1), length: 200, ...SIZE, format: 'tiff' })).toBeUndefined();
    expect(getFileKeys({ start: toTiff(7), length: 200, ...SIZE, format: 'tiff' })).toBeDefined();
    expect(getFileKeys({ start: Buffer.alloc(200), length: 200, ...SIZE, format: 'tiff' })).toBeUndefined();
  });

  it('are found whatever the bytes of a JPEG are', () => {
    const bytes = read('edit-big.jpg');
    for (let at = 2; at < 400; at += 1) {
      const broken = Buffer.from(bytes);
      broken[at] = 0xff;
      expect(getFileKeys({ start: broken, length: bytes.length, ...SIZE })).toBeDefined();
    }
  });
});

/** A TIFF whose first directory has one entry: the compression. */
function toTiff(compression: number): Buffer {
  const bytes = Buffer.alloc(200);
  bytes.write('II*\0', 0, 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(1, 8);
  bytes.writeUInt16LE(0x0103, 10);
  bytes.writeUInt16LE(3, 12);
  bytes.writeUInt32LE(1, 14);
  bytes.writeUInt16LE(compression, 18);
  return bytes;
}
