import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { ContentCoding } from './content-coding.js';
import { ContentDecoder } from './content-decoder.js';
import { FairSemaphore } from '../waiting/fair-semaphore.js';
import { brotliWindow } from './brotli-window.js';
import type { FetchFault } from './fetch-fault.js';

const WINDOW = 2 ** 24;
const TEXT = Buffer.from('shelf '.repeat(10_000));
const brotli = (window: number): Buffer =>
  brotliCompressSync(TEXT, { params: { [constants.BROTLI_PARAM_LGWIN]: window } });

/** A decoder, its output, and its end. */
class Decoded {
  bytes = 0;
  readonly end = Promise.withResolvers<string>();
  readonly decoder: ContentDecoder;

  constructor(memory = new FairSemaphore(0), coding: ContentCoding = 'br') {
    this.decoder = new ContentDecoder(coding, memory, {
      onDecoded: (bytes) => (this.bytes += bytes.length),
      onDrain: () => {},
      onEnd: () => this.end.resolve('end'),
      onFault: (fault: FetchFault) => this.end.resolve(fault.message),
    });
  }

  async all(bytes: Buffer): Promise<string> {
    this.decoder.write(bytes);
    this.decoder.end();
    return this.end.promise;
  }
}

describe('a decoder of Brotli', () => {
  it.each([10, 11, 15, 16, 17, 18, 22, 23, 24])(
    'knows a window of 2 to the %dth by its first byte',
    (bits) => {
      expect(brotliWindow(brotli(bits)[0] ?? 0)).toBe(2 ** bits);
    },
  );

  it('waits for memory for its window, first come first served, and then decodes all', async () => {
    const memory = new FairSemaphore(WINDOW);
    const [first, second, third] = [new Decoded(memory), new Decoded(memory), new Decoded(memory)];
    first.decoder.write(brotli(24).subarray(0, 4));
    expect(second.decoder.write(brotli(24))).toBe(false);
    second.decoder.end();
    // It would fit, but has to wait for the earlier one.
    expect(third.decoder.write(brotli(16))).toBe(false);
    third.decoder.end();
    expect(await new Decoded(memory, 'gzip').all(gzipSync(TEXT))).toBe('end');
    expect([second.bytes, third.bytes]).toEqual([0, 0]);
    first.decoder.destroy();
    expect(await Promise.all([second.end.promise, third.end.promise])).toEqual(['end', 'end']);
    expect([second.bytes, third.bytes]).toEqual([TEXT.length, TEXT.length]);
  });

  it('that ends while it waits, or fails, releases its memory', async () => {
    const memory = new FairSemaphore(WINDOW);
    const [first, waiting] = [new Decoded(memory), new Decoded(memory)];
    first.decoder.write(brotli(24).subarray(0, 4));
    waiting.decoder.write(brotli(24));
    waiting.decoder.destroy();
    waiting.decoder.destroy();
    first.decoder.end();
    expect(await first.end.promise).toBe('the br encoding of the file breaks off before its end');
    expect(await new Decoded(memory).all(Buffer.alloc(50, 0xff))).toContain('is damaged');
    expect(await new Decoded(memory).all(brotli(24))).toBe('end');
  });

  it('may use the largest window however small the memory is', async () => {
    expect(await new Decoded(new FairSemaphore(1)).all(brotli(24))).toBe('end');
  });
});

describe('a decoder', () => {
  it('emits nothing after it is destroyed', async () => {
    const decoded = new Decoded(undefined, 'gzip');
    decoded.decoder.write(gzipSync(TEXT));
    decoded.decoder.destroy();
    expect(decoded.decoder.write(gzipSync(TEXT))).toBe(true);
    decoded.decoder.end();
    expect(await new Decoded(undefined, 'gzip').all(gzipSync(TEXT))).toBe('end');
    expect(decoded.bytes).toBe(0);
  });

  it('applies back-pressure when it is written to faster than it decodes', () => {
    const decoded = new Decoded(undefined, 'gzip');
    const zeros = gzipSync(Buffer.alloc(1_000_000));
    let taken = 0;
    while (taken < 10_000 && decoded.decoder.write(zeros)) taken += 1;
    decoded.decoder.destroy();
    expect(taken).toBeLessThan(10_000);
  });
});
