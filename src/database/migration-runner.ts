import type { ClientBase } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { impatientClient } from './impatient-client.js';
import { SCHEMA } from './schema.js';

/** Key of the advisory lock. It must not be used for anything else in the database: "shelf" in ASCII. */
export const MIGRATION_LOCK = 0x73_68_65_6c_66;

/**
 * Applies the missing migrations of a DataSource, which need not be initialized. Any number of processes may call this at
 * once, also on an empty database: one migrates, and the others wait and find nothing to do. TypeORM's `migrationsRun`
 * takes no lock, so all but one of several processes fail with it. It is a session lock, so a process that dies releases it.
 *
 * It opens its own connections, because changing a large table takes longer than a statement may take in
 * service.
 *
 * @param signal aborts it; the current migration is rolled back
 * @throws the reason of the signal, or the error of a migration
 */
export async function runMigrations(dataSource: DataSource, signal?: AbortSignal): Promise<void> {
  const migrating = await new DataSource(withoutTimeouts(dataSource.options)).initialize();
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(signal?.reason);
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    await Promise.race([migrate(migrating), stopped.promise]);
  } finally {
    signal?.removeEventListener('abort', stop);
    // A statement that still runs ends with its connection.
    await migrating.destroy();
  }
}

async function migrate(source: DataSource): Promise<void> {
  const locking = source.createQueryRunner();
  await locking.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  // The table of migrations may be in it.
  if (getSchema(source) === SCHEMA) await locking.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  await source.runMigrations({ transaction: 'each' });
}

function getSchema({ options }: DataSource): string | undefined {
  return options.type === 'postgres' ? options.schema : undefined;
}

/** Two connections: one holds the lock and one migrates. */
function withoutTimeouts(options: DataSourceOptions): DataSourceOptions {
  if (options.type !== 'postgres') throw new Error(`the migrations are PostgreSQL's, not ${options.type}'s`);
  const extra = {
    ...options.extra,
    Client: impatientClient(0),
    keepAlive: true,
    onConnect: disableTimeouts,
  };
  return { ...options, synchronize: false, migrationsRun: false, poolSize: 2, extra };
}

/** A database or a role may set limits, and a pooler may drop the settings of a session. */
async function disableTimeouts(client: ClientBase): Promise<void> {
  await client.query('SET statement_timeout = 0; SET lock_timeout = 0; SET idle_session_timeout = 0');
}
