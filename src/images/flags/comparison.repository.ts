import { Injectable } from '@nestjs/common';
import { toArrayLiteral } from '../../database/array-literal.js';
import {
  Database,
  type PreparedStatement,
  type Querying,
  type Transaction,
} from '../../database/database.js';
import { BITS_OF_KEY, type KeyColumn, MAX_STORES, MAX_USES } from './compared-keys.js';
import { FLAG_BITS } from './flag-codes.js';

/** Images of a job: `from` inclusive, `to` exclusive. */
export interface ComparedRange {
  readonly job: string;
  readonly from: number;
  readonly to: number;
}

/** The flags that an image should have of those that come from one key. */
export interface WantedFlags {
  readonly job: string;
  readonly seq: number;
  readonly flags: number;
}

/** The place of an image among the uses of a key. */
export interface UsePlace {
  readonly job: string;
  readonly seq: number;
}

/** A key that was used more often than {@link MAX_USES}, and what its first uses showed. */
export interface DeepKey {
  readonly key: string;
  readonly flags: number;
  /** The last use that was looked at. */
  readonly last: UsePlace;
}

/** Bits that all uses of a key have, if one has. */
export const SHARED_BITS = FLAG_BITS.same_file | FLAG_BITS.common_image | FLAG_BITS.same_picture;

/** Seed of the advisory lock: "flag" in ASCII. */
const LOCK = 0x66_6c_61_67;

const sharedKeys = (column: KeyColumn): PreparedStatement => ({
  name: `shelfline_shared_${column}`,
  // The subquery reads at most two entries of the key's index, however often the key was used.
  text: `
    SELECT mine.key::text AS key
      FROM (SELECT DISTINCT ${column} AS key FROM shelfline.image
             WHERE job = $1 AND seq >= $2 AND seq < $3 AND run > $4 AND status = 'succeeded' AND ${column} IS NOT NULL) AS mine
     WHERE (SELECT count(*) FROM (
              SELECT FROM shelfline.image AS other WHERE other.${column} = mine.key LIMIT 2) AS two) = 2`,
});

const SHARED_KEYS = { file_key: sharedKeys('file_key'), picture_key: sharedKeys('picture_key') };

/**
 * The uses of the keys `$1`: the first in order of submission, and those in and around the range `$2` to `$4`, whose visits
 * may reach beyond it. Rows of a deleted job are left out. Reads `image_by_file_key` or `image_by_picture_key`, and primary keys.
 */
const usesOf = (column: KeyColumn): string => `
  SELECT wanted.key, use.job, use.seq, use.visit, use.file_key, use.flags, visit.store_id, visit.visit_time, use.is_first
    FROM unnest($1::bigint[]) AS wanted (key)
   CROSS JOIN LATERAL (
     SELECT job, seq, visit, file_key, coalesce(flags, 0) AS flags, bool_or(is_first) AS is_first FROM (
       (SELECT job, seq, visit, file_key, flags, true AS is_first FROM shelfline.image WHERE ${column} = wanted.key
         ORDER BY job, seq LIMIT ${MAX_USES})
       UNION ALL
       (SELECT job, seq, visit, file_key, flags, false FROM shelfline.image WHERE ${column} = wanted.key
           AND job = $2 AND seq >= $3 AND seq < $4)) AS both_parts
      GROUP BY 1, 2, 3, 4, 5) AS use
   CROSS JOIN LATERAL (SELECT FROM shelfline.job WHERE id = use.job LIMIT 1) AS job
   CROSS JOIN LATERAL (
     SELECT store_id, visit_time FROM shelfline.visit WHERE job = use.job AND seq = use.visit LIMIT 1) AS visit`;

/** The flags of each use, from how many others it has. Two visits are the same one if store and instant agree. */
const WANTED: Readonly<Record<KeyColumn, string>> = {
  file_key: `
    SELECT *, CASE WHEN uses > same_visit AND is_common THEN ${FLAG_BITS.common_image}
                   WHEN uses > same_visit THEN ${FLAG_BITS.same_file} ELSE 0 END
              | CASE WHEN in_visit > 1 THEN ${FLAG_BITS.repeated_in_visit} ELSE 0 END AS wanted
      FROM (SELECT uses.*, count(*) OVER by_key AS uses,
                   count(*) OVER (PARTITION BY uses.key, store_id, visit_time) AS same_visit,
                   count(*) OVER (PARTITION BY uses.key, job, visit) AS in_visit,
                   -- Later uses of a file with very many are not looked at, so what its first uses were found to be stays.
                   stores > ${MAX_STORES} OR (count(*) FILTER (WHERE is_first) OVER by_key >= ${MAX_USES}
                     AND bool_or(flags & ${FLAG_BITS.common_image} <> 0) OVER by_key) AS is_common
              FROM uses
              JOIN (SELECT key, count(DISTINCT store_id) AS stores FROM uses GROUP BY key) AS counted ON counted.key = uses.key
            WINDOW by_key AS (PARTITION BY uses.key)) AS compared`,
  picture_key: `
    SELECT *, CASE WHEN uses - same_file - same_visit + same_both > 0 THEN ${FLAG_BITS.same_picture} ELSE 0 END AS wanted
      FROM (SELECT *, count(*) OVER (PARTITION BY key) AS uses,
                   count(*) OVER (PARTITION BY key, file_key) AS same_file,
                   count(*) OVER (PARTITION BY key, store_id, visit_time) AS same_visit,
                   count(*) OVER (PARTITION BY key, store_id, visit_time, file_key) AS same_both
              FROM uses) AS compared`,
};

/** Compares the keys of images, and marks those that share one. */
@Injectable()
export class ComparisonRepository {
  constructor(private readonly database: Database) {}

