import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Interval, Period } from '../../http/input/period.js';
import type { CoverageState } from './coverage-state.js';

/** The stores and the time of a report. */
export interface CoverageFilter {
  readonly period: Period;
  /** The current area of the stores. */
  readonly areaCode?: string | undefined;
  readonly state?: CoverageState | undefined;
}

/** The coverage of a store. */
export interface CoverageRow {
  readonly store_id: string;
  readonly store_name: string;
  readonly area_code: string;
  readonly visits: number;
  readonly images: number;
  readonly usable: number;
  /** Visits with a flagged image. */
  readonly flagged: number;
  readonly last_visit_time: Date | null;
  readonly last_usable_time: Date | null;
  readonly reason: string | null;
  readonly state: CoverageState;
}

/** The number of stores in each state, of an area in an interval. */
export interface CoverageSummaryRow {
  readonly area_code: string;
  /** The place of the interval in the list, from 1. */
  readonly place: number;
  readonly stores: number;
  readonly covered: number;
  readonly no_usable_photo: number;
}

/** The usable images of a `visit`. A rejected visit has none. */
const USABLE = `CASE WHEN visit.review_state IS DISTINCT FROM 'rejected' THEN visit.usable ELSE 0 END`;

/**
 * The visits of a `store` in the period `$1` to `$2`. Those of deleted jobs and of submissions that are being uploaded have no job. `visit_by_store_time`
 * serves it.
 */
const VISITS = `shelfline.visit AS visit JOIN shelfline.job AS job ON job.id = visit.job
             WHERE visit.store_id = store.store_id AND visit.visit_time >= $1::timestamptz AND visit.visit_time < $2::timestamptz`;

/** The state of a `store` in the period. It is decided by one visit of most stores. */
const STATE = `CASE WHEN EXISTS (SELECT FROM ${VISITS} AND ${USABLE} > 0) THEN 'covered'
                 WHEN EXISTS (SELECT FROM ${VISITS}) THEN 'no_usable_photo'
                 ELSE 'not_visited' END`;

/**
 * The error codes of the images of a `visit` of a `job`, each with its number of images. An image that was skipped has one too. What succeeded and is of
 * no use has the flag `too_small`.
 */
const CODES = `SELECT failed.code, 1 AS images FROM unnest(visit.failures) AS failed (code) WHERE visit.run = job.run
               UNION ALL
               SELECT 'too_small', visit.succeeded - visit.usable WHERE visit.succeeded > visit.usable
               UNION ALL
               SELECT 'unknown_store', visit.image_count WHERE visit.unknown_store AND visit.run = job.run
               UNION ALL
               SELECT 'cancelled', visit.image_count - visit.succeeded
                        - CASE WHEN visit.run = job.run THEN coalesce(cardinality(visit.failures), 0) ELSE 0 END
                WHERE job.status = 'cancelled' AND NOT (visit.unknown_store AND visit.run = job.run)`;

/** Reads which stores have usable photos, from the numbers that visits have of their images. */
@Injectable()
export class CoverageRepository {
  constructor(private readonly database: Database) {}

  /**
   * The coverage of stores after an id, in order of their ids, by the primary key or `store_by_area`. Stores of another state than that of the filter
   * are passed over. Only the visits of the stores of the page are read to their end.
   */
  async list(
    { period, areaCode, state }: CoverageFilter,
    after: string | undefined,
    limit: number,
  ): Promise<CoverageRow[]> {
    const parameters: unknown[] = [period.from.toISOString(), period.to.toISOString(), limit];
    const bind = (value: unknown): string => `$${parameters.push(value)}`;
    const conditions = [
      ...(areaCode === undefined ? [] : [`store.area_code = ${bind(areaCode)}`]),
      ...(after === undefined ? [] : [`store.store_id > ${bind(after)}`]),
      ...(state === undefined ? [] : [`${STATE} = ${bind(state)}`]),
    ];
    return this.database.query<CoverageRow>(
      `SELECT store.store_id, store.store_name, store.area_code, store.state, counted.*, reason.code AS reason
         FROM (SELECT store.store_id, store.store_name, store.area_code, ${STATE} AS state
                 FROM shelfline.store AS store
                ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
                ORDER BY store.store_id LIMIT $3) AS store
        CROSS JOIN LATERAL (
          SELECT count(*)::int AS visits, coalesce(sum(visit.image_count), 0)::int AS images,
                 coalesce(sum(${USABLE}), 0)::int AS usable,
                 (count(*) FILTER (WHERE coalesce(visit.flags, 0) <> 0))::int AS flagged, max(visit.visit_time) AS last_visit_time,
                 max(visit.visit_time) FILTER (WHERE ${USABLE} > 0) AS last_usable_time
            FROM ${VISITS}) AS counted
         LEFT JOIN LATERAL (
          SELECT of_visit.code
            FROM (SELECT visit.*, job.run AS job_run, job.status FROM ${VISITS} AND store.state = 'no_usable_photo') AS visit
           CROSS JOIN LATERAL (SELECT visit.job_run AS run, visit.status) AS job
           CROSS JOIN LATERAL (${CODES}) AS of_visit
           GROUP BY of_visit.code HAVING sum(of_visit.images) > 0
           ORDER BY sum(of_visit.images) DESC, of_visit.code LIMIT 1) AS reason ON true
        ORDER BY store.store_id`,
      parameters,
    );
  }

