import type { DataSource } from 'typeorm';
import { SCHEMA } from './schema.js';

/** Any number will do, as long as nothing else in the database takes it: "shelf" in ASCII. */
export const MIGRATION_LOCK = 0x73_68_65_6c_66;

/**
 * Brings the schema up to date. Any number of processes may call this at once, on an empty database too: one migrates,
 * the others wait and find nothing left to do. The lock is the session's, so a process that dies lets go of it.
 */
export async function runMigrations(dataSource: DataSource): Promise<void> {
  const locking = dataSource.createQueryRunner();
  try {
    await locking.query('SET statement_timeout = 0');
    await locking.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await locking.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await locking.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await locking.query('RESET statement_timeout').catch(() => undefined);
    await locking.release();
  }
}

/** Whether every migration that this version knows has been run. */
export async function isMigrated(dataSource: DataSource): Promise<boolean> {
  return !(await dataSource.showMigrations());
}
