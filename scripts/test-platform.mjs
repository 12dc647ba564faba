// Installs what npm would publish into a copy of the example platform, outside of this project, as a stranger would, and runs
// the platform's own tests on a PostgreSQL of their own.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedPostgres } from '../dist/embedded-postgres/embedded-postgres.js';
import { pack, run } from './pack.mjs';

const EXAMPLE = fileURLToPath(new URL('../examples/platform', import.meta.url));
const SKIPPED = /\/(?:node_modules|dist)$|\.tgz$/;

const folder = await mkdtemp(join(tmpdir(), 'shelfline-platform-'));
const platform = join(folder, 'platform');
let database;
try {
  const { path } = await pack(folder);
  await cp(EXAMPLE, platform, { recursive: true, filter: (source) => !SKIPPED.test(source) });
  const options = { cwd: platform };
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', path],
    options,
  );

  const installed = await readdir(join(platform, 'node_modules'));
  assert.ok(!installed.includes('@embedded-postgres') && !installed.includes('embedded-postgres'));
  const { stdout } = await run(
    process.execPath,
    ['-p', "typeof require('shelfline').StoreVisitsModule"],
    options,
  );
  assert.equal(stdout.trim(), 'function', 'a CommonJS platform can require it');

  database = await EmbeddedPostgres.start({ dataDir: join(folder, 'database') });
  const tests = await run('npm', ['test'], {
    ...options,
    env: { ...process.env, DATABASE_URL: database.url },
  });
  console.log(tests.stdout);
} finally {
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
}
