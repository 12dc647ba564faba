import { MAX_LIMIT, type Page, type PageRequest } from './page.js';

/**
 * Reads a list to its end, one page at a time. The next page is read when the items of the one before have been taken, so memory holds one page, and
 * nothing is held in the database between two pages.
 */
export async function* iteratePages<T>(
  readPage: (request: PageRequest) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  for await (const items of iterateParts(readPage)) yield* items;
}

/** As {@link iteratePages}, but the items of a page come together. */
export async function* iterateParts<T>(
  readPage: (request: PageRequest) => Promise<Page<T>>,
): AsyncGenerator<readonly T[], void, undefined> {
  for (let cursor: string | undefined; ;) {
    const { items, next_cursor } = await readPage({ limit: MAX_LIMIT, cursor });
    yield items;
    if (next_cursor === null) return;
    cursor = next_cursor;
  }
}
