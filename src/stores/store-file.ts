import type { Readable } from 'node:stream';
import { ApiError } from '../http/errors/api-error.js';
import { MAX_FAULTS } from '../http/input/validation.js';
import { isLongIteration, yieldToEventLoop } from '../http/yield-to-event-loop.js';
import { readStoreCsv, type StoreInFile, type StoreRow } from './store-csv.js';

export interface StoreInRow {
  readonly row: number;
  readonly store: StoreInFile;
}

/** A row that was rejected. Its `line` counts as a spreadsheet does: the header is 1, and a row whose cells hold line breaks counts once. */
export interface RejectedRow {
  readonly line: number;
  readonly error: string;
}

const BATCH_SIZE = 5_000;
/** The maximum number of rejected rows that are listed. */
export const REJECTED_SHOWN = 100;

/** The optional columns that a file has. */
export interface FileColumns {
  readonly hasPosition: boolean;
  readonly hasRadius: boolean;
}

/** Reads a store master file in batches as it arrives. */
export class StoreFile {
  rejectedCount = 0;
  /** The first hundred rejected rows. */
  rejected: readonly RejectedRow[] = [];
  /** Known from the first store on. Every row has the same columns. */
  columns: FileColumns = { hasPosition: false, hasRadius: false };

  private readonly rows: AsyncGenerator<StoreRow>;

  /** @param maxRejected a file with more rejected rows is refused */
  constructor(
    source: Readable,
    private readonly maxRejected: number,
    charset?: string,
  ) {
    this.rows = readStoreCsv(source, charset);
  }

  /**
   * Returns the next stores. At the end of the file they are fewer than a full batch, or none.
   *
   * @throws ApiError (`400`) as {@link readStoreCsv}, and for too many rejected rows
   */
  async nextBatch(): Promise<StoreInRow[]> {
    const stores: StoreInRow[] = [];
    while (stores.length < BATCH_SIZE) {
      // Rows of one block of the body come without a pause between them.
      if (isLongIteration()) await yieldToEventLoop();
      const { done, value } = await this.rows.next();
      if (done === true) break;
      if ('store' in value) {
        const { row, store } = value;
        this.columns = { hasPosition: 'latitude' in store, hasRadius: 'radius_meters' in store };
        stores.push({ row, store });
      } else this.reject([{ row: value.row, error: value.error }]);
    }
    return stores;
  }

  /**
   * Records rejected rows, and lists them in order of the file.
   *
   * @param count the number of all rows, if `rows` has only the first hundred
   * @throws ApiError `400` for too many rejected rows
   */
  reject(rows: readonly { readonly row: number; readonly error: string }[], count = rows.length): void {
    this.rejectedCount += count;
    // Most rows come in order, behind a full list.
    const behind = this.rejected[REJECTED_SHOWN - 1]?.line ?? Infinity;
    const listed = rows.filter(({ row }) => row < behind).map(({ row, error }) => ({ line: row, error }));
    if (listed.length > 0)
      this.rejected = [...this.rejected, ...listed]
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

  /** Closes the source, even if it is not read to its end. */
  async close(): Promise<void> {
    await this.rows.return(undefined);
  }
}
