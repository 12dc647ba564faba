import { migrations } from '#migrations';
import type { DataSourceOptions } from 'typeorm';
import { impatientClient } from './impatient-client.js';
import { SCHEMA } from './schema.js';

/**
 * The database ends a transaction that is idle for this long, in milliseconds. A process that is frozen inside
 * a transaction locks the row of its job, which then cannot be cancelled.
 */
const IDLE_IN_TRANSACTION_MS = 5_000;

/** Connection settings of the standalone application. */
export interface DatabaseConnection {
  readonly url: string;
  readonly poolSize: number;
  /** Longest time without an answer before a connection counts as broken, in milliseconds. */
  readonly silenceMs: number;
  readonly applicationName: string;
}

/**
 * Adds the required session settings to the URL of a database. Times are then written in the one style that
 * node-postgres reads, whatever the database or its roles are set to.
 */
export function withSessionSettings(url: string): string {
  const target = new URL(url);
  const given = target.searchParams.get('options') ?? '';
  target.searchParams.set('options', `-c datestyle=ISO -c timezone=UTC ${given}`.trim());
  return target.href;
}

/**
 * Options of a DataSource with these entities. It never synchronises, because the migrations create the schema.
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
