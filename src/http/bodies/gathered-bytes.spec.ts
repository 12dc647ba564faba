import { describe, expect, it } from '@jest/globals';
import { array, assert, integer, oneof, property, uint8Array } from 'fast-check';
import { GatheredBytes } from './gathered-bytes.js';

describe('bytes that come in chunks', () => {
  it('are those of the chunks in order, and are released when they are taken', () => {
    const chunks = array(
      oneof(
        uint8Array({ maxLength: 5 }),
        integer({ min: 0, max: 3_000_000 }).map((size) => new Uint8Array(size).fill(size)),
      ),
      { maxLength: 8 },
    );
    assert(
      property(chunks, (arrays) => {
        const buffers = arrays.map((each) => Buffer.from(each));
        const gathered = new GatheredBytes();
        for (const buffer of buffers) gathered.add(buffer);
        const whole = Buffer.concat(buffers);
        expect(gathered.bytes).toBe(whole.length);
        expect(gathered.drain().equals(whole)).toBe(true);
        expect([gathered.bytes, gathered.allocated, gathered.drain().length]).toEqual([0, 0, 0]);
      }),
      { numRuns: 50 },
    );
  });

  it.each([1, 7, 4000, 5000])('use at most twice their size in memory, in chunks of %d', (size) => {
    const gathered = new GatheredBytes();
    const chunk = Buffer.alloc(size, 1);
    for (let bytes = 0; bytes < 5_000_000; bytes += size) gathered.add(chunk);
    expect(gathered.allocated).toBeLessThanOrEqual(2 * gathered.bytes);
  });
});