  /** The keys of a range's images that other images have too, or that one has twice. Images up to `run` are left out. */
  async findShared(column: KeyColumn, { job, from, to }: ComparedRange, run: number): Promise<string[]> {
    const rows = await this.database.run<{ key: string }>(SHARED_KEYS[column], [job, from, to, run]);
    return rows.map(({ key }) => key);
  }

  /**
   * Lets one transaction at a time mark images of this schema. Each reads what the one before has committed, so that the
   * later of two that see the same file always knows more.
   */
  async lock(transaction: Transaction): Promise<void> {
    await transaction.query(`SELECT pg_advisory_xact_lock($1, 'shelfline.image'::regclass::oid::int)`, [
      LOCK,
    ]);
  }

  /** The images whose flags have to change because of these keys. Flags whose reason has gone stay, and are not shown. */
  async findWanted(
    on: Querying,
    column: KeyColumn,
    keys: readonly string[],
    { job, from, to }: ComparedRange,
    enabled: number,
  ): Promise<{ readonly wanted: WantedFlags[]; readonly deep: DeepKey[] }> {
    const rows = await on.query<FoundUse>(
      `WITH uses AS MATERIALIZED (${usesOf(column)}),
            compared AS (${WANTED[column]})
       SELECT key::text AS key, job, seq, is_first, wanted & $5 AS flags,
              wanted & $5 <> 0 AND flags & ${BITS_OF_KEY[column]} <> wanted & $5 AS is_wanted,
              is_first AND count(*) FILTER (WHERE is_first) OVER (PARTITION BY key) >= ${MAX_USES} AS is_deep
         FROM compared
        WHERE wanted & $5 <> 0
        ORDER BY key, job, seq`,
      [keys, job, from, to, enabled],
    );
    return { wanted: rows.filter(({ is_wanted }) => is_wanted), deep: toDeepKeys(rows) };
  }

  /**
   * Marks images whose flags of one key have to change, and their visits. The rows of the jobs are locked first, in the order
   * of their numbers, as for every change of a job's rows. Images whose job was deleted are left out.
   *
   * @param replaced bits that the new ones replace
   */
  async mark(transaction: Transaction, replaced: number, wanted: readonly WantedFlags[]): Promise<void> {
    if (wanted.length === 0) return;
    const jobs = [...new Set(wanted.map(({ job }) => job))];
    const locked = await transaction.query<{ id: string }>(
      'SELECT id FROM shelfline.job WHERE id = ANY($1::bigint[]) ORDER BY id FOR SHARE',
      [jobs],
    );
    const isLocked = new Set(locked.map(({ id }) => id));
    const images = wanted.filter(({ job }) => isLocked.has(job));
    await transaction.query(
      `UPDATE shelfline.image AS image
          SET flags = (coalesce(image.flags, 0) & ~$4::int) | wanted.flags
         FROM unnest($1::bigint[], $2::int[], $3::smallint[]) AS wanted (job, seq, flags)
        WHERE image.job = wanted.job AND image.seq = wanted.seq AND image.status = 'succeeded'`,
      [
        `{${images.map(({ job }) => job).join(',')}}`,
        toArrayLiteral(images.map(({ seq }) => seq)),
        toArrayLiteral(images.map(({ flags }) => flags)),
        replaced,
      ],
    );
    await this.markVisits(transaction, images);
  }

  /**
   * Gives the visits of some images the flags of all their images. The caller holds a lock of the jobs' rows. Reads primary
   * keys.
   */
  async markVisits(transaction: Transaction, images: readonly UsePlace[]): Promise<void> {
    await transaction.query(
      `UPDATE shelfline.visit AS visit
          SET flags = (SELECT coalesce(bit_or(image.flags), 0) FROM shelfline.image AS image
                        WHERE image.job = visit.job AND image.seq >= visit.first_image
                          AND image.seq < visit.first_image + visit.image_count)
         FROM (SELECT DISTINCT image.job, image.visit
                 FROM unnest($1::bigint[], $2::int[]) AS changed (job, seq)
                CROSS JOIN LATERAL (
                  SELECT job, visit FROM shelfline.image WHERE job = changed.job AND seq = changed.seq LIMIT 1) AS image) AS changed
        WHERE visit.job = changed.job AND visit.seq = changed.visit`,
      [`{${images.map(({ job }) => job).join(',')}}`, toArrayLiteral(images.map(({ seq }) => seq))],
    );
  }

  /** The next uses of a key after one of them, in order of submission. Reads the index of the key. */
  async findUsesAfter(
    on: Querying,
    column: KeyColumn,
    key: string,
    { job, seq }: UsePlace,
  ): Promise<UsePlace[]> {
    return on.query<UsePlace>(
      `SELECT job, seq FROM shelfline.image
        WHERE ${column} = $1 AND (job, seq) > ($2, $3) ORDER BY job, seq LIMIT ${MAX_USES}`,
      [key, job, seq],
    );
  }
}

interface FoundUse extends WantedFlags {
  readonly key: string;
  readonly is_wanted: boolean;
  readonly is_first: boolean;
  readonly is_deep: boolean;
}

/** The keys that were used very often, and of which a first use has to change: then the later ones have to as well. */
function toDeepKeys(rows: readonly FoundUse[]): DeepKey[] {
  const byKey = Map.groupBy(
    rows.filter(({ is_deep }) => is_deep),
    ({ key }) => key,
  );
  return [...byKey].flatMap(([key, uses]) => {
    const last = uses.at(-1);
    const changed = uses.find(({ is_wanted }) => is_wanted);
    return last === undefined || changed === undefined
      ? []
      : [{ key, flags: changed.flags & SHARED_BITS, last }];
  });
}
