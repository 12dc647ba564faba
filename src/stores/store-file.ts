import type { Readable } from 'node:stream';
import { ApiError } from '../http/errors/api-error.js';
import { MAX_FAULTS } from '../http/input/validation.js';
import { readStoreCsv, type StoreRow } from './store-csv.js';
import type { Store } from './store.entity.js';

/** A store, and the row of its file. */
export interface StoreInRow {
  readonly row: number;
  readonly store: Store;
}

/** A row that was rejected. Its `line` counts as a spreadsheet does: the header is 1, and a row whose cells hold line breaks counts once. */
export interface RejectedRow {
  readonly line: number;
  readonly error: string;
}

const BATCH_SIZE = 5_000;
/** Most rejected rows that are told. */
export const REJECTED_SHOWN = 100;

/** A store master file that is read batch by batch, as it comes in. */
export class StoreFile {
  rejectedCount = 0;
  /** The first hundred of the rows that were rejected. */
  rejected: readonly RejectedRow[] = [];

  private readonly rows: AsyncGenerator<StoreRow>;

  /** @param maxRejected a file with more rows that are no stores is refused */
  constructor(
    source: Readable,
    private readonly maxRejected: number,
    charset?: string,
  ) {
    this.rows = readStoreCsv(source, charset);
  }

  /**
   * The next stores, fewer than a full batch or none at the end of the file.
   *
   * @throws ApiError (`400`) as {@link readStoreCsv}, and for too many rows that are no stores
   */
  async nextBatch(): Promise<StoreInRow[]> {
    const stores: StoreInRow[] = [];
    while (stores.length < BATCH_SIZE) {
      const { done, value } = await this.rows.next();
      if (done === true) break;
      if ('store' in value) stores.push({ row: value.row, store: value.store });
      else this.reject([{ row: value.row, error: value.error }]);
    }
    return stores;
  }

  /**
   * Rejects rows. They are listed in the order of the file.
   *
   * @param count of all of them, of which the first hundred are given
   * @throws ApiError `400` where there are too many
   */
  reject(rows: readonly { readonly row: number; readonly error: string }[], count = rows.length): void {
    this.rejectedCount += count;
    this.rejected = [...this.rejected, ...rows.map(({ row, error }) => ({ line: row, error }))]
      .toSorted((one, other) => one.line - other.line)
      .slice(0, REJECTED_SHOWN);
    if (this.rejectedCount <= this.maxRejected) return;
    throw new ApiError(
      400,
      `More than ${this.maxRejected} rows are no stores, so nothing was imported. The details list the first.`,
      'too_many_rejected_rows',
      this.rejected.slice(0, MAX_FAULTS).map((row) => ({ path: `Row ${row.line}`, message: row.error })),
    );
  }

  /** Lets go of the source, read to its end or not. */
  async close(): Promise<void> {
    await this.rows.return(undefined);
  }
}
