import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import type { Image, ImageStatus } from './image.entity.js';

/** An image to be inserted; `seq` is its place in the list. */
export interface NewImage {
  readonly visit: number;
  readonly url: string;
  readonly status: 'pending' | 'skipped';
}

/** A range of a job's images in one run of it: `from` inclusive, `to` exclusive. */
export interface ImageRange {
  readonly job: string;
  readonly run: number;
  readonly from: number;
  readonly to: number;
}

/** An image that wants to be fetched. */
export type DueImage = Pick<Image, 'seq' | 'url' | 'attempts'>;

/** What one try came to: a final state, or `pending` with the time of the next try. */
export type ImageResult = Pick<
  Image,
  | 'seq'
  | 'width'
  | 'height'
  | 'perimeter'
  | 'format'
  | 'mime'
  | 'orientation'
  | 'next_attempt_at'
  | 'error'
  | 'error_code'
> & { readonly status: Exclude<ImageStatus, 'skipped'>; readonly content_length: number | null };

/** A row of the results, with what it takes from its visit. */
export type ResultRow = Omit<Image, 'run' | 'next_attempt_at'> & { store_id: string; visit_time: Date };

export interface ResultFilter {
  readonly status: ImageStatus | undefined;
  readonly storeId: string | undefined;
}

/** Rows of one INSERT: large enough to be cheap, small enough not to hold a job's images twice. */
const INSERT_ROWS = 10_000;

/** The image rows: inserted once, written once more with their result. */
@Injectable()
export class ImagesRepository {
  constructor(private readonly database: Database) {}

  /** Inserts a job's images in the order of the list. */
  async insert(
    transaction: Transaction,
    job: string,
    run: number,
    images: readonly NewImage[],
  ): Promise<void> {
    for (let first = 0; first < images.length; first += INSERT_ROWS) {
      const rows = images.slice(first, first + INSERT_ROWS);
      await transaction.query(
        `INSERT INTO shelfline.image (job, run, seq, visit, url, status)
         SELECT $1, $2, $3 + u.ordinality - 1, u.visit, u.url, u.status
           FROM unnest($4::int[], $5::text[], $6::text[]) WITH ORDINALITY AS u (visit, url, status, ordinality)`,
        [
          job,
          run,
          first,
          rows.map((row) => row.visit),
          rows.map((row) => row.url),
          rows.map((row) => row.status),
        ],
      );
    }
  }

  /** The images of a range that are pending and due. Reads the primary key's range. */
  async due(range: ImageRange, now: Date): Promise<DueImage[]> {
    return this.database.query<DueImage>(
      `SELECT seq, url, attempts
         FROM shelfline.image
        WHERE job = $1 AND seq >= $2 AND seq < $3 AND run = $4
          AND status = 'pending' AND (next_attempt_at IS NULL OR next_attempt_at <= $5)
        ORDER BY seq`,
      [range.job, range.from, range.to, range.run, now],
    );
  }

  /** When the next image of a range is due; null when none is pending. */
  async nextDue(transaction: Transaction, range: ImageRange): Promise<Date | null> {
    const [row] = await transaction.query<{ next: Date | null }>(
      `SELECT min(coalesce(next_attempt_at, now())) AS next
         FROM shelfline.image
        WHERE job = $1 AND seq >= $2 AND seq < $3 AND run = $4 AND status = 'pending'`,
      [range.job, range.from, range.to, range.run],
    );
    return row?.next ?? null;
  }

  /**
   * Writes the results of rows that are still pending in this run, and says how many rows came to which state. The
   * caller holds the lock of the job's row, so that rows are locked in one order everywhere.
   */
  async record(
    transaction: Transaction,
    range: ImageRange,
    results: readonly ImageResult[],
    now: Date,
  ): Promise<Map<ImageStatus, number>> {
    const column = <K extends keyof ImageResult>(name: K): ImageResult[K][] =>
      results.map((result) => result[name]);
    const rows = await transaction.query<{ status: ImageStatus; rows: number }>(
      `WITH changed AS (
         UPDATE shelfline.image AS i
            SET status = u.status, width = u.width, height = u.height, perimeter = u.perimeter,
                format = u.format, mime = u.mime, orientation = u.orientation, content_length = u.content_length,
                attempts = i.attempts + 1, next_attempt_at = u.next_attempt_at,
                error = u.error, error_code = u.error_code,
                processed_at = CASE WHEN u.status <> 'pending' THEN $5::timestamptz END
           FROM unnest($6::int[], $7::text[], $8::int[], $9::int[], $10::int[], $11::text[], $12::text[],
                       $13::smallint[], $14::bigint[], $15::timestamptz[], $16::text[], $17::text[])
             AS u (seq, status, width, height, perimeter, format, mime,
                   orientation, content_length, next_attempt_at, error, error_code)
          WHERE i.job = $1 AND i.seq >= $2 AND i.seq < $3 AND i.seq = u.seq
            AND i.run = $4 AND i.status = 'pending'
         RETURNING i.status)
       SELECT status, count(*)::int AS rows FROM changed GROUP BY status`,
      [
        range.job,
        range.from,
        range.to,
        range.run,
        now,
        column('seq'),
        column('status'),
        column('width'),
        column('height'),
        column('perimeter'),
        column('format'),
        column('mime'),
        column('orientation'),
        column('content_length'),
        column('next_attempt_at'),
        column('error'),
        column('error_code'),
      ],
    );
    return new Map(rows.map((row) => [row.status, row.rows]));
  }

  /**
   * Results in the order of submission, from after `[visit, seq]` on. Without a store the primary key (or, by status,
   * `image_by_status`) serves the order; with one, `visit_by_store` gives the visits and each visit's range its images.
   */
  async results(
    job: string,
    filter: ResultFilter,
    after: readonly [number, number],
    limit: number,
  ): Promise<ResultRow[]> {
    const columns = `i.job, i.seq, i.visit, i.url, i.status, i.width, i.height, i.perimeter, i.format, i.mime, i.orientation,
                     i.content_length, i.analysis, i.attempts, i.error, i.error_code, i.processed_at,
                     v.store_id, v.visit_time`;
    if (filter.storeId === undefined) {
      return this.database.query<ResultRow>(
        `SELECT ${columns}
           FROM (SELECT * FROM shelfline.image
                  WHERE job = $1 AND seq > $2 ${filter.status === undefined ? '' : 'AND status = $4'}
                  ORDER BY seq LIMIT $3) AS i
           JOIN shelfline.visit AS v ON v.job = i.job AND v.seq = i.visit
          ORDER BY i.seq`,
        [job, after[1], limit, ...(filter.status === undefined ? [] : [filter.status])],
      );
    }
    return this.database.query<ResultRow>(
      `SELECT ${columns}
         FROM shelfline.visit AS v
         CROSS JOIN LATERAL (
           SELECT * FROM shelfline.image AS image
            WHERE image.job = v.job AND image.seq >= v.first_image AND image.seq < v.first_image + v.image_count
              AND image.seq > $3 ${filter.status === undefined ? '' : 'AND image.status = $6'}
            ORDER BY image.seq) AS i
        WHERE v.job = $1 AND v.store_id = $5 AND v.seq >= $2
        ORDER BY v.seq, i.seq LIMIT $4`,
      [
        job,
        after[0],
        after[1],
        limit,
        filter.storeId,
        ...(filter.status === undefined ? [] : [filter.status]),
      ],
    );
  }
}
