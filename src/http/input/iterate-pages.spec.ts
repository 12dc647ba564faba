import { describe, expect, it } from '@jest/globals';
import { iteratePages } from './iterate-pages.js';
import { collect } from '../../../test/support/collect.js';
import type { Page, PageRequest } from './page.js';

/** A list of numbers in pages of two, and the requests for its pages. */
function list(...numbers: number[]): {
  requests: PageRequest[];
  read: (request: PageRequest) => Promise<Page<number>>;
} {
  const requests: PageRequest[] = [];
  return {
    requests,
    read: async (request) => {
      requests.push(request);
      const from = Number(request.cursor ?? 0);
      const next = from + 2;
      return {
        items: numbers.slice(from, next),
        next_cursor: next < numbers.length ? String(next) : null,
      };
    },
  };
}

describe('a list that is iterated', () => {
  it.each([[[]], [[1]], [[1, 2]], [[1, 2, 3, 4, 5]]])('gives each of %j once, in order', async (numbers) => {
    expect(await collect(iteratePages(list(...numbers).read))).toEqual(numbers);
  });

  it('is read in the largest pages, each when the one before has been taken', async () => {
    const { read, requests } = list(1, 2, 3, 4, 5);
    const seen: [number, number][] = [];
    for await (const number of iteratePages(read)) seen.push([number, requests.length]);
    expect(seen).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
      [5, 3],
    ]);
    expect(requests).toEqual([
      { limit: 1000, cursor: undefined },
      { limit: 1000, cursor: '2' },
      { limit: 1000, cursor: '4' },
    ]);
  });

  it('is read no further than its reader goes', async () => {
    const { read, requests } = list(1, 2, 3, 4, 5);
    for await (const number of iteratePages(read)) if (number === 2) break;
    expect(requests).toHaveLength(1);
  });

  it('goes on after an empty page that has a next one', async () => {
    const pages: Page<number>[] = [
      { items: [], next_cursor: 'a' },
      { items: [1], next_cursor: null },
    ];
    const read = async (): Promise<Page<number>> => pages.shift() ?? { items: [], next_cursor: null };
    expect(await collect(iteratePages(read))).toEqual([1]);
  });
});
