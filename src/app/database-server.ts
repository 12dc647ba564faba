import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LoggerService } from '@nestjs/common';
import { Client } from 'pg';
import { isDatabaseOutage } from '../http/error-answer.js';
import { EmbeddedPostgres } from './embedded-postgres/embedded-postgres.js';
import type { Settings } from './environment.js';

/** The oldest PostgreSQL that the queue and the tables are tested on, as `server_version_num`. */
const OLDEST_VERSION = 150_000;

/** Between two tries to reach a database that is not there yet, in milliseconds. */
const RETRY_MS = 1_000;

/** The database is not there, or not one that can be used. The message is one line. */
export class DatabaseServerError extends Error {
  override readonly name = 'DatabaseServerError';
}

/** The PostgreSQL of this process: where it is, and how to let go of it. */
export interface DatabaseServer {
  readonly url: string;
  /** For people: "embedded, in /path/.data", or the host it was reached at. */
  readonly description: string;
  /**
   * Resolves when a server of our own ended without being told to: without it nothing works, and the next start of the
   * process recovers what was committed. Never resolves for a server that is not ours, which may come back.
   */
  readonly lost: Promise<DatabaseServerError>;
  stop(): Promise<void>;
}

/**
 * The PostgreSQL that `DATABASE_URL` names, once it answers, or an embedded one.
 *
 * @throws DatabaseServerError when it did not answer within `DATABASE_WAIT_MS`, refused us, or is too old
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
      description: `PostgreSQL at ${new URL(settings.databaseUrl).host}`,
      lost: new Promise(() => {}),
      stop: async () => {},
    };
  }
  return startEmbedded(resolve(settings.dataDir), logger, signal);
}

async function startEmbedded(
  dataDir: string,
  logger: LoggerService,
  signal: AbortSignal,
): Promise<DatabaseServer> {
  const server = await EmbeddedPostgres.start({
    dataDir,
    signal,
    log: (event, fields) => logger[levelOf(event)]?.({ event, ...fields }, 'EmbeddedPostgres'),
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

/** That it starts and stops as it should is nothing to act on. */
function levelOf(event: string): 'debug' | 'warn' | 'error' {
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
  for (let tries = 0; ; tries += 1) {
    signal.throwIfAborted();
    try {
      return await checkVersion(url);
    } catch (error) {
      if (error instanceof DatabaseServerError) throw error;
      const reason = error instanceof Error ? error.message || error.name : String(error);
      const { host } = new URL(url);
      if (!isDatabaseOutage(error))
        throw new DatabaseServerError(`The database at ${host} refuses us: ${reason}`);
      if (Date.now() >= deadline) {
        throw new DatabaseServerError(
          `The database at ${host} did not answer within DATABASE_WAIT_MS=${waitMs}: ${reason}`,
        );
      }
      if (tries % 5 === 0) logger.warn({ event: 'waiting_for_database', host, reason }, 'Startup');
      await wait(RETRY_MS, undefined, { signal });
    }
  }
}

async function checkVersion(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ number: number; name: string }>(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name`,
    );
    const [version] = rows;
    if (version !== undefined && version.number < OLDEST_VERSION) {
      throw new DatabaseServerError(`The database is PostgreSQL ${version.name}: 15 or newer is needed`);
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}
