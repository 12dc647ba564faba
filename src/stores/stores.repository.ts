import { Injectable } from '@nestjs/common';
import { containsText } from '../database/contains-text.js';
import { Database, type Querying, type Session, type Transaction } from '../database/database.js';
import type { ShelflineStore } from './store.entity.js';
import { type FileColumns, REJECTED_SHOWN, type StoreInRow } from './store-file.js';

/** Filters of the list of stores. A store has to match all that are given. */
export interface StoreFilter {
  /** Only stores in this area. */
  readonly areaCode?: string | undefined;
  /** Only stores with this text in the name or id, in any case. */
  readonly q?: string | undefined;
}

/** The numbers of stores that an import created, changed and left unchanged. */
export interface ImportCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** Rows whose store is in an earlier row with different values: their number and the first of them. */
export interface Contradictions {
  readonly count: number;
  readonly first: readonly { readonly row: number; readonly store_id: string; readonly first_row: number }[];
}

/** The key of the advisory lock. It must not be used for anything else in the database. */
const IMPORT_LOCK = 0x73_74_6f_72;

/** The columns of a store except its id. */
function toColumns(row?: string): string {
  return ['store_name', 'area_code', 'latitude', 'longitude', 'radius_meters']
    .map((column) => (row === undefined ? column : `${row}.${column}`))
    .join(', ');
}

/** The values of those columns after an import. Parameters 1 and 2: whether the file has positions and radii. */
function toImported(row: string): string {
  return `${row}.store_name, ${row}.area_code,
          CASE WHEN $1 THEN ${row}.latitude ELSE store.latitude END,
          CASE WHEN $1 THEN ${row}.longitude ELSE store.longitude END,
          CASE WHEN $2 THEN ${row}.radius_meters ELSE store.radius_meters END`;
}

