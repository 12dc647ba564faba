import { Injectable } from '@nestjs/common';
import { Database, type Querying, type Transaction } from '../database/database.js';
import type { ImageStatus } from '../images/image.entity.js';
import { type FlagFilter, toFilterMask } from '../images/flags/flag-codes.js';
import type { FlaggedImage } from '../images/flags/flag-reader.js';
import { IMAGE_STATE } from '../images/image-state.js';
import type { Metadata } from '../jobs/metadata.rule.js';
import type { VisitPlace } from '../images/result-ids.js';
import type { ShelflineVisit } from '../jobs/visit.entity.js';
import { VISIT_STATE } from './visit-state.js';
import type { VisitStatus } from './visit-view.js';
import { NO_REVIEW, type ReviewFilter, type ReviewState } from './review.js';

/**
 * Maximum number of images in one JSON value that the database returns. A visit may have a thousand, each with a URL of up
 * to 24 KB.
 */
const PART_IMAGES = 100;

/** Filters of the list of visits. A visit has to match all that are given. */
export interface VisitFilter {
  /** The number of a job. */
  readonly job?: string | undefined;
  /** Only visits to this store. */
  readonly storeId?: string | undefined;
  /** Only visits to stores that were in this area when the visit was submitted. */
  readonly areaCode?: string | undefined;
  /** Only visits with this id of the submitter's own. */
  readonly reference?: string | undefined;
  /** Only visits with this review; `none` for those without a review. */
  readonly review?: ReviewFilter | undefined;
  /** A flag that one of its images has. */
  readonly flag?: FlagFilter | undefined;
  /** Only visits with this status. */
  readonly status?: VisitStatus | undefined;
  /** Only visits at or after this time. */
  readonly from?: Date | undefined;
  /** Only visits before this time. */
  readonly to?: Date | undefined;
}

/** The position of a visit in the list. */
export type VisitKey = Pick<ShelflineVisit, 'visit_time' | 'job' | 'seq'>;

/** A visit in the list, without its images. */
export interface ListedVisit extends VisitKey {
  readonly image_count: number;
  /** False while its job is streaming in, after its job was deleted, and if it does not match a filter that no index serves. */
  readonly is_visible: boolean;
}

/** An image of a visit and its result. */
export interface VisitImage {
  readonly seq: number;
  readonly image_url: string;
  readonly status: ImageStatus;
  readonly width: number | null;
  readonly height: number | null;
  /** 2 × (width + height), in pixels. */
  readonly perimeter: number | null;
  /** Why it failed or was skipped. */
  readonly error: string | null;
  /** Null without flags. */
  readonly flagged: Pick<
    FlaggedImage,
    'flags' | 'file_key' | 'picture_key' | 'flag_evidence' | 'format'
  > | null;
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
  readonly review: {
    readonly state: ReviewState;
    readonly note: string | null;
    readonly by: string | null;
    readonly at: Date;
    readonly outdated: boolean;
  } | null;
  readonly images: readonly VisitImage[];
}

/** The combinations of flags that occur. Reads one entry of `visit_by_flags` for each. */
const OCCURRING_FLAGS = `
  WITH RECURSIVE occurring (flags) AS (
    (SELECT flags FROM shelfline.visit WHERE flags <> 0 ORDER BY flags LIMIT 1)
    UNION ALL
    SELECT (SELECT flags FROM shelfline.visit WHERE flags > occurring.flags AND flags <> 0 ORDER BY flags LIMIT 1)
      FROM occurring WHERE flags IS NOT NULL)`;

/** Reads visits across jobs. */
@Injectable()
export class VisitsRepository {
  constructor(private readonly database: Database) {}

  /**
   * The next visits after a key, newest first, including those that are not visible. `visit_by_time`,
   * `visit_by_store_time`, `visit_by_area_time`, `visit_by_reference`, `visit_by_review` or `visit_by_job_time` gives the order. A store
   * has few visits in a job, so `visit_by_store` with a sort may be used too.
   *
   * No index has the visits without a review, or those of a status. They are found among the others, so that the number of visits that a request reads is limited.
   *
   * For a flag alone, `visit_by_flags` gives the order: each combination of flags that occurs is read by itself. Beside another filter with an index,
   * visits with the flag are found among those of that filter.
   */
  async list(
    filter: VisitFilter,
    after: VisitKey | undefined,
    limit: number,
    on: Querying = this.database,
  ): Promise<ListedVisit[]> {
    const parameters: unknown[] = [limit];
    const inOrder = 'ORDER BY visit_time DESC, job DESC, seq DESC LIMIT $1';
    const { visits, others } = selectVisits(filter, after, parameters, inOrder);
    return on.query<ListedVisit>(
      `SELECT visit.visit_time, visit.job, visit.seq, visit.image_count, ${others} AS is_visible
         FROM (${visits}) AS visit
         LEFT JOIN shelfline.job AS job ON job.id = visit.job
        ORDER BY visit.visit_time DESC, visit.job DESC, visit.seq DESC`,
      parameters,
    );
  }

