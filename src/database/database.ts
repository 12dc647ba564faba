import type { ConnectionOptions } from 'node:tls';
import { type Client, type ClientBase, Pool } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { isReadOnlyRefusal, READ_ONLY, getSqlState } from './database-faults.js';
import { HostTransactions } from './host-transactions.js';
import type { ClientClass } from './impatient-client.js';
import { repeated } from './repeated.js';
import { inSchema, SCHEMA } from './schema.js';
import {
  preparedIn,
  type PreparedStatement,
  type Querying,
  toRows,
  getQueryRunner,
  noTransaction,
  runPrepared,
} from './statements.js';
import { Session, Transaction } from './transaction.js';

export type { PreparedStatement, Querying } from './statements.js';
export { Session, Transaction } from './transaction.js';

/** Connections in use, idle connections, and callers that wait for one. */
export interface PoolUse {
  readonly used: number;
  readonly idle: number;
  readonly waiting: number;
}

/** Connection options of node-postgres. Omitted ones have its defaults. */
export interface ConnectionSettings {
  readonly connectionString?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string | (() => string | Promise<string>);
  readonly database?: string;
  readonly ssl?: boolean | ConnectionOptions;
  /** Session settings, as on the command line of `postgres`. */
  readonly options?: string;
  readonly application_name?: string;
  readonly connectionTimeoutMillis?: number;
  /** Class of the connections, if it is not that of node-postgres. */
  readonly Client?: ClientClass;
}

/** Whether the database can be used. */
export type DatabaseState = 'ready' | 'read_only' | 'not_migrated';

/**
 * A standby reports every transaction as read-only, and so does a database that an operator has set read-only.
 */
const IS_READ_ONLY = `pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean`;
/** SQLSTATEs of a missing table or schema. */
const NO_TABLE: ReadonlySet<string> = new Set(['42P01', '3F000']);

/**
 * Runs SQL on the application's DataSource. Parameters are always bound. Statements name the schema of the
 * tables as `shelfline.`, whatever schema is configured.
 */
export class Database implements Querying {
  private readonly hosts: HostTransactions;
  /** Whether a transaction needs an explicit READ COMMITTED, once that is known. */
  private level: 'READ COMMITTED' | 'that of the database' | undefined;

  constructor(
    readonly dataSource: DataSource,
    readonly schema: string = SCHEMA,
  ) {
    this.hosts = new HostTransactions(dataSource);
  }

