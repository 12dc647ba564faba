import { DataSource, type DataSourceOptions } from 'typeorm';
import { SCHEMA } from './schema.js';

/** Any number will do, as long as nothing else in the database takes it: "shelf" in ASCII. */
export const MIGRATION_LOCK = 0x73_68_65_6c_66;

/**
 * Brings the schema up to date. Any number of processes may call this at once, on an empty database too: one migrates,
 * the others wait and find nothing left to do. The lock is the session's, so a process that dies lets go of it.
 *
 * It has connections of its own: what changes a large table takes longer than any statement may in service.
 */
export async function runMigrations(dataSource: DataSource): Promise<void> {
  const migrating = await new DataSource(patient(dataSource.options)).initialize();
  try {
    const locking = migrating.createQueryRunner();
    await locking.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await locking.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    await migrating.runMigrations({ transaction: 'each' });
  } finally {
    await migrating.destroy();
  }
}

/** Whether every migration that this version knows has been run. */
export async function isMigrated(dataSource: DataSource): Promise<boolean> {
  return !(await dataSource.showMigrations());
}

/** For one connection that holds the lock and one that migrates, each for as long as it takes. */
function patient(options: DataSourceOptions): DataSourceOptions {
  if (options.type !== 'postgres') throw new Error(`the migrations are PostgreSQL's, not ${options.type}'s`);
  const { Client: _impatient, ...extra } = { Client: undefined, ...options.extra };
  return { ...options, poolSize: 2, extra: { ...extra, statement_timeout: 0, keepAlive: true } };
}
