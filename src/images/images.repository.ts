import { Injectable } from '@nestjs/common';
import { Database, type Querying, type Transaction } from '../database/database.js';
import type { ShelflineImage, ImageStatus } from './image.entity.js';
import type { FileKeys } from './flags/file-keys.js';
import { type FlagFilter, toFilterMask } from './flags/flag-codes.js';
import type { StoredEvidence } from './flags/flag.js';
import { IMAGE_STATE } from './image-state.js';
import { toRecordStatement } from './record-statement.js';
import { RESULT_COLUMNS, type ResultRow } from './results/result-fields.js';

/** A range of a job's images in one run of it: `from` inclusive, `to` exclusive. */
export interface ImageRange {
  readonly job: string;
  readonly run: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The result of an image: a final state, or `pending` with the pause before the next attempt. It contains no
 * times, because the database's clock sets them when the result is recorded.
 */
export type ImageResult = Pick<
  ShelflineImage,
  'seq' | 'width' | 'height' | 'perimeter' | 'format' | 'mime' | 'orientation' | 'error' | 'error_code'
> & {
  readonly status: Exclude<ImageStatus, 'skipped'>;
  readonly content_length: number | null;
  /** Whether an attempt was made. A deferral is no attempt. */
  readonly attempted: boolean;
  /** Milliseconds until the next attempt; null if there is none. */
  readonly pause_ms: number | null;
  /**
   * Whether the image was deferred for the first time for faults of its host. Sets `held_since`, unless another
   * process has set it.
   */
  readonly held: boolean;
  /** Whether the host refused this image. */
  readonly refused?: boolean;
  /** The findings of analyzers as JSON, if any. */
  readonly analysis?: string;
  /** What identifies the file. */
  readonly keys?: FileKeys;
  /** The bits of the flags about the image itself, if it has any, and evidence of theirs that is stored. */
  readonly flags?: number;
  readonly flagEvidence?: StoredEvidence;
};

/** Number of images with each result. Those that stay `pending` are tried later or deferred. */
export interface RecordedImages extends Pick<ImageResult, 'status' | 'error_code' | 'attempted'> {
  readonly images: number;
}

/** A row of the results, or none, with the columns of the job. */
type FoundRow = { readonly number: string; readonly rows_behind: boolean } & (
  ResultRow | { readonly seq: null }
);

/** Results of a job, and its number. */
export interface JobResults {
  readonly number: string;
  readonly rows: readonly ResultRow[];
}

/** Filters of the results of a job. An image has to match all that are given. */
export interface ResultFilter {
  /** Only images with this status. */
  readonly status?: ImageStatus | undefined;
  /** Only images of visits to this store. */
  readonly storeId?: string | undefined;
  readonly flag?: FlagFilter | undefined;
}

/**
 * The columns of a result. The state of the image replaces its stored status, which may be older than the
 * job's.
 */
const READ_COLUMNS = [...RESULT_COLUMNS]
  .map((column) => (column === 'status' ? 'r.state AS status' : `r.${column}`))
  .join(', ');

/** What a result takes from its visit `v` of the job `j`. A store that was unknown in an earlier run may be known by now. */
const OF_VISIT = `v.store_id, v.visit_time, v.reference AS visit_reference, v.metadata AS visit_metadata,
                  v.unknown_store AND v.run = j.run AS unknown_store`;

/**
 * The combinations of flags that occur in the job `j`. Reads one entry of `image_by_flags` for each.
 */
const OCCURRING_FLAGS = `
  WITH RECURSIVE occurring (flags) AS (
    (SELECT i.flags FROM shelfline.image AS i WHERE i.job = j.id AND i.flags <> 0 ORDER BY i.flags LIMIT 1)
    UNION ALL
    SELECT (SELECT i.flags FROM shelfline.image AS i
             WHERE i.job = j.id AND i.flags > occurring.flags AND i.flags <> 0 ORDER BY i.flags LIMIT 1)
      FROM occurring WHERE occurring.flags IS NOT NULL)`;

/** Records the results of images, and reads them. */
@Injectable()
export class ImagesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Records the results of rows that are still pending in this run. Returns the number of rows for each result.
   * The caller holds the lock of the job's row, so that rows are locked in the same order everywhere.
   */
  async record(
    transaction: Transaction,
    range: ImageRange,
    results: readonly ImageResult[],
  ): Promise<RecordedImages[]> {
    const { statement, parameters } = toRecordStatement(range, results);
    return transaction.run<RecordedImages>(statement, parameters);
  }

