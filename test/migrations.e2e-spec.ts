import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/database/data-source.js';
import { Database } from '../src/database/database.js';
import { MIGRATION_LOCK, runMigrations } from '../src/database/migration-runner.js';
import { entities } from '../src/store-visits.entities.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { ServerProcess } from './support/server-process.js';
import { until } from './support/until.js';

/** How long a process may take to start on a busy machine, in milliseconds. */
const START_WITHIN_MS = 30_000;

describe('the migrations', () => {
  let database: TestDatabase;
  const sources: DataSource[] = [];

  async function connect(extra: Record<string, unknown> = {}): Promise<DataSource> {
    const options = dataSourceOptions(
      { url: database.url, poolSize: 1, silenceMs: 1_000, applicationName: 'test' },
      entities,
    );
    const source = await new DataSource({ ...options, extra: { ...options.extra, ...extra } }).initialize();
    sources.push(source);
    return source;
  }

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.destroy()));
    await database.drop();
  });

  it('the migrations create exactly the schema that the entities describe', async () => {
    const source = await connect();
    await runMigrations(source);
    // TypeORM compares no others.
    for (const metadata of source.entityMetadatas) metadata.synchronize = true;
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map((query) => query.query)).toEqual([]);
  });

  it('the migrations can be undone and run again', async () => {
    const source = await connect();
    await runMigrations(source);
    for (const _ of source.migrations) await source.undoLastMigration({ transaction: 'each' });
    expect(await new Database(source).state()).toBe('not_migrated');
    expect(
      await database.query(
        `SELECT 1 FROM pg_tables WHERE schemaname = 'shelfline' AND tablename <> 'migration'`,
      ),
    ).toEqual([]);
    await runMigrations(source);
    expect(await new Database(source).state()).toBe('ready');
  });

  it('the migrations run once when many processes start on an empty database at the same moment', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => connect()));
    await Promise.all(many.map((source) => runMigrations(source)));
    const rows = await database.query<{ name: string }>('SELECT name FROM shelfline.migration');
    expect(rows).toHaveLength(many[0]?.migrations.length ?? 0);
  });

  it.each(['statement_timeout', 'lock_timeout', 'idle_session_timeout'])(
    'a migration may take longer than a statement in service, and wait longer than a database may be silent or %s says',
    async (limit) => {
      // Only our connections have the limit: one of the test's own could be cut off while the machine is busy.
      const source = await connect({ statement_timeout: 100, options: `-c ${limit}=1s` });
      const blocking = new Client({ connectionString: database.url });
      await blocking.connect();
      await blocking.query('CREATE SCHEMA shelfline');
      // The first thing that is made waits for the end of this.
      await blocking.query('BEGIN');
      await blocking.query('CREATE TABLE shelfline.migration (id integer)');
      const run = runMigrations(source);
      await Promise.race([run, longWait()]);
      expect(await lockHolders()).toBe(1);
      await blocking.query('ROLLBACK');
      await blocking.end();
      await run;
      expect(await new Database(source).state()).toBe('ready');
    },
  );

  it('a process that waits for the migrations of another process stops when it is asked to', async () => {
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const server = ServerProcess.launch({ DATABASE_URL: database.url });
    try {
      await until(
        async () => {
          const [waiting] = await database.query(
            `SELECT FROM pg_locks JOIN pg_database AS here ON here.oid = database
            WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`,
          );
          return waiting;
        },
        'a process that waits',
        START_WITHIN_MS,
      );
      expect(await server.kill('SIGTERM')).toBe(0);
    } finally {
      await server.kill('SIGKILL');
      await other.end();
    }
  });

  async function lockHolders(): Promise<number> {
    const holders = await database.query(
      `SELECT FROM pg_locks JOIN pg_database AS here ON here.oid = database
        WHERE datname = current_database() AND locktype = 'advisory' AND granted`,
    );
    return holders.length;
  }

  function longWait(): Promise<unknown> {
    return until(async () => {
      const [waiting] = await database.query(
        `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND now() - query_start > interval '2 seconds'`,
      );
      return waiting;
    }, 'a statement that has waited for two seconds');
  }
});
