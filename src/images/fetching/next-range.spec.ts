import { describe, expect, it } from '@jest/globals';
import { FIRST_RANGE, nextRange } from './next-range.js';

const KIB = 1_024;

describe('the next range of a file', () => {
  it('is the first 16 KiB at first', () => {
    expect(nextRange(0, 0, { at: 0, end: 12 })).toEqual({ from: 0, length: FIRST_RANGE });
  });

  it('continues the last range, three times as long, if the needed bytes are near', () => {
    const read = 16 * KIB;
    expect(nextRange(read, read, { at: read, end: read + 4 })).toEqual({ from: read, length: 3 * read });
    const gap = 32 * KIB;
    expect(nextRange(read, read, { at: read + gap, end: read + gap + 4 })).toMatchObject({ from: read });
  });

  it('skips ahead to bytes that are further away, and is short there', () => {
    const at = 3_000_000;
    expect(nextRange(16 * KIB, 16 * KIB, { at, end: at + 16 })).toEqual({ from: at, length: FIRST_RANGE });
  });

  it('goes back to earlier bytes', () => {
    const at = 3_000_000;
    expect(nextRange(at, 40 * KIB, { at: 90_000, end: 90_004 })).toEqual({
      from: 90_000,
      length: FIRST_RANGE,
    });
  });

  it('contains all of the needed piece', () => {
    const at = 3_000_000;
    expect(nextRange(16 * KIB, 16 * KIB, { at, end: at + 70_000 })).toEqual({ from: at, length: 70_000 });
    expect(nextRange(16 * KIB, 16 * KIB, { at: 17_000, end: 147_000 })).toEqual({
      from: 16 * KIB,
      length: 147_000 - 16 * KIB,
    });
  });

  it('completes the start of the file first, however short the parts of the host are', () => {
    expect(nextRange(1_000, 1_000, { at: 3_000_000, end: 3_000_016 })).toMatchObject({ from: 1_000 });
  });

  it('needs few requests to skip many parts', () => {
    let [end, read, requests, at] = [0, 0, 0, 0];
    // Segments of 64 KiB, one after the other, as extended XMP of megabytes stands in JPEGs.
    while (at < 3_000_000) {
      const { from, length } = nextRange(end, read, { at, end: at + 4 });
      [end, read, requests] = [from + length, read + length, requests + 1];
      while (at + 4 <= end) at += 65_537;
    }
    expect(requests).toBeLessThanOrEqual(7);
  });
});