  async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const text = inSchema(sql, this.schema);
    return this.onConnection(async (runner) => toRows<T>(await runner.query(text, [...parameters])));
  }

  /**
   * Runs statements in a transaction of a host platform, or on the pool if there is none.
   *
   * @throws Error if the manager has no open transaction on this DataSource
   */
  on(within: EntityManager | undefined): Querying {
    if (within === undefined) return this;
    this.expectOwnTransaction(within);
    return new Transaction(within, this.schema);
  }

  async run<T = unknown>(statement: PreparedStatement, parameters: readonly unknown[]): Promise<T[]> {
    const prepared = preparedIn(statement, this.schema);
    return this.onConnection((runner) => runPrepared<T>(runner, prepared, parameters));
  }

  /**
   * Runs `work` in one READ COMMITTED transaction, which is committed when `work` resolves and rolled back when
   * it rejects. After a serialization failure, a deadlock, or on a read-only connection, `work` is run again in
   * a new transaction, {@link repeated three times at most}. It must therefore change nothing but the database
   * before the commit.
   *
   * @param within an open transaction of a host platform, which commits or rolls back with its other changes.
   *   An error restores that transaction to its state before, and `work` is not run again.
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>, within?: EntityManager): Promise<T> {
    if (within !== undefined) this.expectOwnTransaction(within);
    let uponCommit: readonly (() => void)[] = [];
    const begun = async (manager: EntityManager): Promise<T> => {
      const transaction = new Transaction(manager, this.schema);
      ({ uponCommit } = transaction);
      return work(transaction);
    };
    const result = await (within === undefined
      ? repeated(() =>
          this.readCommitted((manager) =>
            this.evictingReadOnly(getQueryRunner(manager), () => begun(manager)),
          ),
        )
      : within.transaction(begun));
    for (const callback of uponCommit) {
      if (within === undefined) callback();
      else this.hosts.onceCommitted(getQueryRunner(within), callback);
    }
    return result;
  }

  /** @throws Error if the manager has no open transaction, or is of another DataSource, whose database may be another one */
  private expectOwnTransaction(manager: EntityManager): void {
    if (!getQueryRunner(manager).isTransactionActive) throw noTransaction();
    if (toDataSource(manager) !== this.dataSource)
      throw new Error(
        'the manager is of another DataSource than the one that StoreVisitsModule is on: begin the transaction on that one',
      );
  }

  /**
   * The DataSource, the role or the database may have another default level. Setting the level each time would
   * cost a round trip.
   */
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

  /** Use of this process's connection pool; undefined if the DataSource does not report it. */
  get pool(): PoolUse | undefined {
    const pool = findPool(this.dataSource);
    return (
      pool && { used: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount }
    );
  }

  /**
   * The connection options of the pool, for other connections to the same database.
   *
   * @throws Error if the DataSource is not for PostgreSQL, or not initialised
   */
  get connection(): ConnectionSettings {
    const options = findPool(this.dataSource)?.options;
    if (options === undefined)
      throw new Error('the DataSource is not one of PostgreSQL, by the driver pg, that has been initialised');
    // Some of them are not enumerable.
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

  /**
   * Runs `work` on one connection without a surrounding transaction. Temporary tables last from one statement
   * to the next, and nothing is locked while the caller waits for something else.
   */
  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await this.evictingReadOnly(runner, () => work(new Session(runner, this.schema)));
    } finally {
      await runner.release();
    }
  }

  /**
   * Whether the database answers, accepts writes, and has every migration of this version. Sends one query.
   *
   * @throws the error of the driver if the database does not answer
   */
  async state(): Promise<DatabaseState> {
    try {
      return await this.onConnection(async (runner) => {
        const [row] = toRows<{ read_only: boolean; migrated: string[] }>(
          await runner.query(
            `SELECT ${IS_READ_ONLY} AS read_only, ${getMigrationNames(this.dataSource)} AS migrated`,
          ),
        );
        // Throws what a refused write would throw, so that the next caller gets another connection.
        if (row?.read_only !== false)
          throw Object.assign(new Error('the database is read-only'), { code: READ_ONLY });
        const migrated = new Set(row.migrated);
        const isComplete = this.dataSource.migrations.every(({ name, constructor }) =>
          migrated.has(name ?? constructor.name),
        );
        return isComplete ? 'ready' : 'not_migrated';
      });
    } catch (error) {
      if (isReadOnlyRefusal(error)) return 'read_only';
      if (NO_TABLE.has(getSqlState(error))) return 'not_migrated';
      throw error;
    }
  }

  private async onConnection<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    return repeated(async () => {
      const runner = this.dataSource.createQueryRunner();
      try {
        return await this.evictingReadOnly(runner, () => work(runner));
      } finally {
        await runner.release();
      }
    });
  }

  /**
   * A connection to a standby would stay there for ever. It is closed, and so are the idle connections of the
   * pool, which were probably opened to the same address.
   */
  private async evictingReadOnly<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isReadOnlyRefusal(error)) {
        // Not awaited: the pool removes a closing client when it is released.
        const client: ClientBase & Partial<Client> = await runner.connect();
        void client.end?.().catch(() => {});
        const pool = findPool(this.dataSource);
        for (let idle = pool?.idleCount ?? 0; idle > 0; idle -= 1)
          void pool?.connect().then(
            (resting) => resting.release(true),
            () => {},
          );
      }
      throw error;
    }
  }
}

function findPool(dataSource: DataSource): Pool | undefined {
  const pool: unknown = Object.getOwnPropertyDescriptor(dataSource.driver, 'master')?.value;
  return pool instanceof Pool ? pool : undefined;
}

/** An SQL array of the migrations that have run, as TypeORM has recorded them; empty if the DataSource has none. */
function getMigrationNames({ options, driver, migrations }: DataSource): string {
  if (migrations.length === 0 || options.type !== 'postgres') return 'ARRAY[]::text[]';
  const table = driver.buildTableName(options.migrationsTableName ?? 'migrations', options.schema);
  const quoted = table.split('.').map((part) => `"${part.replaceAll('"', '""')}"`);
  return `ARRAY(SELECT name::text FROM ${quoted.join('.')})`;
}

/** TypeORM 0.3 calls it `connection`. */
function toDataSource(manager: EntityManager): DataSource {
  return 'dataSource' in manager ? manager.dataSource : manager['connection'];
}
