import { describe, expect, it } from '@jest/globals';
import { FileStart } from './file-start.js';

const bytes = (length: number): Buffer => Buffer.allocUnsafeSlow(length);

describe('the start of a file', () => {
  it('counts the whole buffer that it is a part of, and its EXIF', () => {
    const reading = bytes(65_536);
    const start = reading.subarray(0, 16_384);
    expect(new FileStart(start, null, undefined, true).heldBytes).toBe(65_536);
    expect(new FileStart(start, null, undefined, true, reading.subarray(30, 900)).heldBytes).toBe(65_536);
    expect(new FileStart(start, null, undefined, true, bytes(2_000)).heldBytes).toBe(67_536);
  });

  it('releases both', () => {
    const start = new FileStart(bytes(10), 10, undefined, true, bytes(5));
    start.drop();
    expect([start.bytes.length, start.exif]).toEqual([0, null]);
  });
});
