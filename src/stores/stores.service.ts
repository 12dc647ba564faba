import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { ReadOptions } from '../database/read-options.js';
import type { WriteOptions } from '../database/write-options.js';
import { NotFoundError } from '../http/errors/api-error.js';
import { checkQuery, type EarlierPage } from '../http/input/code-query.js';
import { iteratePages } from '../http/input/iterate-pages.js';
import { Cursor, type Filters, type Page, type PageRequest, toPage } from '../http/input/page.js';
import { ListStoresQuery } from './dto/store.dto.js';
import { toChangedStore } from './store-change.js';
import type { ShelflineStore, StoreChange } from './store.entity.js';
import { storeId as storeIdRule } from './store.rules.js';
import { type ImportOptions, type ImportResult, StoreImporter } from './store-importer.js';
import { type StoreFilter, StoresRepository } from './stores.repository.js';

/** A query of the list of stores. A store has to match all filters that are given. */
export interface StoreQuery extends StoreFilter, PageRequest {
  /** @deprecated The earlier name of `q`. The next release does not have it. */
  readonly part?: string | undefined;
}

const cursor = new Cursor<readonly [string]>(
  'stores',
  (key): key is readonly [string] =>
    key.length === 1 && typeof key[0] === 'string' && key[0].length <= 128 && !key[0].includes('\0'),
);

/** The store master. */
@Injectable()
export class StoresService {
  constructor(
    private readonly database: Database,
    private readonly stores: StoresRepository,
    private readonly importer: StoreImporter,
  ) {}

  /** @throws NotFoundError */
  async get(storeId: string, { manager }: ReadOptions = {}): Promise<ShelflineStore> {
    const on = this.database.on(manager);
    const store = isStoreId(storeId) ? await this.stores.find(storeId, on) : undefined;
    if (store === undefined) throw storeNotFound();
    return store;
  }

  /**
   * Returns a page of stores in order of their ids. It costs the same wherever the cursor stands.
   *
   * @throws InvalidInputError for an invalid filter or limit, and for a cursor of another list
   */
  async list(query?: StoreQuery, options?: ReadOptions): Promise<Page<ShelflineStore>>;
  /** @deprecated `limit` and `cursor` are fields of the query. The next release does not read them here. */
  async list(query: StoreQuery, page: EarlierPage): Promise<Page<ShelflineStore>>;
  async list(
    { part, ...query }: StoreQuery = {},
    options: ReadOptions & EarlierPage = {},
  ): Promise<Page<ShelflineStore>> {
    const checked = checkQuery(ListStoresQuery, { ...query, q: query.q ?? part }, options);
    const { limit, cursor: given, ...filter } = checked;
    const after = given === undefined ? undefined : cursor.decode(given)[0];
    const rows = await this.stores.list(filter, after, limit + 1, this.database.on(options.manager));
    return toPage(
      rows,
      limit,
      (row) => row,
      (row) => cursor.encode([row.store_id]),
    );
  }

  /**
   * Reads all stores that match, in order of their ids, a page at a time. A store that is there throughout and keeps matching comes exactly once.
   *
   * @throws InvalidInputError for an invalid filter
   */
  iterate(
    filter: Filters<StoreQuery> = {},
    options: ReadOptions = {},
  ): AsyncGenerator<ShelflineStore, void, undefined> {
    return iteratePages((page) => this.list({ ...filter, ...page }, options));
  }

  /**
   * Counts the stores that match, and at most `max`.
   *
   * @throws InvalidInputError for an invalid filter
   */
  async countUpTo(max: number, query: Filters<StoreQuery> = {}): Promise<number> {
    const { limit: _limit, cursor: _cursor, ...filter } = checkQuery(ListStoresQuery, query);
    return this.stores.count(filter, max);
  }

  /**
   * Creates or changes a store. An absent field of an existing store stays, and null clears a number. Returns true if the store was created.
   *
   * @throws InvalidInputError for invalid values, for half of a position, and for a new store without a name or an area code
   */
  async put(change: StoreChange, options: WriteOptions = {}): Promise<boolean> {
    return (await this.change(change, options)).isNew;
  }

  /** As {@link put}, and returns the store too. */
  async change(
    change: StoreChange,
    { manager }: WriteOptions = {},
  ): Promise<{ readonly store: ShelflineStore; readonly isNew: boolean }> {
    for (;;) {
      const changed = await this.database.transaction(async (transaction) => {
        const { store_id: id } = change;
        const found = isStoreId(id) ? await this.stores.lock(transaction, id) : undefined;
        const store = toChangedStore(found, change);
        if (found !== undefined) await this.stores.update(transaction, store);
        else if (!(await this.stores.insert(transaction, store))) return undefined;
        return { store, isNew: found === undefined };
      }, manager);
      // Undefined: another request created the store at the same time.
      if (changed !== undefined) return changed;
    }
  }

  /** @throws NotFoundError */
  async delete(storeId: string, { manager }: WriteOptions = {}): Promise<void> {
    const on = this.database.on(manager);
    if (!isStoreId(storeId) || !(await this.stores.delete(storeId, on))) throw storeNotFound();
  }

  /**
   * Imports a store master as CSV. Its valid rows are applied in order and in one transaction. A file that cannot be read to its end changes nothing. Memory
   * does not grow with the file.
   *
   * No transaction is open while the client uploads. A file of less than 5,000 stores is read before it takes a connection. A longer file keeps its
   * connection while it is uploaded, and only one import at a time has one: it ends with `408` when other imports have waited for its client for
   * `stallMs` in total.
   *
   * @throws ApiError `400` for an invalid header, invalid CSV, or more than `maxRejectedRows` rejected rows; `408` for a client that is too slow
   */
  async importCsv(source: Readable, options: ImportOptions = {}): Promise<ImportResult> {
    return this.importer.importCsv(source, options);
  }
}

/** Whether a store can have this id. */
function isStoreId(storeId: string): boolean {
  return storeIdRule(storeId) === undefined;
}

function storeNotFound(): NotFoundError {
  return new NotFoundError('Store not found', 'store_not_found');
}
