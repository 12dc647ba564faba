import { Injectable } from '@nestjs/common';
import { Database, type Querying, type Session, type Transaction } from '../database/database.js';
import type { ShelflineStore } from './store.entity.js';
import { REJECTED_SHOWN, type StoreInRow } from './store-file.js';

export interface StoreFilter {
  readonly areaCode?: string | undefined;
  /** Text in the name or id, in any case. */
  readonly part?: string | undefined;
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

@Injectable()
export class StoresRepository {
  constructor(private readonly database: Database) {}

  async find(storeId: string): Promise<ShelflineStore | undefined> {
    const [store] = await this.database.query<ShelflineStore>(
      'SELECT * FROM shelfline.store WHERE store_id = $1',
      [storeId],
    );
    return store;
  }

  /**
   * Stores after an id, in the order of their ids. The primary key, or `store_by_area` for an area, serves the order; a
   * part of a name is looked for row by row from there, which a store master's few thousand rows bear.
   */
  async list(filter: StoreFilter, after: string | undefined, limit: number): Promise<ShelflineStore[]> {
    const parameters: unknown[] = [limit];
    const bind = (value: unknown): string => `$${parameters.push(value)}`;
    const conditions: string[] = [];
    if (filter.areaCode !== undefined) conditions.push(`area_code = ${bind(filter.areaCode)}`);
    if (after !== undefined) conditions.push(`store_id > ${bind(after)}`);
    if (filter.part !== undefined) {
      const pattern = bind(`%${filter.part.replace(/[\\%_]/g, String.raw`\$&`)}%`);
      // An explicit collation: in a database with the locale C, only ASCII letters have a case.
      const [name, id] = ['store_name COLLATE "und-x-icu"', 'store_id COLLATE "und-x-icu"'];
      conditions.push(`(${name} ILIKE ${pattern} OR ${id} ILIKE ${pattern})`);
    }
    return this.database.query<ShelflineStore>(
      `SELECT * FROM shelfline.store
        ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
        ORDER BY store_id LIMIT $1`,
      parameters,
    );
  }

  /** Inserts or updates a store. Returns true if it was inserted. */
  async put(store: ShelflineStore): Promise<boolean> {
    const [row] = await this.database.query<{ made: boolean }>(
      `INSERT INTO shelfline.store AS store (store_id, store_name, area_code) VALUES ($1, $2, $3)
       ON CONFLICT (store_id) DO UPDATE SET store_name = excluded.store_name, area_code = excluded.area_code
       RETURNING store.xmax = 0 AS made`,
      [store.store_id, store.store_name, store.area_code],
    );
    return row?.made ?? false;
  }

  /** Returns false if the store does not exist. */
  async delete(storeId: string): Promise<boolean> {
    const rows = await this.database.query('DELETE FROM shelfline.store WHERE store_id = $1 RETURNING 1', [
      storeId,
    ]);
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
         row integer PRIMARY KEY, store_id text NOT NULL, store_name text NOT NULL, area_code text NOT NULL)`,
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
      `INSERT INTO store_import (row, store_id, store_name, area_code)
       SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::text[])`,
      [
        stores.map(({ row }) => row),
        stores.map(({ store }) => store.store_id),
        stores.map(({ store }) => store.store_name),
        stores.map(({ store }) => store.area_code),
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
                (gathered.store_name, gathered.area_code)
                  IS DISTINCT FROM (first_value(gathered.store_name) OVER same, first_value(gathered.area_code) OVER same)
                  AS contradicts
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
   * change nothing. The caller has to hold the lock of imports.
   */
  async applyImport(transaction: Transaction): Promise<ImportCounts> {
    const [counts] = await transaction.query<ImportCounts>(
      `WITH step AS (
         SELECT gathered.store_id, gathered.store_name, gathered.area_code,
                store.store_name AS old_name, store.area_code AS old_area,
                row_number() OVER (PARTITION BY gathered.store_id ORDER BY gathered.row) AS place
           FROM store_import AS gathered
           LEFT JOIN shelfline.store AS store USING (store_id)),
       written AS (
         INSERT INTO shelfline.store AS store (store_id, store_name, area_code)
         SELECT store_id, store_name, area_code FROM step WHERE place = 1 ORDER BY store_id
         ON CONFLICT (store_id) DO UPDATE SET store_name = excluded.store_name, area_code = excluded.area_code
          WHERE (store.store_name, store.area_code) IS DISTINCT FROM (excluded.store_name, excluded.area_code))
       SELECT count(*) FILTER (WHERE place = 1 AND old_name IS NULL)::int AS inserted,
              count(*) FILTER (WHERE place = 1 AND (old_name <> store_name OR old_area <> area_code))::int AS updated,
              count(*) FILTER (WHERE place > 1 OR (old_name = store_name AND old_area = area_code))::int AS unchanged
         FROM step`,
    );
    if (counts === undefined) throw new Error('the import returned no counts');
    return counts;
  }
}
