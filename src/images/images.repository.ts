import { Injectable } from '@nestjs/common';
import { toArrayLiteral, toTextArrayLiteral } from '../database/array-literal.js';
import { copyText } from '../database/copy-text.js';
import { Database, type PreparedStatement, type Transaction } from '../database/database.js';
import type { ShelflineImage, ImageStatus } from './image.entity.js';
import { IMAGE_ERROR_CODES, type ImageErrorCode } from './image-error-code.js';
import { IMAGE_STATE } from './image-state.js';
import type { ImagePlace } from './result-ids.js';
import { isUsableSql } from './usable-image.js';
import { toHostSql } from './url-host.js';
import { RESULT_COLUMNS, type ResultRow } from './results/result-fields.js';

/** An image to be inserted. */
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

/** An image that is pending and due. */
export interface DueImage extends Pick<ShelflineImage, 'seq' | 'url' | 'attempts'> {
  /**
   * How long it had been deferred for faults of its host when it was read, in milliseconds; null if it was not.
   */
  readonly held_ms: number | null;
  /**
   * How often its host refused it, and the milliseconds since the first refusal, by the database's clock.
   */
  readonly refusals: number;
  readonly refused_ms: number;
}

/** The data of an image's visit. */
export type VisitOfImage = Pick<ResultRow, 'store_id' | 'visit_time'> & { readonly time_zone: string | null };

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
};

