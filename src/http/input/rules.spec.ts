import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isCleanText, oneOf, text, wholeNumber } from './rules.js';

const LONE = 'must hold no control characters and no lone surrogates';

describe('text', () => {
  it.each([
    '\0',
    'a\0b',
    '\t',
    '\n',
    '\r',
    '\x1b[31m',
    '\x1f',
    '\x7f',
    '\x80',
    '\x9b31m',
    '\ud800',
    'a\udc00',
    '\udc00\ud800',
  ])('is not clean with %j', (value) => {
    expect(isCleanText(value)).toBe(false);
    expect(text(1, 64)(value)).toBe(LONE);
  });

  it.each(['a', ' ', '~', '\xa0', 'é', '日本', '😀', '👩‍👩‍👧', '\u202e', '\ufeff', '\uffff', '{}"\'<>;--'])(
    'is clean with %j',
    (value) => {
      expect(isCleanText(value)).toBe(true);
      expect(text(1, 64)(value)).toBeUndefined();
    },
  );

  it('has a length in characters, of which an emoji is one', () => {
    const rule = text(2, 4);
    const long = 'must have 2 to 4 characters';
    for (const good of ['ab', 'abcd', '😀😀', '😀😀😀😀']) expect(rule(good)).toBeUndefined();
    for (const bad of ['', 'a', '😀', 'abcde', '😀😀😀😀a', 'a'.repeat(1_000_000)])
      expect(rule(bad)).toBe(long);
  });

  it('is accepted exactly by the number of its characters', () => {
    const characters = fc.array(fc.constantFrom('a', 'é', '😀', '日'), { maxLength: 12 });
    fc.assert(
      fc.property(characters, fc.nat(4), fc.nat(8), (parts, min, more) => {
        const fits = parts.length >= min && parts.length <= min + more;
        expect(text(min, min + more)(parts.join('')) === undefined).toBe(fits);
      }),
      { numRuns: 300 },
    );
  });

  it.each([undefined, null, 5, true, {}, [], ['ab']])('is not %j', (value) => {
    expect(text(2, 4)(value)).toBe('must be a string of 2 to 4 characters');
  });
});

describe('a whole number', () => {
  it.each([1, 5, 10])('may be %d', (value) => {
    expect(wholeNumber(1, 10)(value)).toBeUndefined();
  });

  it.each([0, 11, -1, 1.5, Number.NaN, Infinity, 2 ** 53, '5', 5n, null, undefined, [5], true])(
    'may not be %p',
    (value) => {
      expect(wholeNumber(1, 10)(value)).toBe('must be a whole number from 1 to 10');
      expect(wholeNumber(1, Infinity)(2 ** 53)).toBe('must be a whole number from 1 to Infinity');
    },
  );
});

describe('a word', () => {
  it('has to be one of a few', () => {
    const rule = oneOf(['ongoing', 'failed']);
    expect(rule('failed')).toBeUndefined();
    for (const value of ['Failed', 'fail', '', 'toString', undefined, null, 0, ['failed']]) {
      expect(rule(value)).toBe('must be one of ongoing, failed');
    }
  });
});
