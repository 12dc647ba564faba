import type { DataSource, EntityManager } from 'typeorm';
import { isMigrated } from './migration-runner.js';

/** What a query runs on: the pool, or the connection of an open transaction. */
export interface Querying {
  query<T = unknown>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

/** Statements on one connection between BEGIN and COMMIT. */
export class Transaction implements Querying {
  constructor(readonly manager: EntityManager) {}

  async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return rowsOf<T>(await this.manager.query(sql, [...parameters]));
  }
}

/** Set-based SQL on the application's DataSource. Parameters are always bound. */
export class Database implements Querying {
  constructor(readonly dataSource: DataSource) {}

  async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return rowsOf<T>(await this.dataSource.query(sql, [...parameters]));
  }

  /** Runs `work` in one transaction (READ COMMITTED): committed when it resolves, rolled back when it throws. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.dataSource.transaction((manager) => work(new Transaction(manager)));
  }

  /** Whether the database answers and has every migration of this version. */
  async isReady(): Promise<boolean> {
    return isMigrated(this.dataSource);
  }
}

/** TypeORM answers rows for SELECT and INSERT, but `[rows, count]` for UPDATE and DELETE. */
function rowsOf<T>(result: unknown): T[] {
  if (!Array.isArray(result)) return [];
  const [rows, count] = result;
  return result.length === 2 && Array.isArray(rows) && (typeof count === 'number' || count === null)
    ? rows
    : result;
}
