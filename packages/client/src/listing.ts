/** One page of a list. */
export interface Page<Item> {
  readonly items: Item[];
  /** The cursor of the following page; null on the last one. */
  readonly next_cursor: string | null;
}

/** Reads the page that a cursor leads to, or the first one. */
export type ReadPage<Item> = (cursor: string | undefined) => Promise<Page<Item>>;

/**
 * A list that is read page by page, as its items are asked for.
 *
 * @example for await (const job of client.jobs.list({ status: 'failed' })) console.log(job.job_id);
 */
export class Listing<Item> implements AsyncIterable<Item> {
  constructor(private readonly read: ReadPage<Item>) {}

  /** One page: the first, or that of the `next_cursor` of another. */
  async page(cursor?: string | null): Promise<Page<Item>> {
    return this.read(cursor ?? undefined);
  }

  /** All pages. The following page is read when it is asked for. */
  async *pages(): AsyncGenerator<Page<Item>, void, undefined> {
    let cursor: string | null | undefined;
    do {
      const page = await this.page(cursor);
      yield page;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const { items } of this.pages()) yield* items;
  }
}
