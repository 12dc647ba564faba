import type { ClientBase } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { impatientClient } from './impatient-client.js';
import { SCHEMA } from './schema.js';

/** Any number will do, as long as nothing else in the database takes it: "shelf" in ASCII. */
export const MIGRATION_LOCK = 0x73_68_65_6c_66;

/**
 * Brings the schema up to date. Any number of processes may call this at once, on an empty database too: one migrates,
 * the others wait and find nothing left to do. The lock is the session's, so a process that dies lets go of it.
 *
 * It has connections of its own: what changes a large table takes longer than any statement may in service.
 *
 * @param signal breaks it off: what had begun is rolled back
 * @throws the reason of the signal, or what a migration threw
 */
export async function runMigrations(dataSource: DataSource, signal?: AbortSignal): Promise<void> {
  const migrating = await new DataSource(patient(dataSource.options)).initialize();
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
  await locking.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  await source.runMigrations({ transaction: 'each' });
}

/** For one connection that holds the lock and one that migrates. */
function patient(options: DataSourceOptions): DataSourceOptions {
  if (options.type !== 'postgres') throw new Error(`the migrations are PostgreSQL's, not ${options.type}'s`);
  const extra = { ...options.extra, Client: impatientClient(0), keepAlive: true, onConnect: takeYourTime };
  return { ...options, poolSize: 2, extra };
}

/** A database or a role may have limits of its own, and a pooler keep from it what a session begins with. */
async function takeYourTime(client: ClientBase): Promise<void> {
  await client.query('SET statement_timeout = 0; SET lock_timeout = 0; SET idle_session_timeout = 0');
}
