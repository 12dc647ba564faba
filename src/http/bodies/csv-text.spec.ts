import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeText, parseCharset } from './csv-text.js';

/** The text of bytes that come in pieces of a size, with `!` where it is broken. */
async function decode(bytes: Buffer, size = bytes.length, charset?: string): Promise<string> {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  let all = '';
  for await (const { text, isBroken } of decodeText(pieces(), charset)) all += text + (isBroken ? '!' : '');
  return all;
}

describe('the text of a file', () => {
  it('is the same in every encoding, however it is cut', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', ';', '\n', 'é', 'Ł', '店', '🛒', '\uFFFD') });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (given, size) => {
        const marked = `\uFEFF${given}`;
        const encoded = [
          Buffer.from(given.replace(/^\uFEFF/, '')),
          Buffer.from(marked),
          Buffer.from(marked, 'utf16le'),
          Buffer.from(marked, 'utf16le').swap16(),
        ];
        for (const bytes of encoded) expect(await decode(bytes, size)).toBe(given);
      }),
      { numRuns: 300 },
    );
  });

  it.each([1, 2, 3, 100])('has LF at the end of each line (cut to %d)', async (size) => {
    expect(await decode(Buffer.from('a\r\nb\rc\n\r\rd\r'), size)).toBe('a\nb\nc\n\n\nd\n');
  });

  it.each([
    ['UTF-8', Buffer.from('ab\xe9c', 'latin1'), undefined, 'ab!'],
    [
      'UTF-8 that has a replacement character',
      Buffer.concat([Buffer.from('a\uFFFDb'), Buffer.from([0xff])]),
      undefined,
      'a\uFFFDb!',
    ],
    ['UTF-8 that is cut short', Buffer.from('aé').subarray(0, 2), undefined, 'a!'],
    ['UTF-16 with half of a pair', Buffer.from('\uFEFFa\uD800b', 'utf16le'), undefined, 'a!'],
    ['UTF-16 with half of a unit', Buffer.from('\uFEFFab', 'utf16le').subarray(0, 5), undefined, 'a!'],
    ['another charset', Buffer.from([0x61, 0x81, 0xff]), 'shift_jis', 'a!'],
  ])('ends before the first invalid bytes, in %s', async (_what, bytes, charset, text) => {
    for (const size of [1, 2, 100]) expect(await decode(bytes, size, charset)).toBe(text);
  });

  it('is decoded in the given charset, unless a byte order mark names another', async () => {
    expect(await decode(Buffer.from('Caf\xe9 \x80', 'latin1'), 3, parseCharset('latin1'))).toBe('Café €');
    expect(await decode(Buffer.from('\uFEFFCafé'), 3, parseCharset('latin1'))).toBe('Café');
    expect(await decode(Buffer.from('Café', 'utf16le'), 3, parseCharset('utf-16le'))).toBe('Café');
    expect(() => parseCharset('klingon')).toThrow('klingon');
  });
});
