import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LoggerService } from '@nestjs/common';
import { Client } from 'pg';
import { isDatabaseOutage } from '../database/database-faults.js';
import { isBehindTransactionPooler, TRANSACTION_POOLER } from '../database/transaction-pooler.js';
import { EmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';
import type { Settings } from './environment.js';

/** The oldest supported version of PostgreSQL, as `server_version_num`. */
const OLDEST_VERSION = 150_000;

/**
 * The SQLSTATEs with which a reachable server refuses a start: an invalid role or password, a missing database, missing privileges, or a read-only
 * standby.
 */
const REFUSALS = new Set(['28000', '28P01', '3D000', '42501', '25006']);

/** The pause between two attempts to reach a database, in milliseconds. */
const RETRY_MS = 1_000;

/** The database is unavailable or unusable. The message is one line. */
export class DatabaseServerError extends Error {
  override readonly name = 'DatabaseServerError';
}

/** The PostgreSQL server of this process. */
export interface DatabaseServer {
  readonly url: string;
  /** A description for people: the folder of an embedded server, or the host. */
  readonly description: string;
  /**
   * Resolves if an embedded server ends unexpectedly. The process should then exit, and its next start recovers everything that was committed. It never
   * resolves for an external server, which may become available again.
   */
  readonly lost: Promise<DatabaseServerError>;
  stop(): Promise<void>;
}

/**
 * Waits until the PostgreSQL of `DATABASE_URL` is reachable, or starts an embedded one.
 *
 * @throws DatabaseServerError if it is not reachable within `DATABASE_WAIT_MS`, refuses the connection, is too old, does not use UTF-8, or is behind
 *   a pooler in transaction mode
 */
export async function openDatabaseServer(
  settings: Settings,
  logger: LoggerService,
  signal: AbortSignal,
): Promise<DatabaseServer> {
  if (settings.databaseUrl !== undefined) {
    await waitForDatabase(settings.databaseUrl, settings.databaseWaitMs, logger, signal);
    return {
      url: settings.databaseUrl,
      description: `PostgreSQL at ${toHost(settings.databaseUrl)}`,
      lost: new Promise(() => {}),
      stop: async () => {},
    };
  }
  return startEmbedded(resolve(settings.dataDir), logger, signal);
}

/**
 * Calls `start`. If the database becomes unavailable meanwhile, it waits for the database and calls `start` again.
 *
 * @throws DatabaseServerError if that takes longer than `DATABASE_WAIT_MS`, or the database refuses the connection
 * @throws any other error of `start`
 */
export async function startOnDatabase<T>(
  url: string,
  settings: Settings,
  logger: LoggerService,
  signal: AbortSignal,
  start: () => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + settings.databaseWaitMs;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      signal.throwIfAborted();
      const isGone = isDatabaseOutage(error) && !isRefusal(error);
      if (!isGone || settings.databaseUrl === undefined || Date.now() >= deadline)
        throw explained(error, url);
      logger.warn({ event: 'start_broken_off', host: toHost(url), reason: String(error) }, 'Startup');
      await wait(RETRY_MS, undefined, { signal });
      await waitForDatabase(url, Math.max(0, deadline - Date.now()), logger, signal);
    }
  }
}

/** Converts errors of the database to a DatabaseServerError. Other errors are returned unchanged. */
function explained(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || !(isRefusal(error) || isDatabaseOutage(error))) return error;
  const cause = { cause: error };
  return new DatabaseServerError(`The database at ${toHost(url)} refuses us: ${error.message}`, cause);
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code }: { code?: unknown } = 'driverError' in error ? Object(error.driverError) : error;
  return REFUSALS.has(String(code));
}

async function startEmbedded(
  dataDir: string,
  logger: LoggerService,
  signal: AbortSignal,
): Promise<DatabaseServer> {
  const server = await EmbeddedPostgres.start({
    dataDir,
    signal,
    log: (event, fields) => logger[getLevel(event)]?.({ event, ...fields }, 'EmbeddedPostgres'),
  });
  const lost = Promise.withResolvers<DatabaseServerError>();
  let stopping = false;
  void server.exited.then(() => {
    if (!stopping)
      lost.resolve(
        new DatabaseServerError(
          `The embedded PostgreSQL in DATA_DIR ${dataDir} ended by itself (why: ${dataDir}/server.log). Start Shelfline again: what was committed is kept`,
        ),
      );
  });
  return {
    url: server.url,
    description: `embedded PostgreSQL, kept in ${dataDir}`,
    lost: lost.promise,
    stop: () => {
      stopping = true;
      return server.stop();
    },
  };
}

/** Normal starts and stops are logged as `debug`. */
function getLevel(event: string): 'debug' | 'warn' | 'error' {
  switch (event) {
    case 'embedded_postgres_exited':
      return 'error';
    case 'embedded_postgres_leftover':
      return 'warn';
    default:
      return 'debug';
  }
}

async function waitForDatabase(
  url: string,
  waitMs: number,
  logger: LoggerService,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (let attempts = 0; ; attempts += 1) {
    signal.throwIfAborted();
    try {
      return await checkServer(url);
    } catch (error) {
      if (error instanceof DatabaseServerError) throw error;
      const reason = error instanceof Error ? error.message || error.name : String(error);
      const host = toHost(url);
      if (isRefusal(error) || !isDatabaseOutage(error))
        throw new DatabaseServerError(`The database at ${host} refuses us: ${reason}`);
      if (Date.now() >= deadline) {
        throw new DatabaseServerError(
          `The database at ${host} did not answer within DATABASE_WAIT_MS=${waitMs}: ${reason}`,
        );
      }
      if (attempts % 5 === 0) logger.warn({ event: 'waiting_for_database', host, reason }, 'Startup');
      await wait(RETRY_MS, undefined, { signal });
    }
  }
}

/** The host and port of a URL, or the folder of a socket, which pg also reads from `?host=`. */
function toHost(url: string): string {
  const { host, searchParams } = new URL(url);
  return searchParams.get('host') || host || 'localhost';
}

async function checkServer(url: string): Promise<void> {
  const config = { connectionString: url, connectionTimeoutMillis: 5_000 };
  const client = new Client(config);
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ number: number; name: string; encoding: string }>(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name,
              current_setting('server_encoding') AS encoding`,
    );
    const [version] = rows;
    if (version !== undefined && version.number < OLDEST_VERSION) {
      throw new DatabaseServerError(`The database is PostgreSQL ${version.name}: 15 or newer is needed`);
    }
    // No other encoding can store all texts of a job.
    if (version !== undefined && version.encoding !== 'UTF8') {
      throw new DatabaseServerError(
        `The database has the encoding ${version.encoding}: UTF8 is needed (createdb --template=template0 --encoding=UTF8)`,
      );
    }
    if (await isBehindTransactionPooler(config))
      throw new DatabaseServerError(`The database at ${toHost(url)} cannot be used: ${TRANSACTION_POOLER}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}
