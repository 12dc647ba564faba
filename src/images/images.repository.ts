import { Injectable } from '@nestjs/common';
import { toArrayLiteral, toTextArrayLiteral } from '../database/array-literal.js';
import { copyText } from '../database/copy-text.js';
import { Database, type PreparedStatement, type Transaction } from '../database/database.js';
import type { Image, ImageStatus } from './image.entity.js';
import { IMAGE_STATE } from './image-state.js';
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

/** An image that wants to be fetched. */
export interface DueImage extends Pick<Image, 'seq' | 'url' | 'attempts'> {
  /** How long it had been held, when it was read, for the faults of its host, in milliseconds; null: it had not. */
  readonly held_ms: number | null;
  /** How often its host refused it, and since how many milliseconds, by the clock of the database. */
  readonly refusals: number;
  readonly refused_ms: number;
}

/** What an image takes from its visit. */
export type VisitOfImage = Pick<ResultRow, 'store_id' | 'visit_time'>;

/**
 * What came of an image: a final state, or `pending` with the pause before the next attempt. Times are those of the
 * database's clock at the moment of recording, so none stands here.
 */
export type ImageResult = Pick<
  Image,
  'seq' | 'width' | 'height' | 'perimeter' | 'format' | 'mime' | 'orientation' | 'error' | 'error_code'
> & {
  readonly status: Exclude<ImageStatus, 'skipped'>;
  readonly content_length: number | null;
  /** Whether the host was asked: what is merely held is no attempt. */
  readonly attempted: boolean;
  /** Until the next attempt, in milliseconds; null: there is none. */
  readonly pause_ms: number | null;
  /** Whether a hold for the faults of its host begins: `held_since` is set, unless another process has set it. */
  readonly held: boolean;
  /** Whether the host refused this image. */
  readonly refused?: boolean;
  /** What analyzers found, as JSON, where they found anything. */
  readonly analysis?: string;
};

/** How many images came to what; those that stay `pending` are to be tried later, or held. */
export interface RecordedImages extends Pick<ImageResult, 'status' | 'error_code' | 'attempted'> {
  readonly images: number;
}

/** A row of the results, or none, beside what the job says. */
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
}

/** The columns of a result. The state of the image replaces its stored status, which may lag behind the job's. */
const READ_COLUMNS = [...RESULT_COLUMNS]
  .map((column) => (column === 'status' ? 'r.state AS status' : `r.${column}`))
  .join(', ');

/** The job `$1` is ongoing, in the run `$4`. */
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

// The visits are looked up one by one: a join might be planned as a walk through all visits of the job.
const VISITS: PreparedStatement = {
  name: 'shelfline_images_visits',
  text: `
    SELECT image.seq, visit.store_id, visit.visit_time
      FROM shelfline.image AS image
     CROSS JOIN LATERAL (
       SELECT store_id, visit_time FROM shelfline.visit WHERE job = image.job AND seq = image.visit LIMIT 1) AS visit
     WHERE image.job = $1 AND image.seq >= $2 AND image.seq < $3`,
};

/** What some results have beside the others: an assignment, and the array and the column that it is of. */
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

