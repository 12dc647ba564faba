import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { resultText, UnusableResult } from './analysis-result.js';

const MAX_BYTES = 1_000;

describe('the text of a result', () => {
  it('is the JSON of any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes(String.raw`\u0000`) && !/\\ud[89a-f]/.test(text));
        expect(resultText(value, 1_000_000)).toBe(text);
      }),
    );
  });

  it('leaves out what is undefined', () => {
    expect(resultText({ found: 1, not: undefined }, MAX_BYTES)).toBe('{"found":1}');
  });

  it('may be as large as the limit, in bytes', () => {
    expect(resultText('ß'.repeat(499), MAX_BYTES)).toHaveLength(501);
    expect(() => resultText('ß'.repeat(500), MAX_BYTES)).toThrow('its result is larger than 1000 bytes');
  });

  const loop: Record<string, unknown> = {};
  loop.itself = { loop };
  it.each<[string, unknown]>([
    ['a map', new Map()],
    ['a buffer', Buffer.from('x')],
    ['a date', [new Date(0)]],
    ['infinity', { n: Infinity }],
    ['a symbol', Symbol('x')],
    ['undefined in a list', [undefined]],
    ['a list with a million holes', Array.from({ length: 1_000_000 })],
    ['its own text', { toJSON: () => 1 }],
    ['a NUL in a field', { 'a\0': 1 }],
    ['itself', loop],
    ['a text longer than memory is', 'x'.repeat(100_000_000)],
  ])('is none of %s', (_, value) => {
    expect(() => resultText(value, MAX_BYTES)).toThrow(UnusableResult);
  });
});
