import { describe, expect, it } from '@jest/globals';
import { costsMoreThan, MAX_MAIN_THREAD_COST } from './json-cost.js';

const MAX = MAX_MAIN_THREAD_COST;

/** A document of about `bytes`, made of one piece again and again. */
const getList = (piece: string, bytes: number): string =>
  `[${Array.from({ length: bytes / (piece.length + 1) }, () => piece).join()}]`;

describe('the cost of a JSON text', () => {
  const visit = (images: number): object => ({
    store_id: 'RP00002',
    image_url: Array.from(
      { length: images },
      (_, n) => `https://photos.example.com/${n}.jpg?a=1,2&b=[3]:{4}`,
    ),
    visit_time: '2024-11-16T12:00:00Z',
    metadata: Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`key ${n}`, 'value'])),
  });

  it.each([
    ['a visit with all its images', visit(1_000)],
    ['a document of 1,000 images in 250 visits with metadata', Array.from({ length: 250 }, () => visit(4))],
    ['4 MB of text', 'x'.repeat(4e6)],
    ['4 MB of quotes in text', '"\\'.repeat(1e6)],
  ])('is small for %s', (_what, value) => {
    expect(costsMoreThan(JSON.stringify(value), MAX)).toBe(false);
  });

  it.each([
    ['empty objects', getList('{}', 4e5)],
    ['empty lists', getList('[]', 4e5)],
    ['numbers', getList('0', 4e5)],
    ['equal keys', `{${Array.from({ length: 4e4 }, () => '"a":0').join()}}`],
    ['lists in lists', '['.repeat(201)],
    ['objects in objects', '{"a":'.repeat(201)],
    ['what is no JSON', ':'.repeat(4e4)],
    ['a string that is never closed after values', `${getList('0', 4e5)}"`],
  ])('is large for %s', (_what, json) => {
    expect(costsMoreThan(json, MAX)).toBe(true);
  });

  it('ignores the content of strings, wherever quotes are escaped', () => {
    for (const text of ['[[[', ':,:,', '\\', '\\\\', '"', '\\"', '"[', '\\"[[', 'a\\\\"[[['])
      expect([text, costsMoreThan(JSON.stringify(text), 0)]).toEqual([text, false]);
    expect(costsMoreThan('["\\\\",', 1)).toBe(true);
  });
});