/** Number of images with each result. Those that stay `pending` are tried later or deferred. */
export interface RecordedImages extends Pick<ImageResult, 'status' | 'error_code' | 'attempted'> {
  /** The host of images that failed, else null. */
  readonly host: string | null;
  readonly images: number;
  /** The `seq` of the first of them. */
  readonly first: number;
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

export interface ResultFilter {
  readonly status?: ImageStatus | undefined;
  readonly storeId?: string | undefined;
  /** Why images failed. Other images have no error code here. */
  readonly errorCode?: ImageErrorCode | undefined;
  /** The host of failed images, as {@link toHostSql} makes it of their URLs. */
  readonly host?: string | undefined;
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

/** Finds the job `$1` if it is ongoing in the run `$4`. */
const RUNS = `SELECT 1 FROM shelfline.job WHERE id = $1 AND run = $4 AND status = 'ongoing'`;

const DUE: PreparedStatement = {
  name: 'shelfline_images_due',
  text: `
    SELECT seq, url, attempts - earlier_attempts AS attempts,
           (extract(epoch FROM now() - held_since) * 1000)::float8 AS held_ms,
           coalesce(refusals, 0) AS refusals,
           coalesce(extract(epoch FROM now() - refused_since) * 1000, 0)::float8 AS refused_ms
      FROM shelfline.image
     WHERE job = $1 AND seq >= $2 AND seq < $3 AND run = $4
       AND status = 'pending' AND (next_attempt_at IS NULL OR next_attempt_at <= now())
       AND EXISTS (${RUNS})
     ORDER BY seq`,
};

// The visits are looked up one by one. A join might be planned as a scan of all visits of the job.
const VISITS: PreparedStatement = {
  name: 'shelfline_images_visits',
  text: `
    SELECT image.seq, visit.store_id, visit.visit_time, (SELECT time_zone FROM shelfline.job WHERE id = $1) AS time_zone
      FROM shelfline.image AS image
     CROSS JOIN LATERAL (
       SELECT store_id, visit_time FROM shelfline.visit WHERE job = image.job AND seq = image.visit LIMIT 1) AS visit
     WHERE image.job = $1 AND image.seq >= $2 AND image.seq < $3`,
};

/** A column that only some results have: its assignment, type and values. */
interface FurtherColumn {
  readonly name: string;
  readonly set: string;
  readonly type: string;
  readonly toValues: (results: readonly ImageResult[]) => string;
}

const ANALYSIS: FurtherColumn = {
  name: 'analysis',
  set: 'analysis = u.analysis',
  type: 'jsonb',
  toValues: (results) => toTextArrayLiteral(results.map(({ analysis }) => analysis ?? null)),
};

const REFUSED: FurtherColumn = {
  name: 'refused',
  set: `refusals = CASE WHEN u.refused THEN coalesce(i.refusals, 0) + 1 ELSE i.refusals END,
             refused_since = CASE WHEN u.refused THEN coalesce(i.refused_since, now()) ELSE i.refused_since END`,
  type: 'boolean',
  toValues: (results) => toArrayLiteral(results.map(({ refused }) => refused === true)),
};

/** Takes the results as arrays, the further columns last. Moves the numbers of the images of their visits too. */
const recordWith = (...further: readonly FurtherColumn[]): PreparedStatement => ({
  name: ['shelfline_images_record', ...further.map(({ name }) => name)].join('_'),
  text: `
    WITH changed AS (
      UPDATE shelfline.image AS i
         SET status = u.status, width = u.width, height = u.height, perimeter = u.perimeter,
             format = u.format, mime = u.mime, orientation = u.orientation, content_length = u.content_length,
             attempts = i.attempts + u.attempted::int,
             next_attempt_at = now() + u.pause_ms * interval '1 millisecond',
             held_since = CASE WHEN u.held THEN coalesce(i.held_since, now()) ELSE i.held_since END,
             error = u.error, error_code = u.error_code,
             ${further.map(({ set }) => `${set},`).join(' ')}
             processed_at = CASE WHEN u.status <> 'pending' THEN now() END
        FROM unnest($5::int[], $6::text[], $7::int[], $8::int[], $9::int[], $10::text[], $11::text[],
                    $12::smallint[], $13::bigint[], $14::float8[], $15::text[], $16::text[],
                    $17::boolean[], $18::boolean[]
                    ${further.map(({ type }, index) => `, $${19 + index}::${type}[]`).join('')})
          AS u (seq, status, width, height, perimeter, format, mime,
                orientation, content_length, pause_ms, error, error_code, attempted, held
                ${further.map(({ name }) => `, ${name}`).join('')})
       WHERE i.job = $1 AND i.seq >= $2 AND i.seq < $3 AND i.seq = u.seq
         AND i.run = $4 AND i.status = 'pending'
      RETURNING i.seq, i.visit, i.status, i.error_code, u.attempted, ${isUsableSql('i')} AS is_usable,
                CASE WHEN i.status = 'failed' THEN ${toHostSql('i.url')} END AS host),
    counted AS (
      UPDATE shelfline.visit AS visit
         SET succeeded = visit.succeeded + moved.succeeded, usable = visit.usable + moved.usable,
             failures = visit.failures || moved.failures
        FROM (SELECT visit, count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
                     count(*) FILTER (WHERE is_usable) AS usable,
                     array_agg(error_code) FILTER (WHERE status = 'failed') AS failures
                FROM changed WHERE status <> 'pending' GROUP BY visit) AS moved
       -- The range keeps a plan from reading all visits of the job.
       WHERE visit.job = $1 AND visit.seq = moved.visit
         AND visit.seq BETWEEN (SELECT min(visit) FROM changed) AND (SELECT max(visit) FROM changed))
    SELECT status, error_code, attempted, host, count(*)::int AS images, min(seq) AS first
      FROM changed GROUP BY status, error_code, attempted, host`,
});

const RECORD = recordWith();
const RECORD_ANALYSED = recordWith(ANALYSIS);
const RECORD_REFUSED = recordWith(REFUSED);
const RECORD_BOTH = recordWith(ANALYSIS, REFUSED);

/**
 * Characters of rows that are encoded and sent in one piece, which takes a few milliseconds. URLs may be long.
 */
const COPY_CHARACTERS = 1_000_000;

@Injectable()
export class ImagesRepository {
  constructor(private readonly database: Database) {}

  /** Inserts images of a job in the order of the list. The first gets the number `from`. */
  async insert(
    transaction: Transaction,
    job: string,
    run: number,
    from: number,
    images: readonly NewImage[],
  ): Promise<void> {
    const copy = async (rows: string): Promise<void> =>
      transaction.copy('shelfline.image (job, run, seq, visit, url, status)', rows);
    let rows = '';
    for (const [index, { visit, url, status }] of images.entries()) {
      rows += `${job}\t${run}\t${from + index}\t${visit}\t${copyText(url)}\t${status}\n`;
      if (rows.length < COPY_CHARACTERS) continue;
      await copy(rows);
      rows = '';
    }
    if (rows !== '') await copy(rows);
  }

