import { Injectable } from '@nestjs/common';
import { toArrayLiteral, toTextArrayLiteral } from '../../database/array-literal.js';
import { Database, type Querying } from '../../database/database.js';
import { type KeyColumn, MAX_USES } from './compared-keys.js';

/** Other images that evidence names. */
export const NAMED_IMAGES = 5;
/** Uses of a common image whose stores are counted. */
export const MAX_COMMON_USES = 2_000;

/** A key, and the visit of an image that has it. */
export interface KeyOfVisit {
  readonly key: string;
  readonly store_id: string;
  readonly visit_time: Date;
  /** The file of the image, where only other files count. */
  readonly file_key?: string | null;
}

/** A key, and the visit whose images are searched for it. */
export interface KeyInVisit {
  readonly key: string;
  readonly job: string;
  readonly visit: number;
}

/** One image of those that have a key, and how many have it. `place` is that of what was asked for in its list. */
export interface FoundOther {
  readonly place: number;
  /** At most one more than {@link MAX_USES}. */
  readonly count: number;
  readonly job: string;
  readonly seq: number;
  readonly job_id: string;
  readonly store_id: string;
  readonly visit_time: Date;
}

/** The first uses of a key `k.key`, in order of submission, without those of deleted jobs. Reads the index of the key. */
const firstUses = (column: KeyColumn, limit: number): string => `
  SELECT image.job, image.seq, image.file_key, job.job_id, visit.store_id, visit.visit_time
    FROM (SELECT job, seq, visit, file_key FROM shelfline.image WHERE ${column} = k.key ORDER BY job, seq LIMIT ${limit}) AS image
   CROSS JOIN LATERAL (SELECT job_id FROM shelfline.job WHERE id = image.job LIMIT 1) AS job
   CROSS JOIN LATERAL (
     SELECT store_id, visit_time FROM shelfline.visit WHERE job = image.job AND seq = image.visit LIMIT 1) AS visit`;

/** Looks up what flags rest on. Each statement reads everything that a page needs, whatever its number of images. */
@Injectable()
export class EvidenceRepository {
  constructor(private readonly database: Database) {}

  /**
   * The images of other visits that have a key, of another file if one is given: their number and the first of them, in
   * order of submission. Uses are counted once for each key, however many images of the page have it.
   */
  async findOthers(
    column: KeyColumn,
    wanted: readonly KeyOfVisit[],
    on: Querying = this.database,
  ): Promise<FoundOther[]> {
    const isOtherFile = column === 'picture_key';
    const group = isOtherFile ? 'store_id, visit_time, file_key' : 'store_id, visit_time';
    const without = isOtherFile
      ? `sum(counted.uses) FILTER (WHERE (counted.store_id, counted.visit_time) IS DISTINCT FROM (k.store_id, k.visit_time)
                                     AND counted.file_key <> k.file_key)`
      : `sum(counted.uses) FILTER (WHERE (counted.store_id, counted.visit_time) IS DISTINCT FROM (k.store_id, k.visit_time))`;
    return on.query<FoundOther>(
      `WITH wanted AS MATERIALIZED (
         SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bigint[]) WITH ORDINALITY
           AS wanted (key, store_id, visit_time, file_key, place)),
       counted AS MATERIALIZED (
         SELECT k.key, ${group}, count(*) AS uses
           FROM (SELECT DISTINCT key FROM wanted) AS k CROSS JOIN LATERAL (${firstUses(column, MAX_USES + 2)}) AS use
          GROUP BY k.key, ${group})
       SELECT k.place::int - 1 AS place, others.uses::int AS count, use.job, use.seq, use.job_id, use.store_id, use.visit_time
         FROM wanted AS k
        CROSS JOIN LATERAL (SELECT ${without} AS uses FROM counted WHERE counted.key = k.key) AS others
        CROSS JOIN LATERAL (
          SELECT * FROM (${firstUses(column, MAX_USES + 2)}) AS use
           WHERE (use.store_id, use.visit_time) IS DISTINCT FROM (k.store_id, k.visit_time)
             ${isOtherFile ? 'AND use.file_key <> k.file_key' : ''}
           ORDER BY use.job, use.seq LIMIT ${NAMED_IMAGES}) AS use
        ORDER BY k.place, use.job, use.seq`,
      [
        `{${wanted.map(({ key }) => key).join(',')}}`,
        toTextArrayLiteral(wanted.map(({ store_id }) => store_id)),
        toArrayLiteral(wanted.map(({ visit_time }) => visit_time)),
        `{${wanted.map(({ file_key }) => file_key ?? 'NULL').join(',')}}`,
      ],
    );
  }

  /** The images of a visit that have a key, the first in order: one more than are named, because one of them asks. */
  async findInVisit(wanted: readonly KeyInVisit[], on: Querying = this.database): Promise<FoundOther[]> {
    return on.query<FoundOther>(
      `SELECT k.place::int - 1 AS place, use.uses::int AS count, k.job, use.seq,
              job.job_id, visit.store_id, visit.visit_time
         FROM unnest($1::bigint[], $2::bigint[], $3::int[]) WITH ORDINALITY AS k (key, job, visit, place)
        CROSS JOIN LATERAL (SELECT job_id FROM shelfline.job WHERE id = k.job LIMIT 1) AS job
        CROSS JOIN LATERAL (
          SELECT store_id, visit_time, first_image, image_count FROM shelfline.visit
           WHERE job = k.job AND seq = k.visit LIMIT 1) AS visit
        CROSS JOIN LATERAL (
          SELECT seq, count(*) OVER () AS uses FROM shelfline.image
           WHERE file_key = k.key AND job = k.job AND seq >= visit.first_image
             AND seq < visit.first_image + visit.image_count
           ORDER BY seq LIMIT ${NAMED_IMAGES + 1}) AS use
        ORDER BY k.place, use.seq`,
      [
        `{${wanted.map(({ key }) => key).join(',')}}`,
        `{${wanted.map(({ job }) => job).join(',')}}`,
        toArrayLiteral(wanted.map(({ visit }) => visit)),
      ],
    );
  }

  /** The number of stores in which each file is used, among its first uses, and the number of these. */
  async countStores(
    keys: readonly string[],
    on: Querying = this.database,
  ): Promise<{ readonly key: string; readonly stores: number; readonly uses: number }[]> {
    return on.query(
      `SELECT k.key::text AS key, count(DISTINCT use.store_id)::int AS stores, count(*)::int AS uses
         FROM unnest($1::bigint[]) AS k (key)
        CROSS JOIN LATERAL (${firstUses('file_key', MAX_COMMON_USES)}) AS use
        GROUP BY k.key`,
      [`{${keys.join(',')}}`],
    );
  }
}
