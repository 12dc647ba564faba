import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import { NotFoundError } from '../http/api-error.js';
import { Cursor, type Page, pageOf } from '../http/page.js';
import { readStoreCsv } from './store-csv.js';
import type { Store } from './store.entity.js';
import { type ImportCounts, type StoreFilter, StoresRepository } from './stores.repository.js';

/** What became of the rows of a file: `received` is the sum of the four other numbers. */
export interface ImportResult extends ImportCounts {
  readonly received: number;
  readonly rejected_count: number;
  /** The first hundred. */
  readonly rejected: readonly { readonly line: number; readonly error: string }[];
}

const GATHERED_AT_ONCE = 5_000;
const REJECTED_SHOWN = 100;

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
  ) {}

  /** @throws NotFoundError */
  async get(storeId: string): Promise<Store> {
    const store = await this.stores.find(storeId);
    if (store === undefined) throw new NotFoundError('Store not found', 'store_not_found');
    return store;
  }

  /** A page of stores in the order of their ids. */
  async list(
    filter: StoreFilter,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<Store>> {
    const after = page.cursor === undefined ? undefined : cursor.decode(page.cursor)[0];
    const rows = await this.stores.list(filter, after, page.limit + 1);
    return pageOf(
      rows,
      page.limit,
      (row) => row,
      (row) => cursor.encode([row.store_id]),
    );
  }

  /** Makes or changes a store; true when it was made. */
  async put(store: Store): Promise<boolean> {
    return this.stores.put(store);
  }

  /** @throws NotFoundError */
  async delete(storeId: string): Promise<void> {
    if (!(await this.stores.delete(storeId))) throw new NotFoundError('Store not found', 'store_not_found');
  }

  /**
   * Reads a store master as CSV and applies its good rows, one after the other, in one transaction: a file that can't
   * be read to its end changes nothing. Memory does not grow with the file.
   *
   * @throws ApiError (`400`) for an unknown header or broken CSV
   */
  async importCsv(source: Readable): Promise<ImportResult> {
    return this.database.transaction((transaction) => this.apply(transaction, source));
  }

  /** Imports the file if there are no stores. Of several processes that start at once, one does. */
  async seedIfEmpty(open: () => Readable): Promise<ImportResult | undefined> {
    return this.database.transaction(async (transaction) => {
      await this.stores.lockImports(transaction);
      return (await this.stores.isEmpty(transaction)) ? this.apply(transaction, open()) : undefined;
    });
  }

  private async apply(transaction: Transaction, source: Readable): Promise<ImportResult> {
    await this.stores.beginImport(transaction);
    let good = 0;
    let rejectedCount = 0;
    let batch: Store[] = [];
    const rejected: ImportResult['rejected'][number][] = [];
    for await (const row of readStoreCsv(source)) {
      if ('error' in row) {
        rejectedCount += 1;
        if (rejected.length < REJECTED_SHOWN) rejected.push({ line: row.line, error: row.error });
        continue;
      }
      batch.push(row.store);
      good += 1;
      if (batch.length === GATHERED_AT_ONCE) {
        await this.stores.gather(transaction, good - batch.length, batch);
        batch = [];
      }
    }
    if (batch.length > 0) await this.stores.gather(transaction, good - batch.length, batch);
    await this.stores.lockImports(transaction);
    const counts = await this.stores.applyImport(transaction);
    return { received: good + rejectedCount, ...counts, rejected_count: rejectedCount, rejected };
  }
}
