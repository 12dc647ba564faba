import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { ImageStatus } from '../images/image.entity.js';
import { IMAGE_STATE } from '../images/image-state.js';
import type { Metadata } from '../jobs/metadata.rule.js';
import type { ShelflineVisit } from '../jobs/visit.entity.js';

/**
 * Maximum number of images in one JSON value that the database returns. A visit may have a thousand, each with a URL of up
 * to 24 KB.
 */
const PART_IMAGES = 100;

/** Filter of the list of visits. */
export interface VisitFilter {
  /** The number of a job. */
  readonly job?: string | undefined;
  readonly storeId?: string | undefined;
  /** The area of the store when the visit was submitted. */
  readonly areaCode?: string | undefined;
  /** The submitter's own id of the visit. */
  readonly reference?: string | undefined;
  /** Times of visits: `from` inclusive, `to` exclusive. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** The position of a visit in the list. */
export type VisitKey = Pick<ShelflineVisit, 'visit_time' | 'job' | 'seq'>;

/** A visit in the list, without its images. */
export interface ListedVisit extends VisitKey {
  readonly image_count: number;
  /** False while its job is streaming in, and after its job was deleted. */
  readonly is_visible: boolean;
}

/** An image of a visit and its result. */
export interface VisitImage {
  readonly image_url: string;
  readonly status: ImageStatus;
  readonly width: number | null;
  readonly height: number | null;
  readonly perimeter: number | null;
  readonly error: string | null;
}

/** A visit and its images, read at one moment. */
export interface VisitWithImages extends VisitKey {
  readonly job_id: string;
  readonly store_id: string;
  /** Current name in the store master; null for an unknown store. */
  readonly store_name: string | null;
  readonly area_code: string | null;
  readonly reference: string | null;
  readonly metadata: Metadata | null;
  /** Whether the store was looked up in this run of the job and not found. */
  readonly unknown_store: boolean;
  readonly images: readonly VisitImage[];
}

/** Reads visits across jobs. */
@Injectable()
export class VisitsRepository {
  constructor(private readonly database: Database) {}

  /**
   * The next visits after a key, newest first, including those that are not visible. `visit_by_time`,
   * `visit_by_store_time`, `visit_by_area_time`, `visit_by_reference` or `visit_by_job_time` gives the order. A store has few visits
   * in a job, so `visit_by_store` with a sort may be used too.
   */
  async list(filter: VisitFilter, after: VisitKey | undefined, limit: number): Promise<ListedVisit[]> {
    const parameters: unknown[] = [limit];
    const bind = (value: unknown): string => `$${parameters.push(value)}`;
    // As text, because node-postgres writes a Date in the machine's zone, without the seconds of old zones.
    const bindTime = (time: Date): string => `${bind(time.toISOString())}::timestamptz`;
    const conditions = [
      ...(filter.job === undefined ? [] : [`job = ${bind(filter.job)}`]),
      ...(filter.storeId === undefined ? [] : [`store_id = ${bind(filter.storeId)}`]),
      ...(filter.areaCode === undefined ? [] : [`area_code = ${bind(filter.areaCode)}`]),
      ...(filter.reference === undefined ? [] : [`reference = ${bind(filter.reference)}`]),
      ...(filter.from === undefined ? [] : [`visit_time >= ${bindTime(filter.from)}`]),
      ...(filter.to === undefined ? [] : [`visit_time < ${bindTime(filter.to)}`]),
      ...(after === undefined
        ? []
        : [
            `(visit_time, job, seq) < (${bindTime(after.visit_time)}, ${bind(after.job)}, ${bind(after.seq)})`,
          ]),
    ];
    return this.database.query<ListedVisit>(
      `SELECT visit.visit_time, visit.job, visit.seq, visit.image_count, job.id IS NOT NULL AS is_visible
         FROM (SELECT * FROM shelfline.visit
                ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
                ORDER BY visit_time DESC, job DESC, seq DESC
                LIMIT $1) AS visit
         LEFT JOIN shelfline.job AS job ON job.id = visit.job
        ORDER BY visit.visit_time DESC, visit.job DESC, visit.seq DESC`,
      parameters,
    );
  }

  /**
   * Reads visits with their images, in this order, except those whose job was deleted. Reads primary keys and
   * ranges of them. One statement reads each job and its rows at one moment.
   */
  async read(keys: readonly VisitKey[]): Promise<VisitWithImages[]> {
    const parts = await this.database.query<VisitWithImages>(
      `SELECT visit.visit_time, visit.job, visit.seq, j.job_id, visit.store_id, store.store_name, visit.area_code,
              visit.reference, visit.metadata,
              visit.unknown_store AND visit.run = j.run AS unknown_store, part.images
         FROM unnest($1::bigint[], $2::int[]) WITH ORDINALITY AS wanted (job, seq, place)
         JOIN shelfline.visit AS visit ON visit.job = wanted.job AND visit.seq = wanted.seq
         JOIN shelfline.job AS j ON j.id = wanted.job
         LEFT JOIN shelfline.store AS store ON store.store_id = visit.store_id
        CROSS JOIN LATERAL (
          SELECT (i.seq - visit.first_image) / ${PART_IMAGES} AS place,
                 json_agg(json_build_object('image_url', i.url, 'status', i.state, 'width', i.width, 'height', i.height,
                                            'perimeter', i.perimeter,
                                            'error', CASE WHEN i.state = 'failed' THEN i.error END)
                          ORDER BY i.seq) AS images
            FROM (SELECT i.*, ${IMAGE_STATE} AS state
                    FROM shelfline.image AS i
                   WHERE i.job = visit.job AND i.seq >= visit.first_image
                     AND i.seq < visit.first_image + visit.image_count) AS i
           GROUP BY 1) AS part
        ORDER BY wanted.place, part.place`,
      [keys.map((key) => key.job), keys.map((key) => key.seq)],
    );
    return joinParts(parts);
  }
}

/** Joins rows with parts of a visit's images to visits with all images. */
function joinParts(rows: readonly VisitWithImages[]): VisitWithImages[] {
  const byVisit = Map.groupBy(rows, ({ job, seq }) => `${job}/${seq}`);
  return [...byVisit.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : Object.assign(first, { images: [first, ...others].flatMap(({ images }) => images) }),
  );
}
