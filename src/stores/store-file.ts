import type { Readable } from 'node:stream';
import { ApiError } from '../http/errors/api-error.js';
import { MAX_FAULTS } from '../http/input/validation.js';
import { readStoreCsv, type StoreRow } from './store-csv.js';
import type { Store } from './store.entity.js';

const BATCH_SIZE = 5_000;
/** Most rejected rows that are told. */
export const REJECTED_SHOWN = 100;

/** A store master file that is read batch by batch, as it comes in. */
export class StoreFile {
  rejectedCount = 0;
  /** The first hundred of the rows that are no stores. */
  readonly rejected: { readonly line: number; readonly error: string }[] = [];

  private readonly rows: AsyncGenerator<StoreRow>;

  /** @param maxRejected a file with more rows that are no stores is refused */
  constructor(
    source: Readable,
    private readonly maxRejected: number,
  ) {
    this.rows = readStoreCsv(source);
  }

  /**
   * The next stores, fewer than a full batch or none at the end of the file.
   *
   * @throws ApiError (`400`) as {@link readStoreCsv}, and for too many rows that are no stores
   */
  async nextBatch(): Promise<Store[]> {
    const stores: Store[] = [];
    while (stores.length < BATCH_SIZE) {
      const { done, value: row } = await this.rows.next();
      if (done === true) break;
      if ('store' in row) stores.push(row.store);
      else this.reject(row.line, row.error);
    }
    return stores;
  }

  /** Lets go of the source, read to its end or not. */
  async close(): Promise<void> {
    await this.rows.return(undefined);
  }

  private reject(line: number, error: string): void {
    this.rejectedCount += 1;
    if (this.rejected.length < REJECTED_SHOWN) this.rejected.push({ line, error });
    if (this.rejectedCount <= this.maxRejected) return;
    throw new ApiError(
      400,
      `More than ${this.maxRejected} rows are no stores, so nothing was imported. The details list the first.`,
      'too_many_rejected_rows',
      this.rejected.slice(0, MAX_FAULTS).map((row) => ({ path: `Line ${row.line}`, message: row.error })),
    );
  }
}