  /**
   * Counts visits up to `limit`, among `looked` visits at most, by the same indexes as {@link list}. It stops reading at either. Returns whether it read
   * `looked` visits, so that there may be more.
   */
  async count(
    filter: VisitFilter,
    limit: number,
    looked: number,
    on: Querying = this.database,
  ): Promise<{ readonly count: number; readonly is_cut: boolean }> {
    const parameters: unknown[] = [limit, looked];
    const { visits, others } = selectVisits(filter, undefined, parameters, 'LIMIT $2');
    const [counted] = await on.query<{ count: number; is_cut: boolean }>(
      `SELECT (count(*) FILTER (WHERE is_visible))::int AS count, coalesce(bool_or(place = $2), false) AS is_cut
         FROM (SELECT is_visible, place
                 FROM (SELECT coalesce(${others}, false) AS is_visible, visit.place
                         FROM (SELECT *, row_number() OVER () AS place
                                 FROM (${visits}) AS visit) AS visit
                         LEFT JOIN shelfline.job AS job ON job.id = visit.job) AS visit
                WHERE is_visible OR place = $2
                LIMIT $1) AS visit`,
      parameters,
    );
    return counted ?? { count: 0, is_cut: false };
  }

  /**
   * Reads visits with their images, in this order, except those whose job was deleted. Reads primary keys and
   * ranges of them. One statement reads each job and its rows at one moment.
   */
  async read(keys: readonly VisitPlace[], on: Querying = this.database): Promise<VisitWithImages[]> {
    const parts = await on.query<VisitPart>(
      `SELECT visit.visit_time, visit.job, visit.seq, j.job_id, visit.store_id, store.store_name, visit.area_code,
              visit.reference, visit.metadata,
              visit.unknown_store AND visit.run = j.run AS unknown_store, visit.review_state, visit.review_note,
              visit.review_by, visit.reviewed_at, visit.reviewed_run < j.run AS is_outdated, part.images
         FROM unnest($1::bigint[], $2::int[]) WITH ORDINALITY AS wanted (job, seq, place)
         JOIN shelfline.visit AS visit ON visit.job = wanted.job AND visit.seq = wanted.seq
         JOIN shelfline.job AS j ON j.id = wanted.job
         LEFT JOIN shelfline.store AS store ON store.store_id = visit.store_id
        CROSS JOIN LATERAL (
          SELECT (i.seq - visit.first_image) / ${PART_IMAGES} AS place,
                 json_agg(json_build_object('seq', i.seq, 'image_url', i.url, 'status', i.state, 'width', i.width, 'height', i.height,
                                            'perimeter', i.perimeter,
                                            'error', CASE WHEN i.state = 'failed' THEN i.error END,
                                            'flagged', CASE WHEN i.flags <> 0 THEN json_build_object(
                                              'flags', i.flags, 'file_key', i.file_key::text, 'picture_key', i.picture_key::text,
                                              'flag_evidence', i.flag_evidence, 'format', i.format) END)
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

  /**
   * Saves the review of a visit, instead of an earlier one. Locks the row of its job first, as every change of a job's rows does. Returns false if the
   * visit does not exist.
   */
  async saveReview(
    transaction: Transaction,
    { job, seq }: VisitPlace,
    review: { readonly state: ReviewState; readonly note: string | null; readonly by: string | null },
  ): Promise<boolean> {
    const rows = await transaction.query(
      `WITH locked AS (SELECT id, run FROM shelfline.job WHERE id = $1 FOR SHARE)
       UPDATE shelfline.visit
          SET review_state = $3, review_note = $4, review_by = $5, reviewed_at = now(), reviewed_run = locked.run
         FROM locked
        WHERE visit.job = locked.id AND visit.seq = $2
       RETURNING 1`,
      [job, seq, review.state, review.note, review.by],
    );
    return rows.length === 1;
  }

  /** Removes the review of a visit, if it has one. Returns false if the visit does not exist. */
  async deleteReview(transaction: Transaction, { job, seq }: VisitPlace): Promise<boolean> {
    const rows = await transaction.query(
      `WITH locked AS (SELECT id FROM shelfline.job WHERE id = $1 FOR SHARE)
       UPDATE shelfline.visit
          SET review_state = NULL, review_note = NULL, review_by = NULL, reviewed_at = NULL, reviewed_run = NULL
         FROM locked
        WHERE visit.job = locked.id AND visit.seq = $2
       RETURNING 1`,
      [job, seq],
    );
    return rows.length === 1;
  }
}

/**
 * The visits after a key that match the filters with an index, and the condition for the other filters of a `visit` of a `job`. Adds its values to the
 * parameters.
 *
 * @param end what ends the query of visits: its order, or nothing, and its limit
 */
function selectVisits(
  filter: VisitFilter,
  after: VisitKey | undefined,
  parameters: unknown[],
  end: string,
): { readonly visits: string; readonly others: string } {
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  // As text, because node-postgres writes a Date in the machine's zone, without the seconds of old zones.
  const bindTime = (time: Date): string => `${bind(time.toISOString())}::timestamptz`;
  const isNone = filter.review === NO_REVIEW;
  const bits = filter.flag === undefined ? undefined : `${bind(toFilterMask(filter.flag))}::int`;
  const hasOtherIndex =
    filter.job !== undefined ||
    filter.storeId !== undefined ||
    filter.areaCode !== undefined ||
    filter.reference !== undefined ||
    (filter.review !== undefined && !isNone);
  const conditions = [
    ...(filter.job === undefined ? [] : [`job = ${bind(filter.job)}`]),
    ...(filter.storeId === undefined ? [] : [`store_id = ${bind(filter.storeId)}`]),
    ...(filter.areaCode === undefined ? [] : [`area_code = ${bind(filter.areaCode)}`]),
    ...(filter.reference === undefined ? [] : [`reference = ${bind(filter.reference)}`]),
    ...(filter.review === undefined || isNone ? [] : [`review_state = ${bind(filter.review)}`]),
    ...(filter.from === undefined ? [] : [`visit_time >= ${bindTime(filter.from)}`]),
    ...(filter.to === undefined ? [] : [`visit_time < ${bindTime(filter.to)}`]),
    ...(after === undefined
      ? []
      : [`(visit_time, job, seq) < (${bindTime(after.visit_time)}, ${bind(after.job)}, ${bind(after.seq)})`]),
  ];
  const others = [
    'job.id IS NOT NULL',
    ...(isNone ? ['visit.review_state IS NULL'] : []),
    ...(bits === undefined || !hasOtherIndex ? [] : [`coalesce(visit.flags, 0) & ${bits} <> 0`]),
    ...(filter.status === undefined ? [] : [`${VISIT_STATE} IS NOT DISTINCT FROM ${bind(filter.status)}`]),
  ].join(' AND ');
  if (bits === undefined || hasOtherIndex) {
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    return { visits: `SELECT * FROM shelfline.visit ${where} ${end}`, others };
  }
  const flagged = ['visit.flags = occurring.flags', 'visit.flags <> 0', ...conditions].join(' AND ');
  const visits = `${OCCURRING_FLAGS}
           SELECT visit.* FROM occurring
            CROSS JOIN LATERAL (SELECT * FROM shelfline.visit AS visit WHERE ${flagged} ${end}) AS visit
            WHERE occurring.flags & ${bits} <> 0 ${end}`;
  return { visits, others };
}

/** A row of a visit, with a part of its images. */
interface VisitPart extends Omit<VisitWithImages, 'review'> {
  readonly review_state: ReviewState | null;
  readonly review_note: string | null;
  readonly review_by: string | null;
  readonly reviewed_at: Date | null;
  readonly is_outdated: boolean | null;
}

/** Joins rows with parts of a visit's images to visits with all images. */
function joinParts(rows: readonly VisitPart[]): VisitWithImages[] {
  const byVisit = Map.groupBy(rows, ({ job, seq }) => `${job}/${seq}`);
  return [...byVisit.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { review_state, review_note, review_by, reviewed_at, is_outdated, ...visit } = first;
    const review =
      review_state === null || reviewed_at === null
        ? null
        : {
            state: review_state,
            note: review_note,
            by: review_by,
            at: reviewed_at,
            outdated: is_outdated === true,
          };
    return { ...visit, review, images: [first, ...others].flatMap(({ images }) => images) };
  });
}