  /**
   * The images of a range that are pending and due; empty if the job has ended, was deleted, or is in another
   * run. Reads a range of the primary key.
   */
  async due(range: ImageRange): Promise<DueImage[]> {
    return this.database.run<DueImage>(DUE, [range.job, range.from, range.to, range.run]);
  }

  /** The data of the visits of a range of images, by image number. */
  async findVisits({ job, from, to }: ImageRange): Promise<ReadonlyMap<number, VisitOfImage>> {
    const rows = await this.database.run<VisitOfImage & Pick<ShelflineImage, 'seq'>>(VISITS, [job, from, to]);
    return new Map(rows.map((row) => [row.seq, row]));
  }

  /** When the next image of a range is due; null if none is pending or the job is not ongoing. */
  async nextDue(transaction: Transaction, range: ImageRange, pauseMs = 0): Promise<Date | null> {
    const [row] = await transaction.query<{ next: Date | null }>(
      `SELECT min(CASE WHEN next_attempt_at > now() THEN next_attempt_at ELSE now() + $5 * interval '1 millisecond' END) AS next
         FROM shelfline.image
        WHERE job = $1 AND seq >= $2 AND seq < $3 AND run = $4 AND status = 'pending' AND EXISTS (${RUNS})`,
      [range.job, range.from, range.to, range.run, pauseMs],
    );
    return row?.next ?? null;
  }

  /**
   * Records the results of rows that are still pending in this run. Returns the number of rows for each result.
   * The caller holds the lock of the job's row, so that rows are locked in the same order everywhere.
   */
  async record(
    transaction: Transaction,
    range: ImageRange,
    results: readonly ImageResult[],
  ): Promise<RecordedImages[]> {
    const column = <K extends keyof ImageResult>(name: K): ImageResult[K][] =>
      results.map((result) => result[name]);
    const hasAnalysis = results.some(({ analysis }) => analysis !== undefined);
    const hasRefused = results.some(({ refused }) => refused === true);
    const parameters = [
      range.job,
      range.from,
      range.to,
      range.run,
      toArrayLiteral(column('seq')),
      toTextArrayLiteral(column('status')),
      toArrayLiteral(column('width')),
      toArrayLiteral(column('height')),
      toArrayLiteral(column('perimeter')),
      toTextArrayLiteral(column('format')),
      toTextArrayLiteral(column('mime')),
      toArrayLiteral(column('orientation')),
      toArrayLiteral(column('content_length')),
      toArrayLiteral(column('pause_ms')),
      toTextArrayLiteral(column('error')),
      toTextArrayLiteral(column('error_code')),
      toArrayLiteral(column('attempted')),
      toArrayLiteral(column('held')),
    ];
    if (hasAnalysis) parameters.push(ANALYSIS.toValues(results));
    if (hasRefused) parameters.push(REFUSED.toValues(results));
    const statement = hasAnalysis
      ? hasRefused
        ? RECORD_BOTH
        : RECORD_ANALYSED
      : hasRefused
        ? RECORD_REFUSED
        : RECORD;
    return transaction.run<RecordedImages>(statement, parameters);
  }