/** Results in arrays, the further ones after the others. */
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
      RETURNING i.status, i.error_code, u.attempted)
    SELECT status, error_code, attempted, count(*)::int AS images FROM changed GROUP BY status, error_code, attempted`,
});

const RECORD = recordWith();
const RECORD_ANALYSED = recordWith(ANALYSIS);
const RECORD_REFUSED = recordWith(REFUSED);
const RECORD_BOTH = recordWith(ANALYSIS, REFUSED);

/** The image rows: inserted once, written once more with their result. */
/** Characters of rows that are encoded and sent in one piece, which takes a few milliseconds: URLs may be long. */
const COPY_CHARACTERS = 1_000_000;

@Injectable()
export class ImagesRepository {
  constructor(private readonly database: Database) {}

  /** Inserts images of a job in the order of the list, the first of them with the number `from`. */
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
   * The images of a range that are pending and due; none when the job has ended, is gone, or is in another run. Reads the
   * primary key's range.
   */
  async due(range: ImageRange): Promise<DueImage[]> {
    return this.database.run<DueImage>(DUE, [range.job, range.from, range.to, range.run]);
  }

  /** What the images of a range take from their visits, by the numbers of the images. */
  async findVisits({ job, from, to }: ImageRange): Promise<ReadonlyMap<number, VisitOfImage>> {
    const rows = await this.database.run<VisitOfImage & Pick<Image, 'seq'>>(VISITS, [job, from, to]);
    return new Map(rows.map((row) => [row.seq, row]));
  }

  /** When the next image of a range is due; null when none is pending in a job that goes on. */
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
   * Writes the results of rows that are still pending in this run, and says how many rows came to what. Only what
   * was attempted counts as a try. The caller holds the lock of the job's row, so that rows are locked in one order
   * everywhere.
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
   * Results in the order of submission, from after `[visit, seq]` on; undefined when the job is gone. Without a store the
   * primary key (or, by status, `image_by_status`) serves the order; with one, `visit_by_store` gives the visits and each
   * visit's range its images. While rows are brought after the job's state, `pending` and `skipped` are looked for row by
   * row, `pending` in an ongoing job alone: in no other is there any.
   *
   * @param job its id; its number is taken too, for a release
   * @param rowsBehind whether they are at present, where that is known; found out otherwise
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
    const status = filter.status === undefined ? undefined : bind(filter.status);
    const ofStatus = status === undefined ? '' : `AND ${IMAGE_STATE} = ${status}`;
    const isRead = filter.status === 'pending' ? `AND j.status = 'ongoing'` : '';
    const isStored = filter.status === 'succeeded' || filter.status === 'failed' || !rowsBehind;
    const byIndex = status === undefined || !isStored ? '' : `AND i.status = ${status}`;
    const images = `SELECT i.*, ${IMAGE_STATE} AS state FROM shelfline.image AS i
                     WHERE i.job = j.id AND i.seq > $2 ${byIndex} ${isRead} ${ofStatus}`;
    const rows =
      filter.storeId === undefined
        ? `SELECT i.*, v.store_id, v.visit_time
             FROM (${images} ORDER BY i.seq LIMIT $3) AS i
             JOIN shelfline.visit AS v ON v.job = i.job AND v.seq = i.visit`
        : `SELECT i.*, v.store_id, v.visit_time
             FROM shelfline.visit AS v
            CROSS JOIN LATERAL (
              ${images} AND i.seq >= v.first_image AND i.seq < v.first_image + v.image_count ORDER BY i.seq) AS i
            WHERE v.job = j.id AND v.store_id = ${bind(filter.storeId)} AND v.seq >= ${bind(after[0])}
            ORDER BY v.seq, i.seq LIMIT $3`;
    // One statement sees the job and its rows at one moment: all of them, or no job.
    const found = await this.database.query<FoundRow>(
      `SELECT j.id AS number, j.rows_behind, ${READ_COLUMNS}
         FROM shelfline.job AS j
         LEFT JOIN LATERAL (${rows}) AS r ON true
        WHERE ${isNumber(job) ? 'j.id' : 'j.job_id'} = $1
        ORDER BY r.seq LIMIT $3`,
      parameters,
    );
    const [first] = found;
    if (first === undefined) return undefined;
    // It was looked through what is not right for the state that the job is in.
    if (first.rows_behind !== rowsBehind) return this.results(job, filter, after, limit, first.rows_behind);
    const read = found.filter((row): row is ResultRow & typeof row => row.seq !== null);
    return { number: first.number, rows: read };
  }
}

/** What the id of a job never is. */
function isNumber(job: string): boolean {
  return /^\d+$/.test(job);
}
