import { migrations } from '#migrations';
import type { DataSourceOptions } from 'typeorm';
import { impatientClient } from './impatient-client.js';
import { SCHEMA } from './schema.js';

/**
 * The database ends a transaction whose process sends nothing for so long, in milliseconds: a process that is frozen
 * inside one holds the row of its job locked, and whoever wants to cancel that job waits.
 */
const IDLE_IN_TRANSACTION_MS = 5_000;

/** A connection of our own to PostgreSQL: where, and how many connections at most. */
export interface DatabaseConnection {
  readonly url: string;
  readonly poolSize: number;
  /** Longest time without an answer, in milliseconds: then a connection is taken for broken. */
  readonly silenceMs: number;
  readonly applicationName: string;
}

/**
 * The URL of a database with the settings that a session needs: times are written in the one style that node-postgres reads,
 * whatever the database or its roles are set to.
 */
export function withSessionSettings(url: string): string {
  const target = new URL(url);
  const given = target.searchParams.get('options') ?? '';
  target.searchParams.set('options', `-c datestyle=ISO -c timezone=UTC ${given}`.trim());
  return target.href;
}

/**
 * Options of a DataSource that holds these entities. It never synchronises: the schema is what the migrations made.
 * A host platform adds the entities and migrations to its own DataSource instead.
 */
export function dataSourceOptions(
  connection: DatabaseConnection,
  entities: readonly (new () => object)[],
): DataSourceOptions {
  return {
    type: 'postgres',
    url: withSessionSettings(connection.url),
    entities: [...entities],
    migrations,
    migrationsTableName: 'migration',
    schema: SCHEMA,
    synchronize: false,
    migrationsRun: false,
    poolSize: connection.poolSize,
    applicationName: connection.applicationName,
    connectTimeoutMS: 10_000,
    extra: {
      Client: impatientClient(connection.silenceMs),
      idleTimeoutMillis: 30_000,
      statement_timeout: 60_000,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    },
  };
}
