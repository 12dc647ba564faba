import { finished } from 'node:stream/promises';
import type { ConnectionOptions } from 'node:tls';
import { type ClientBase, Pool } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type DataSource, type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';
import { HostTransactions } from './host-transactions.js';
import type { ClientClass } from './impatient-client.js';
import { isMigrated } from './migration-runner.js';
import { inSchema, SCHEMA } from './schema.js';

/** Connections in use and at rest, and callers that wait for one. */
export interface PoolUse {
  readonly used: number;
  readonly idle: number;
  readonly waiting: number;
}

/** How connections are made, as node-postgres takes it. What is not given is as it says. */
export interface ConnectionSettings {
  readonly connectionString?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string | (() => string | Promise<string>);
  readonly database?: string;
  readonly ssl?: boolean | ConnectionOptions;
  /** Settings of a session, as on the command line of `postgres`. */
  readonly options?: string;
  readonly application_name?: string;
  readonly connectionTimeoutMillis?: number;
  /** What a connection is, where it is more than one of node-postgres. */
  readonly Client?: ClientClass;
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

  constructor(
    readonly manager: EntityManager,
    private readonly schema: string,
  ) {}

  /** Calls this when the transaction has been committed, and never when it has not. It must not throw. */
  onceCommitted(tell: () => void): void {
    this.uponCommit.push(tell);
  }

  async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return rowsOf<T>(await this.manager.query(inSchema(sql, this.schema), [...parameters]));
  }

  async run<T = unknown>(statement: PreparedStatement, parameters: readonly unknown[]): Promise<T[]> {
    return runPrepared<T>(runnerOf(this.manager), preparedIn(statement, this.schema), parameters);
  }

  /**
   * Inserts rows by `COPY`, which costs the database a quarter less than an `INSERT` of arrays.
   *
   * @param target the table and its columns
   * @param rows in COPY's text format, each with its line break; see {@link copyText}
   */
  async copy(target: string, rows: string): Promise<void> {
    const client: ClientBase = await runnerOf(this.manager).connect();
    const statement = inSchema(`COPY ${target} FROM STDIN`, this.schema);
    try {
      const copying = client.query(copyFrom(statement));
      copying.end(rows);
      await finished(copying);
    } catch (error) {
      throw asQueryFailed(statement, [], error);
    }
  }
}

/**
 * Set-based SQL on the application's DataSource. Parameters are always bound. Statements name the tables' schema as
 * `shelfline.`, wherever they stand.
 */
export class Database implements Querying {
  private readonly hosts: HostTransactions;
  /** What a transaction of ours has to be begun with to be READ COMMITTED, once that is known. */
  private level: 'READ COMMITTED' | 'that of the database' | undefined;

  constructor(
    readonly dataSource: DataSource,
    readonly schema: string = SCHEMA,
  ) {
    this.hosts = new HostTransactions(dataSource);
  }

  async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return rowsOf<T>(await this.dataSource.query(inSchema(sql, this.schema), [...parameters]));
  }

  /** What statements run on that belong to a transaction of a host platform; the pool where there is none. */
  on(within: EntityManager | undefined): Querying {
    return within === undefined ? this : new Transaction(within, this.schema);
  }

  async run<T = unknown>(statement: PreparedStatement, parameters: readonly unknown[]): Promise<T[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await runPrepared<T>(runner, preparedIn(statement, this.schema), parameters);
    } finally {
      await runner.release();
    }
  }

  /**
   * Runs `work` in one transaction (READ COMMITTED): committed when it resolves, rolled back when it throws.
   *
   * @param within an open transaction of a host platform, which commits or rolls back with all else that is in it. What
   *   throws leaves that transaction as it was before.
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>, within?: EntityManager): Promise<T> {
    if (within !== undefined && !runnerOf(within).isTransactionActive)
      throw new Error(
        'the manager is of no open transaction: take the one that DataSource.transaction() gives',
      );
    let uponCommit: readonly (() => void)[] = [];
    const begun = async (manager: EntityManager): Promise<T> => {
      const transaction = new Transaction(manager, this.schema);
      ({ uponCommit } = transaction);
      return work(transaction);
    };
    const result = await (within === undefined ? this.readCommitted(begun) : within.transaction(begun));
    for (const tell of uponCommit) {
      if (within === undefined) tell();
      else this.hosts.onceCommitted(runnerOf(within), tell);
    }
    return result;
  }

  /** The DataSource, the role or the database may have another level by default. Naming ours each time would cost a round trip. */
  private async readCommitted<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (this.level === undefined) {
      const [session] = await this.query<{ level: string }>('SELECT current_setting($1) AS level', [
        'default_transaction_isolation',
      ]);
      const isOurs =
        this.dataSource.options.isolationLevel === undefined && session?.level === 'read committed';
      this.level = isOurs ? 'that of the database' : 'READ COMMITTED';
    }
    return this.level === 'READ COMMITTED'
      ? this.dataSource.transaction(this.level, work)
      : this.dataSource.transaction(work);
  }

  /** The connections of this process's pool; undefined where the DataSource has none that tells. */
  get pool(): PoolUse | undefined {
    const pool = poolOf(this.dataSource);
    return (
      pool && { used: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount }
    );
  }

  /**
   * How the pool's connections are made, for others to the same database.
   *
   * @throws Error where the DataSource is not one of PostgreSQL, or not initialised
   */
  get connection(): ConnectionSettings {
    const options = poolOf(this.dataSource)?.options;
    if (options === undefined)
      throw new Error('the DataSource is not one of PostgreSQL, by the driver pg, that has been initialised');
    // Some of them are hidden from whoever lists the options.
    const { connectionString, host, port, user, password, database, ssl } = options;
    const { options: settings, application_name: application, connectionTimeoutMillis, Client } = options;
    return {
      ...(connectionString === undefined ? {} : { connectionString }),
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      ...(database === undefined ? {} : { database }),
      ...(ssl === undefined ? {} : { ssl }),
      ...(settings === undefined ? {} : { options: settings }),
      ...(application === undefined ? {} : { application_name: application }),
      ...(connectionTimeoutMillis === undefined ? {} : { connectionTimeoutMillis }),
      ...(Client === undefined ? {} : { Client }),
    };
  }

  /** Whether the database answers and has every migration of this version. */
  async isReady(): Promise<boolean> {
    return isMigrated(this.dataSource);
  }
}

function poolOf(dataSource: DataSource): Pool | undefined {
  const pool: unknown = Object.getOwnPropertyDescriptor(dataSource.driver, 'master')?.value;
  return pool instanceof Pool ? pool : undefined;
}

function runnerOf({ queryRunner }: EntityManager): QueryRunner {
  if (queryRunner === undefined) throw new Error('the manager is of no transaction');
  return queryRunner;
}

/** Connections may serve several schemas: a name stands for one statement on each. */
function preparedIn({ name, text }: PreparedStatement, schema: string): PreparedStatement {
  return schema === SCHEMA
    ? { name, text }
    : { name: name.replace(SCHEMA, schema), text: inSchema(text, schema) };
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
