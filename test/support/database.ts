import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { endLater, hasEnded } from './leftovers.js';

/** A database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  query<T>(sql: string, parameters?: unknown[]): Promise<T[]>;
  drop(): Promise<void>;
}

/**
 * Makes an empty database on the server that the run has (see `global-setup.mjs`).
 *
 * @param options of CREATE DATABASE
 */
export async function createTestDatabase(options = ''): Promise<TestDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (server === undefined) throw new Error('TEST_DATABASE_URL is not set: run the tests with npm test');
  const name = `shelfline_test_${randomBytes(8).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name} ${options}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database: TestDatabase = {
    url: url.href,
    query: async <T>(sql: string, parameters: unknown[] = []) => {
      const client = new Client({ connectionString: url.href });
      await client.connect();
      try {
        return (await client.query(sql, parameters)).rows as T[];
      } finally {
        await client.end();
      }
    },
    drop: async () => {
      hasEnded(database);
      await onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
  endLater(database, () => database.drop());
  return database;
}

/**
 * How many statements wait for a lock on a table of the client's database: others of the run use the same server.
 *
 * @param part what the counted statements contain, in their first 1,000 characters
 */
export async function waitingForLocks(client: Client, part = ''): Promise<number> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
      WHERE NOT granted AND datname = current_database() AND position($1 IN query) > 0`,
    [part],
  );
  return rowCount ?? 0;
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