/** The `WHERE` clause of a list of stores after an id. Adds its values to the parameters. */
function toCondition(filter: StoreFilter, after: string | undefined, parameters: unknown[]): string {
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions: string[] = [];
  if (filter.areaCode !== undefined) conditions.push(`area_code = ${bind(filter.areaCode)}`);
  if (after !== undefined) conditions.push(`store_id > ${bind(after)}`);
  if (filter.q !== undefined) conditions.push(containsText(filter.q, ['store_name', 'store_id'], bind));
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

@Injectable()
export class StoresRepository {
  constructor(private readonly database: Database) {}

  async find(storeId: string, on: Querying = this.database): Promise<ShelflineStore | undefined> {
    const [store] = await on.query<ShelflineStore>('SELECT * FROM shelfline.store WHERE store_id = $1', [
      storeId,
    ]);
    return store;
  }

  /**
   * Stores after an id, in the order of their ids. The primary key, or `store_by_area` for an area, serves the order; a
   * part of a name is looked for row by row from there, which a store master's few thousand rows bear.
   */
  async list(
    filter: StoreFilter,
    after: string | undefined,
    limit: number,
    on: Querying = this.database,
  ): Promise<ShelflineStore[]> {
    const parameters: unknown[] = [limit];
    return on.query<ShelflineStore>(
      `SELECT * FROM shelfline.store ${toCondition(filter, after, parameters)} ORDER BY store_id LIMIT $1`,
      parameters,
    );
  }

  /** The number of stores that match, and at most `max`. */
  async count(filter: StoreFilter, max: number): Promise<number> {
    const parameters: unknown[] = [max];
    const [counted] = await this.database.query<{ readonly count: number }>(
      `SELECT count(*)::int AS count
         FROM (SELECT 1 FROM shelfline.store ${toCondition(filter, undefined, parameters)} LIMIT $1) AS found`,
      parameters,
    );
    return counted?.count ?? 0;
  }

  /** Locks a store until the end of the transaction, and returns it. */
  async lock(transaction: Transaction, storeId: string): Promise<ShelflineStore | undefined> {
    const [store] = await transaction.query<ShelflineStore>(
      'SELECT * FROM shelfline.store WHERE store_id = $1 FOR UPDATE',
      [storeId],
    );
    return store;
  }

  /** Returns false if the store exists. It is then committed, because the insertion waits for others. */
  async insert(transaction: Transaction, store: ShelflineStore): Promise<boolean> {
    const rows = await transaction.query(
      `INSERT INTO shelfline.store (store_id, store_name, area_code, latitude, longitude, radius_meters)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (store_id) DO NOTHING
       RETURNING 1`,
      toValues(store),
    );
    return rows.length === 1;
  }

  async update(transaction: Transaction, store: ShelflineStore): Promise<void> {
    await transaction.query(
      `UPDATE shelfline.store
          SET store_name = $2, area_code = $3, latitude = $4, longitude = $5, radius_meters = $6
        WHERE store_id = $1`,
      toValues(store),
    );
  }

  /** Returns false if the store does not exist. */
  async delete(storeId: string, on: Querying = this.database): Promise<boolean> {
    const rows = await on.query('DELETE FROM shelfline.store WHERE store_id = $1 RETURNING 1', [storeId]);
    return rows.length === 1;
  }

  /** Acquires the advisory lock of imports until the end of the transaction. */
  async lockImports(transaction: Transaction): Promise<void> {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [IMPORT_LOCK]);
  }

  /**
   * Creates the temporary table for the rows of an import. It is created outside of a transaction, so that nothing is locked while the client uploads
   * the file.
   */
  async beginImport(session: Session): Promise<void> {
    await this.endImport(session);
    await session.query(
      `CREATE TEMPORARY TABLE store_import (
         row integer PRIMARY KEY, store_id text NOT NULL, store_name text NOT NULL, area_code text NOT NULL,
         latitude double precision, longitude double precision, radius_meters double precision)`,
    );
  }

  /** Removes the rows of an import before others use this connection. */
  async endImport(session: Session): Promise<void> {
    await session.query('DROP TABLE IF EXISTS pg_temp.store_import');
  }

  async isEmpty(on: Querying = this.database): Promise<boolean> {
    const rows = await on.query('SELECT 1 FROM shelfline.store LIMIT 1');
    return rows.length === 0;
  }

  /** Inserts rows of the file into the temporary table. */
  async gather(session: Session, stores: readonly StoreInRow[]): Promise<void> {
    await session.query(
      `INSERT INTO store_import (row, store_id, store_name, area_code, latitude, longitude, radius_meters)
       SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[])`,
      [
        stores.map(({ row }) => row),
        stores.map(({ store }) => store.store_id),
        stores.map(({ store }) => store.store_name),
        stores.map(({ store }) => store.area_code),
        stores.map(({ store }) => store.latitude ?? null),
        stores.map(({ store }) => store.longitude ?? null),
        stores.map(({ store }) => store.radius_meters ?? null),
      ],
    );
  }

  /**
   * Removes rows whose store is in an earlier row with different values.
   *
   * @returns the number of these rows, and the first hundred
   */
  async rejectContradictions(session: Session): Promise<Contradictions> {
    const [found] = await session.query<{ count: number; first: Contradictions['first'] | null }>(
      `WITH step AS (
         SELECT gathered.row, gathered.store_id,
                first_value(gathered.row) OVER same AS first_row,
                ROW(${toColumns('gathered')})
                  IS DISTINCT FROM first_value(ROW(${toColumns('gathered')})) OVER same AS contradicts
           FROM store_import AS gathered
         WINDOW same AS (PARTITION BY gathered.store_id ORDER BY gathered.row)),
       rejected AS (
         DELETE FROM store_import AS gathered USING step
          WHERE step.row = gathered.row AND step.contradicts
         RETURNING step.row, step.store_id, step.first_row)
       SELECT count(*)::int AS count,
              json_agg(json_build_object('row', row, 'store_id', store_id, 'first_row', first_row) ORDER BY row)
                FILTER (WHERE place <= ${REJECTED_SHOWN}) AS first
         FROM (SELECT *, row_number() OVER (ORDER BY row) AS place FROM rejected) AS rejected`,
    );
    return { count: found?.count ?? 0, first: found?.first ?? [] };
  }

  /**
   * Applies the rows of the temporary table. If a store is in several rows, their values are equal. The first row is compared with the stores, and the others
   * change nothing. A column that the file does not have leaves the values of the stores. The caller has to hold the lock of imports.
   */
  async applyImport(
    transaction: Transaction,
    { hasPosition, hasRadius }: FileColumns,
  ): Promise<ImportCounts> {
    const [counts] = await transaction.query<ImportCounts>(
      `WITH step AS (
         SELECT gathered.*, store.store_id IS NULL AS is_new,
                ROW(${toColumns('store')}) IS DISTINCT FROM ROW(${toImported('gathered')}) AS is_changed,
                row_number() OVER (PARTITION BY gathered.store_id ORDER BY gathered.row) AS place
           FROM store_import AS gathered
           LEFT JOIN shelfline.store AS store USING (store_id)),
       written AS (
         INSERT INTO shelfline.store AS store (store_id, ${toColumns()})
         SELECT store_id, ${toColumns()} FROM step WHERE place = 1 ORDER BY store_id
         ON CONFLICT (store_id) DO UPDATE SET (${toColumns()}) = ROW(${toImported('excluded')})
          WHERE ROW(${toColumns('store')}) IS DISTINCT FROM ROW(${toImported('excluded')}))
       SELECT count(*) FILTER (WHERE place = 1 AND is_new)::int AS inserted,
              count(*) FILTER (WHERE place = 1 AND NOT is_new AND is_changed)::int AS updated,
              count(*) FILTER (WHERE place > 1 OR NOT is_new AND NOT is_changed)::int AS unchanged
         FROM step`,
      [hasPosition, hasRadius],
    );
    if (counts === undefined) throw new Error('the import returned no counts');
    return counts;
  }
}

function toValues({
  store_id,
  store_name,
  area_code,
  latitude,
  longitude,
  radius_meters,
}: ShelflineStore): readonly unknown[] {
  return [store_id, store_name, area_code, latitude, longitude, radius_meters];
}
