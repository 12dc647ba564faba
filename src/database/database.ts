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
  runPrepared,
} from './statements.js';
import { Session, Transaction } from './transaction.js';

export type { PreparedStatement, Querying } from './statements.js';
export { Session, Transaction } from './transaction.js';

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

/** Whether the database can be worked with. */
export type DatabaseState = 'ready' | 'read_only' | 'not_migrated';

/** A standby says of every transaction that it is read-only, and so does a database that an operator has set so. */
const STATE = `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS read_only,
                      ARRAY(SELECT name::text FROM shelfline.migration) AS migrated`;
/** SQLSTATEs of a table or a schema that is not there. */
const NO_TABLE: ReadonlySet<string> = new Set(['42P01', '3F000']);

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
    const text = inSchema(sql, this.schema);
    return this.onConnection(async (runner) => toRows<T>(await runner.query(text, [...parameters])));
  }

  /** What statements run on that belong to a transaction of a host platform; the pool where there is none. */
  on(within: EntityManager | undefined): Querying {
    return within === undefined ? this : new Transaction(within, this.schema);
  }

  async run<T = unknown>(statement: PreparedStatement, parameters: readonly unknown[]): Promise<T[]> {
    const prepared = preparedIn(statement, this.schema);
    return this.onConnection((runner) => runPrepared<T>(runner, prepared, parameters));
  }

  /**
   * Runs `work` in one transaction (READ COMMITTED): committed when it resolves, rolled back when it throws. After a
   * serialization failure, a deadlock, or on a connection that turns out to be read-only, `work` is run again in a new
   * transaction, {@link repeated three times at most}: so it must change nothing but the database before it is committed.
   *
   * @param within an open transaction of a host platform, which commits or rolls back with all else that is in it. What
   *   throws leaves that transaction as it was before, and is not run again.
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

  /** The DataSource, the role or the database may have another level by default. Naming ours each time would cost a round trip. */
  /** @throws Error where the manager is of no open transaction, or of another DataSource, on whose database nothing works on the job */
  private expectOwnTransaction(manager: EntityManager): void {
    const runner = getQueryRunner(manager);
    if (!runner.isTransactionActive)
      throw new Error(
        'the manager is of no open transaction: take the one that DataSource.transaction() gives',
      );
    if (toDataSource(manager) !== this.dataSource)
      throw new Error(
        'the manager is of another DataSource than the one that StoreVisitsModule is on: begin the transaction on that one',
      );
  }

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
    const pool = findPool(this.dataSource);
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
    const options = findPool(this.dataSource)?.options;
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

  /**
   * Runs work that uses one connection after the other without a transaction around: temporary tables last from one
   * statement to the next, and nothing is locked while the caller waits for something else.
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
   * Whether the database answers, takes writes, and has every migration of this version. Asks it once.
   *
   * @throws what the driver throws where it does not answer
   */
  async state(): Promise<DatabaseState> {
    try {
      return await this.onConnection(async (runner) => {
        const [row] = toRows<{ read_only: boolean; migrated: string[] }>(
          await runner.query(inSchema(STATE, this.schema)),
        );
        // As a refused write would: whoever asks next gets another connection.
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
   * A connection that landed on a standby would stay there for ever: it is ended, and those that rest in the pool with it,
   * which were most likely made at the same address.
   */
  private async evictingReadOnly<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isReadOnlyRefusal(error)) {
        // Not waited for: the pool drops a client that is ending when it is released.
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

/** TypeORM 0.3 calls it `connection`. */
function toDataSource(manager: EntityManager): DataSource {
  return 'dataSource' in manager ? manager.dataSource : manager['connection'];
}
