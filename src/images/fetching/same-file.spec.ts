import { describe, expect, it } from '@jest/globals';
import { agree } from './same-file.js';

describe('two values of a file', () => {
  it.each([
    [1, 1, true],
    [1, 2, false],
    [null, 2, true],
    [1, null, true],
    [null, null, true],
  ])('%j and %j agrees: %j', (one, other, expected) => {
    expect(agree(one, other)).toBe(expected);
  });
});
