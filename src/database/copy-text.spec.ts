import { describe, expect, it } from '@jest/globals';
import { copyText } from './copy-text.js';

describe('a text for COPY', () => {
  it.each([
    ['https://example.com/a.jpg?b=c&d="e"', 'https://example.com/a.jpg?b=c&d="e"'],
    ['Läden 🏪 {a,b}', 'Läden 🏪 {a,b}'],
    ['', ''],
    [String.raw`\N`, String.raw`\\N`],
    [String.raw`\.`, String.raw`\\.`],
    ['a\tb\nc\rd', String.raw`a\tb\nc\rd`],
  ])('%j becomes %j', (value, text) => {
    expect(copyText(value)).toBe(text);
  });
});
