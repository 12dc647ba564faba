import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.ts';

/** Only what is built runs without a compiler. */
const BUILT = new URL('../../dist/embedded-postgres/embedded-postgres.js', import.meta.url).href;

/** A PostgreSQL server of a mutation run's own, on which nothing is flushed to the disk. */
export class TestDatabase {
  readonly url: string;
  private readonly stopServer: () => Promise<void>;

  private constructor(url: string, stopServer: () => Promise<void>) {
    this.url = url;
    this.stopServer = stopServer;
  }

  static async start(): Promise<TestDatabase> {
    const dataDir = await mkdtemp(join(tmpdir(), 'shelfline-mutation-db-'));
    const built: { readonly EmbeddedPostgres: typeof EmbeddedPostgres } = await import(BUILT);
    const server = await built.EmbeddedPostgres.start({ dataDir });
    const database = new TestDatabase(await asSuperuser(server.url, dataDir), async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    });
    for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
      await database.query(`ALTER SYSTEM SET ${setting} = off`);
    }
    await database.query('SELECT pg_reload_conf()');
    return database;
  }

  /** Drops the databases of tests that were ended before they could do so. */
  async dropLeftovers(): Promise<void> {
    const rows = await this.query<{ datname: string }>(
      `SELECT datname FROM pg_database WHERE datname LIKE 'shelfline_test_%'`,
    );
    for (const { datname } of rows) await this.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  }

  async stop(): Promise<void> {
    await this.stopServer();
  }

  private async query<Row extends object>(sql: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}

/** The role of the application may make no databases, and change no settings of the server. */
async function asSuperuser(applicationUrl: string, dataDir: string): Promise<string> {
  const url = new URL(applicationUrl);
  url.username = 'shelfline';
  url.password = (await readFile(join(dataDir, 'password'), 'utf8')).trim();
  return url.href;
}
