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
    const description = `PostgreSQL at ${new URL(settings.databaseUrl).host}`;
    return { url: settings.databaseUrl, description, stop: async () => {} };
  }
  const server = await EmbeddedPostgres.start({ dataDir: settings.dataDir, signal });
  return {
    url: server.url,
    description: `embedded PostgreSQL, kept in ${settings.dataDir}`,
    stop: () => server.stop(),
  };
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
