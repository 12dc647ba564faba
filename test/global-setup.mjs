/**
 * Gives the run one PostgreSQL: the server that `DATABASE_URL` names, or an embedded one in a folder of its own.
 * Each test file makes databases of its own on it (see `test/support/database.ts`).
 */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from '../dist/embedded-postgres/embedded-postgres.js';

export default async function setUp() {
  if (process.env['DATABASE_URL']) {
    process.env['TEST_DATABASE_URL'] = process.env['DATABASE_URL'];
    return;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'shelfline-test-'));
  const server = await EmbeddedPostgres.start({ dataDir });
  const url = await asSuperuser(server.url, dataDir);
  await hurry(url);
  process.env['TEST_DATABASE_URL'] = url;
  globalThis.embeddedPostgres = { server, dataDir };
}

/** The role of the application may make no databases. */
async function asSuperuser(applicationUrl, dataDir) {
  const url = new URL(applicationUrl);
  url.username = 'shelfline';
  url.password = (await readFile(join(dataDir, 'password'), 'utf8')).trim();
  return url.href;
}

/** What is lost when the machine goes down is lost to nobody: tests that stop a server have one of their own. */
async function hurry(url) {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    await client.query(`ALTER SYSTEM SET ${setting} = off`);
  }
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}
