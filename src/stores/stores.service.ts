import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database, type Session, type Transaction } from '../database/database.js';
import { NotFoundError } from '../http/errors/api-error.js';
import { Cursor, type Page, toPage } from '../http/input/page.js';
import { toChangedStore } from './store-change.js';
import type { ShelflineStore, StoreChange } from './store.entity.js';
import { ImportQueue } from './import-queue.js';
import { type RejectedRow, StoreFile, type StoreInRow } from './store-file.js';
import { type ImportCounts, type StoreFilter, StoresRepository } from './stores.repository.js';

/** The numbers of rows of a file by result. `received` is the sum of the four other numbers. */
export interface ImportResult extends ImportCounts {
  readonly received: number;
  readonly rejected_count: number;
  readonly rejected: RejectedRow[];
}

export interface ImportOptions {
  /** If more rows than this are rejected, nothing is imported. The default is 10,000. */
  readonly maxRejectedRows?: number;
  /** The charset of a file without a byte order mark. The default is UTF-8. */
  readonly charset?: string | undefined;
  /** The fairness key of the caller. Callers import in rotation. */
  readonly caller?: string;
  /** How long other imports may wait for the client of this one, in milliseconds. The default is 10,000. */
  readonly stallMs?: number;
}

const MAX_REJECTED_ROWS = 10_000;
const STALL_MS = 10_000;

const cursor = new Cursor<readonly [string]>(
  'stores',
  (key): key is readonly [string] =>
    key.length === 1 && typeof key[0] === 'string' && key[0].length <= 128 && !key[0].includes('\0'),
);

/** The store master. */
@Injectable()
export class StoresService {
  private readonly imports = new ImportQueue();

  constructor(
    private readonly database: Database,
    private readonly stores: StoresRepository,
  ) {}

  /** @throws NotFoundError */
  async get(storeId: string): Promise<ShelflineStore> {
    const store = await this.stores.find(storeId);
    if (store === undefined) throw new NotFoundError('Store not found', 'store_not_found');
    return store;
  }

  /** Returns a page of stores in order of their ids. */
  async list(
    filter: StoreFilter,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ShelflineStore>> {
    const after = page.cursor === undefined ? undefined : cursor.decode(page.cursor)[0];
    const rows = await this.stores.list(filter, after, page.limit + 1);
    return toPage(
      rows,
      page.limit,
      (row) => row,
      (row) => cursor.encode([row.store_id]),
    );
  }

  /**
   * Creates or changes a store. An absent field of an existing store stays, and null clears a number. Returns true if the store was created.
   *
   * @throws InvalidInputError for invalid values, for half of a position, and for a new store without a name or an area code
   */
  async put(change: StoreChange): Promise<boolean> {
    return (await this.change(change)).isNew;
  }

  /** As {@link put}, and returns the store too. */
  async change(change: StoreChange): Promise<{ readonly store: ShelflineStore; readonly isNew: boolean }> {
    for (;;) {
      const changed = await this.database.transaction(async (transaction) => {
        const found = await this.stores.lock(transaction, change.store_id);
        const store = toChangedStore(found, change);
        if (found !== undefined) await this.stores.update(transaction, store);
        else if (!(await this.stores.insert(transaction, store))) return undefined;
        return { store, isNew: found === undefined };
      });
      // Undefined: another request created the store at the same time.
      if (changed !== undefined) return changed;
    }
  }

  /** @throws NotFoundError */
  async delete(storeId: string): Promise<void> {
    if (!(await this.stores.delete(storeId))) throw new NotFoundError('Store not found', 'store_not_found');
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
  async importCsv(
    source: Readable,
    { maxRejectedRows = MAX_REJECTED_ROWS, caller = '', stallMs = STALL_MS, charset }: ImportOptions = {},
  ): Promise<ImportResult> {
    const file = new StoreFile(source, maxRejectedRows, charset);
    try {
      const first = await file.nextBatch();
      const imported = await this.imports.run(caller, stallMs, (current) =>
        this.import(first, file, () => current.receive(file.nextBatch())),
      );
      if (imported === undefined) throw new Error('the import was not applied');
      return imported;
    } catch (error) {
      // A pending read would delay the response.
      source.destroy();
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Imports the file if there are no stores. If several processes start at the same time, one imports it. */
  async seedIfEmpty(open: () => Readable): Promise<ImportResult | undefined> {
    if (!(await this.stores.isEmpty())) return undefined;
    const file = new StoreFile(open(), Number.POSITIVE_INFINITY);
    try {
      const nextBatch = (): Promise<StoreInRow[]> => file.nextBatch();
      return await this.import(await nextBatch(), file, nextBatch, (transaction) =>
        this.stores.isEmpty(transaction),
      );
    } finally {
      await file.close();
    }
  }

  /**
   * Collects the rows of a file, and applies them in one transaction.
   *
   * @param isWanted called in that transaction, under the lock of imports. If it resolves to false, nothing is imported and the result is undefined.
   */
  private async import(
    first: StoreInRow[],
    file: StoreFile,
    nextBatch: () => Promise<StoreInRow[]>,
    isWanted: (transaction: Transaction) => Promise<boolean> = async () => true,
  ): Promise<ImportResult | undefined> {
    return this.database.session(async (session) => {
      await this.stores.beginImport(session);
      try {
        await this.gather(session, first, nextBatch);
        await this.rejectContradictions(session, file);
        const counts = await session.transaction(async (transaction) => {
          await this.stores.lockImports(transaction);
          if (!(await isWanted(transaction))) return undefined;
          return this.stores.applyImport(transaction, file.columns);
        });
        if (counts === undefined) return undefined;
        const { rejectedCount, rejected } = file;
        const received = counts.inserted + counts.updated + counts.unchanged + rejectedCount;
        return { received, ...counts, rejected_count: rejectedCount, rejected: [...rejected] };
      } finally {
        // A broken connection has no rows left to remove.
        await this.stores.endImport(session).catch(() => {});
      }
    });
  }

  private async gather(
    session: Session,
    first: StoreInRow[],
    nextBatch: () => Promise<StoreInRow[]>,
  ): Promise<void> {
    for (let batch = first; batch.length > 0; batch = await nextBatch())
      await this.stores.gather(session, batch);
  }

  /** If two rows of a store have different values, the second row is rejected. */
  private async rejectContradictions(session: Session, file: StoreFile): Promise<void> {
    const { count, first } = await this.stores.rejectContradictions(session);
    if (count === 0) return;
    const rows = first.map(({ row, store_id, first_row }) => ({
      row,
      error: `StoreID "${store_id}" stands in row ${first_row} with other values`,
    }));
    file.reject(rows, count);
  }
}