  /**
   * Results in the order of submission, after `[visit, seq]`; undefined if the job does not exist. Without a
   * store, the primary key (or `image_by_status` for a status) gives the order. With a store, `visit_by_store`
   * finds the visits, and the range of each visit its images. While a sweep is pending, `pending` and `skipped`
   * rows are filtered one by one, `pending` only in an ongoing job, because other jobs have none. With a flag,
   * `image_by_flags` gives the order: each combination of flags that occurs in the job is read by itself.
   *
   * @param job its id; for one release its number is accepted too
   * @param rowsBehind whether a sweep is pending, if that is known
   */
  async results(
    job: string,
    filter: ResultFilter,
    after: readonly [number, number],
    limit: number,
    rowsBehind = false,
    on: Querying = this.database,
  ): Promise<JobResults | undefined> {
    const parameters: unknown[] = [job, after[1], limit];
    const bind = (value: unknown): string => `$${parameters.push(value)}`;
    const images = selectImages(filter, rowsBehind, bind);
    const bits = filter.flag === undefined ? undefined : `${bind(toFilterMask(filter.flag))}::int`;
    const inOrder = `${images} ORDER BY i.seq LIMIT $3`;
    const ofFlag = `${OCCURRING_FLAGS}
      SELECT i.* FROM occurring
       CROSS JOIN LATERAL (${images} AND i.flags = occurring.flags AND i.flags <> 0 ORDER BY i.seq LIMIT $3) AS i
       WHERE occurring.flags & ${bits} <> 0
       ORDER BY i.seq LIMIT $3`;
    const rows =
      filter.storeId === undefined
        ? `SELECT i.*, ${OF_VISIT}
             FROM (${bits === undefined ? inOrder : ofFlag}) AS i
             JOIN shelfline.visit AS v ON v.job = i.job AND v.seq = i.visit`
        : `SELECT i.*, ${OF_VISIT}
             FROM shelfline.visit AS v
            CROSS JOIN LATERAL (
              ${images} ${bits === undefined ? '' : `AND i.flags & ${bits} <> 0`}
                 AND i.seq >= v.first_image AND i.seq < v.first_image + v.image_count ORDER BY i.seq) AS i
            WHERE v.job = j.id ${bits === undefined ? '' : `AND v.flags & ${bits} <> 0`}
              AND v.store_id = ${bind(filter.storeId)} AND v.seq >= ${bind(after[0])}
            ORDER BY v.seq, i.seq LIMIT $3`;
    // One statement reads the job and its rows at one moment.
    const found = await on.query<FoundRow>(
      `SELECT j.id AS number, j.rows_behind, ${READ_COLUMNS}
         FROM shelfline.job AS j
         LEFT JOIN LATERAL (${rows}) AS r ON true
        WHERE ${isNumber(job) ? 'j.id' : 'j.job_id'} = $1
        ORDER BY r.seq LIMIT $3`,
      parameters,
    );
    const [first] = found;
    if (first === undefined) return undefined;
    // The query was wrong for the state of the job, so it is repeated.
    if (first.rows_behind !== rowsBehind)
      return this.results(job, filter, after, limit, first.rows_behind, on);
    const read = found.filter((row): row is ResultRow & typeof row => row.seq !== null);
    return { number: first.number, rows: read };
  }

  /**
   * The number of results of a job that match, and at most `max`; 0 if the job does not exist. If all its images are no more than `max`, they are
   * not counted.
   *
   * @param job its id
   */
  async countResults(job: string, filter: ResultFilter, max: number): Promise<number> {
    const [found] = await this.database.query<{ readonly total: number; readonly rows_behind: boolean }>(
      'SELECT total, rows_behind FROM shelfline.job WHERE job_id = $1',
      [job],
    );
    if (found === undefined || found.total <= max) return found?.total ?? 0;
    const parameters: unknown[] = [job, -1, max];
    const bind = (value: unknown): string => `$${parameters.push(value)}`;
    const images = selectImages(filter, found.rows_behind, bind);
    const ofStore =
      filter.storeId === undefined
        ? ''
        : `JOIN shelfline.visit AS v ON v.job = j.id AND v.seq = i.visit AND v.store_id = ${bind(filter.storeId)}`;
    const [counted] = await this.database.query<{ readonly count: number }>(
      `SELECT count(*)::int AS count
         FROM (SELECT 1 FROM shelfline.job AS j CROSS JOIN LATERAL (${images}) AS i ${ofStore}
                WHERE j.job_id = $1 LIMIT $3) AS counted`,
      parameters,
    );
    return counted?.count ?? 0;
  }
}

/** Selects the images of the job `j` after the number `$2` that match the status. */
function selectImages(
  { status, flag }: ResultFilter,
  rowsBehind: boolean,
  bind: (value: unknown) => string,
): string {
  const wanted = status === undefined ? undefined : bind(status);
  const ofStatus = wanted === undefined ? '' : `AND ${IMAGE_STATE} = ${wanted}`;
  const isRead = status === 'pending' ? `AND j.status = 'ongoing'` : '';
  const isStored = status === 'succeeded' || status === 'failed' || !rowsBehind;
  const byIndex = wanted === undefined || !isStored ? '' : `AND i.status = ${wanted}`;
  // Only measured images have flags.
  const isFlagged = flag !== undefined && status !== undefined && status !== 'succeeded' ? 'AND false' : '';
  return `SELECT i.*, ${IMAGE_STATE} AS state FROM shelfline.image AS i
           WHERE i.job = j.id AND i.seq > $2 ${byIndex} ${isRead} ${ofStatus} ${isFlagged}`;
}

/** Whether a text is a job's number. A job's id never is. */
function isNumber(job: string): boolean {
  return /^\d+$/.test(job);
}
