import { Injectable } from '@nestjs/common';
import { copyText } from '../database/copy-text.js';
import { Database, type PreparedStatement, type Transaction } from '../database/database.js';
import type { ShelflineImage } from './image.entity.js';
import type { VisitFacts } from './flags/own-flags.js';
import type { ImageRange } from './images.repository.js';
import type { ResultRow } from './results/result-fields.js';

/** An image to be inserted. */
export interface NewImage {
  readonly visit: number;
  readonly url: string;
  readonly status: 'pending' | 'skipped';
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
export type VisitOfImage = Pick<ResultRow, 'store_id'> & VisitFacts & { readonly time_zone: string | null };

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
    SELECT image.seq, visit.store_id, visit.visit_time, (SELECT time_zone FROM shelfline.job WHERE id = $1) AS time_zone,
           store.latitude, store.longitude, store.radius_meters, now() AS read_at
      FROM shelfline.image AS image
     CROSS JOIN LATERAL (
       SELECT store_id, visit_time FROM shelfline.visit WHERE job = image.job AND seq = image.visit LIMIT 1) AS visit
      LEFT JOIN LATERAL (
       SELECT latitude, longitude, radius_meters FROM shelfline.store WHERE store_id = visit.store_id LIMIT 1) AS store ON true
     WHERE image.job = $1 AND image.seq >= $2 AND image.seq < $3`,
};

/**
 * Characters of rows that are encoded and sent in one piece, which takes a few milliseconds. URLs may be long.
 */
const COPY_CHARACTERS = 1_000_000;

/** Inserts the images of a job, and finds those of a batch that are due. */
@Injectable()
export class ImageBatchesRepository {
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
}