  /**
   * Results in the order of submission, after `[visit, seq]`; undefined if the job does not exist. Without a
   * store, the primary key (or `image_by_status` for a status) gives the order. With a store, `visit_by_store`
   * finds the visits, and the range of each visit its images. `image_failed_by_code` gives the order for an error code, and `image_failed_by_host` that
   * for a host and an error code. For a host alone, the first images of each error code are merged. While a sweep is pending, `pending` and `skipped`
   * rows are filtered one by one, `pending` only in an ongoing job, because other jobs have none.
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
  ): Promise<JobResults | undefined> {
    const parameters: unknown[] = [job, after[1], limit];
    const bind = (value: unknown): string => `$${parameters.push(value)}`;
    const ofFailures = toFailureConditions(filter, bind);
    // Pending images have the error code of their last attempt.
    const wanted = ofFailures === '' ? filter.status : (filter.status ?? 'failed');
    const status = wanted === undefined ? undefined : bind(wanted);
    const ofStatus = status === undefined ? '' : `AND ${IMAGE_STATE} = ${status}`;
    const isRead = wanted === 'pending' ? `AND j.status = 'ongoing'` : '';
    const isStored = wanted === 'succeeded' || wanted === 'failed' || !rowsBehind;
    const byIndex = status === undefined || !isStored ? '' : `AND i.status = ${status}`;
    const images = `SELECT i.*, ${IMAGE_STATE} AS state FROM shelfline.image AS i
                     WHERE i.job = j.id AND i.seq > $2 ${byIndex} ${isRead} ${ofStatus} ${ofFailures}`;
    const first = `${images} ORDER BY i.seq LIMIT $3`;
    const inOrder = (): string =>
      filter.host === undefined || filter.errorCode !== undefined
        ? first
        : `SELECT of_code.*
             FROM unnest(${bind(IMAGE_ERROR_CODES)}::text[]) AS code
            CROSS JOIN LATERAL (${images} AND i.error_code = code ORDER BY i.seq LIMIT $3) AS of_code
            ORDER BY of_code.seq LIMIT $3`;
    const rows =
      filter.storeId === undefined
        ? `SELECT i.*, ${OF_VISIT}
             FROM (${inOrder()}) AS i
             JOIN shelfline.visit AS v ON v.job = i.job AND v.seq = i.visit`
        : `SELECT i.*, ${OF_VISIT}
             FROM shelfline.visit AS v
            CROSS JOIN LATERAL (
              ${images} AND i.seq >= v.first_image AND i.seq < v.first_image + v.image_count ORDER BY i.seq) AS i
            WHERE v.job = j.id AND v.store_id = ${bind(filter.storeId)} AND v.seq >= ${bind(after[0])}
            ORDER BY v.seq, i.seq LIMIT $3`;
    // One statement reads the job and its rows at one moment.
    const found = await this.database.query<FoundRow>(
      `SELECT j.id AS number, j.rows_behind, ${READ_COLUMNS}
         FROM shelfline.job AS j
         LEFT JOIN LATERAL (${rows}) AS r ON true
        WHERE ${isNumber(job) ? 'j.id' : 'j.job_id'} = $1
        ORDER BY r.seq LIMIT $3`,
      parameters,
    );
    const [any] = found;
    if (any === undefined) return undefined;
    // The query was wrong for the state of the job, so it is repeated.
    if (any.rows_behind !== rowsBehind) return this.results(job, filter, after, limit, any.rows_behind);
    const read = found.filter((row): row is ResultRow & typeof row => row.seq !== null);
    return { number: any.number, rows: read };
  }

  /** The result of one image of a job, by primary keys; undefined if the job does not exist, null if the image does not. */
  async result(jobId: string, { job, seq }: ImagePlace): Promise<ResultRow | null | undefined> {
    const [found] = await this.database.query<FoundRow>(
      `SELECT j.id AS number, j.rows_behind, ${READ_COLUMNS}
         FROM shelfline.job AS j
         LEFT JOIN LATERAL (
           SELECT i.*, ${IMAGE_STATE} AS state, ${OF_VISIT}
             FROM shelfline.image AS i
             JOIN shelfline.visit AS v ON v.job = i.job AND v.seq = i.visit
            WHERE i.job = j.id AND j.id = $2 AND i.seq = $3) AS r ON true
        WHERE j.job_id = $1`,
      [jobId, job, seq],
    );
    if (found === undefined) return undefined;
    return found.seq === null ? null : found;
  }
}

/** The conditions for failed images `i` with an error code or a host; empty without both. */
function toFailureConditions(
  { status, errorCode, host }: ResultFilter,
  bind: (value: unknown) => string,
): string {
  if (errorCode === undefined && host === undefined) return '';
  return [
    status === undefined || status === 'failed' ? `AND i.status = 'failed'` : 'AND false',
    ...(errorCode === undefined ? [] : [`AND i.error_code = ${bind(errorCode)}`]),
    ...(host === undefined ? [] : [`AND ${toHostSql('i.url')} = lower(${bind(host)}::text COLLATE "C")`]),
  ].join(' ');
}

/** Whether a text is a job's number. A job's id never is. */
function isNumber(job: string): boolean {
  return /^\d+$/.test(job);
}