  /** The number of stores in each state. It reads every store of the area, and few visits of most. */
  async totals({ period, areaCode }: CoverageFilter): Promise<Partial<Record<CoverageState, number>>> {
    const parameters: unknown[] = [period.from.toISOString(), period.to.toISOString()];
    const area = areaCode === undefined ? '' : `WHERE store.area_code = $${parameters.push(areaCode)}`;
    const rows = await this.database.query<{ state: CoverageState; stores: number }>(
      `SELECT state, count(*)::int AS stores
         FROM (SELECT ${STATE} AS state FROM shelfline.store AS store ${area} OFFSET 0) AS store
        GROUP BY state`,
      parameters,
    );
    return Object.fromEntries(rows.map(({ state, stores }) => [state, stores]));
  }

  /**
   * The number of covered stores of each area in each interval, in order of both, at most `limit` rows. It reads the visits of the period once, by
   * `visit_by_time`, or those of the stores of an area by `visit_by_store_time`.
   */
  async summary(
    { period, areaCode }: CoverageFilter,
    intervals: readonly Interval[],
    limit: number,
  ): Promise<CoverageSummaryRow[]> {
    // Those at the ends are cut to the period.
    const starts = [period.from, ...intervals.slice(1).map(({ start }) => start)];
    const ends = [...starts.slice(1), period.to];
    const parameters: unknown[] = [
      starts.map((start) => start.toISOString()),
      ends.map((end) => end.toISOString()),
      limit,
    ];
    const area = areaCode === undefined ? '' : `WHERE store.area_code = $${parameters.push(areaCode)}`;
    return this.database.query<CoverageSummaryRow>(
      // Grouping by a number is faster than by an id.
      `WITH store AS (
         SELECT row_number() OVER () AS number, store_id, area_code FROM shelfline.store AS store ${area}),
       interval AS (
         SELECT * FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS interval (start, until, place)),
       counted AS (
         SELECT interval.place, visited.*
           FROM interval
          CROSS JOIN LATERAL (
            SELECT area_code, count(*) FILTER (WHERE is_covered) AS covered,
                   count(*) FILTER (WHERE is_covered IS NOT TRUE) AS no_usable_photo
              FROM (SELECT store.number, store.area_code, max(${USABLE}) > 0 AS is_covered
                      FROM shelfline.visit AS visit
                      JOIN shelfline.job AS job ON job.id = visit.job
                      JOIN store ON store.store_id = visit.store_id
                     WHERE visit.visit_time >= interval.start AND visit.visit_time < interval.until
                     GROUP BY 1, 2) AS visited
             GROUP BY area_code) AS visited)
       SELECT area.area_code, interval.place::int AS place, area.stores::int AS stores,
              coalesce(counted.covered, 0)::int AS covered, coalesce(counted.no_usable_photo, 0)::int AS no_usable_photo
         FROM (SELECT area_code, count(*) AS stores FROM store GROUP BY area_code) AS area
        CROSS JOIN interval
         LEFT JOIN counted ON counted.area_code = area.area_code AND counted.place = interval.place
        ORDER BY area.area_code, interval.place LIMIT $3`,
      parameters,
    );
  }
}
