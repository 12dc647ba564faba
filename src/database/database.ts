import type { ClientBase } from 'pg';
import { type DataSource, type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';
import { isMigrated } from './migration-runner.js';

/** What a query runs on: the pool, or the connection of an open transaction. */
export interface Querying {
  query<T = unknown>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

/**
 * A statement that runs again and again: each connection parses and plans it once. For statements whose best plan does not
 * hang on the values; the name is unique among them, and the columns of the result are named in the text.
 */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/** Statements on one connection between BEGIN and COMMIT. */
export class Transaction implements Querying {
  constructor(readonly manager: EntityManager) {}

  async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return rowsOf<T>(await this.manager.query(sql, [...parameters]));
  }

  async run<T = unknown>(statement: PreparedStatement, parameters: readonly unknown[]): Promise<T[]> {
    const { queryRunner } = this.manager;
    if (queryRunner === undefined) throw new Error('the transaction has no connection');
    return runPrepared<T>(queryRunner, statement, parameters);
  }
}

/** Set-based SQL on the application's DataSource. Parameters are always bound. */
export class Database implements Querying {
  constructor(readonly dataSource: DataSource) {}

  async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return rowsOf<T>(await this.dataSource.query(sql, [...parameters]));
  }

  async run<T = unknown>(statement: PreparedStatement, parameters: readonly unknown[]): Promise<T[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await runPrepared<T>(runner, statement, parameters);
    } finally {
      await runner.release();
    }
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

/** TypeORM has no prepared statements; its connections are node-postgres's, which has. */
async function runPrepared<T>(
  runner: QueryRunner,
  { name, text }: PreparedStatement,
  parameters: readonly unknown[],
): Promise<T[]> {
  const client: ClientBase = await runner.connect();
  try {
    const result: { rows: unknown } = await client.query({ name, text, values: [...parameters] });
    return rowsOf<T>(result.rows);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new QueryFailedError(text, [...parameters], error);
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
