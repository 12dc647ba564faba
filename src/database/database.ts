import { finished } from 'node:stream/promises';
import { type ClientBase, Pool } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type DataSource, type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';
import { isMigrated } from './migration-runner.js';

/** Connections in use and at rest, and callers that wait for one. */
export interface PoolUse {
  readonly used: number;
  readonly idle: number;
  readonly waiting: number;
}

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
  /** What is to be told when the transaction has been committed. */
  readonly uponCommit: (() => void)[] = [];

  constructor(readonly manager: EntityManager) {}

  /** Calls this when the transaction has been committed, and never when it has not. It must not throw. */
  onceCommitted(tell: () => void): void {
    this.uponCommit.push(tell);
  }

  async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return rowsOf<T>(await this.manager.query(sql, [...parameters]));
  }

  async run<T = unknown>(statement: PreparedStatement, parameters: readonly unknown[]): Promise<T[]> {
    const { queryRunner } = this.manager;
    if (queryRunner === undefined) throw new Error('the transaction has no connection');
    return runPrepared<T>(queryRunner, statement, parameters);
  }

  /**
   * Inserts rows by `COPY`, which costs the database a quarter less than an `INSERT` of arrays.
   *
   * @param target the table and its columns
   * @param rows in COPY's text format, each with its line break; see {@link copyText}
   */
  async copy(target: string, rows: string): Promise<void> {
    const { queryRunner } = this.manager;
    if (queryRunner === undefined) throw new Error('the transaction has no connection');
    const client: ClientBase = await queryRunner.connect();
    const statement = `COPY ${target} FROM STDIN`;
    try {
      const copying = client.query(copyFrom(statement));
      copying.end(rows);
      await finished(copying);
    } catch (error) {
      throw asQueryFailed(statement, [], error);
    }
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
    let uponCommit: readonly (() => void)[] = [];
    const result = await this.dataSource.transaction((manager) => {
      const transaction = new Transaction(manager);
      ({ uponCommit } = transaction);
      return work(transaction);
    });
    for (const tell of uponCommit) tell();
    return result;
  }

  /** The connections of this process's pool; undefined where the DataSource has none that tells. */
  get pool(): PoolUse | undefined {
    const pool: unknown = Object.getOwnPropertyDescriptor(this.dataSource.driver, 'master')?.value;
    return pool instanceof Pool
      ? { used: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount }
      : undefined;
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
    throw asQueryFailed(text, parameters, error);
  }
}

/** As TypeORM tells of the statements that it runs. */
function asQueryFailed(text: string, parameters: readonly unknown[], error: unknown): unknown {
  return error instanceof Error ? new QueryFailedError(text, [...parameters], error) : error;
}

/** TypeORM answers rows for SELECT and INSERT, but `[rows, count]` for UPDATE and DELETE. */
function rowsOf<T>(result: unknown): T[] {
  if (!Array.isArray(result)) return [];
  const [rows, count] = result;
  return result.length === 2 && Array.isArray(rows) && (typeof count === 'number' || count === null)
    ? rows
    : result;
}
