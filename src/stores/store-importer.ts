import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database, type Session, type Transaction } from '../database/database.js';
import { ImportQueue } from './import-queue.js';
import { type RejectedRow, StoreFile, type StoreInRow } from './store-file.js';
import { type ImportCounts, StoresRepository } from './stores.repository.js';

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

/** Imports store master files. */
@Injectable()
export class StoreImporter {
  private readonly imports = new ImportQueue();

  constructor(
    private readonly database: Database,
    private readonly stores: StoresRepository,
  ) {}

  /** Does what {@link StoresService.importCsv} promises. */
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
