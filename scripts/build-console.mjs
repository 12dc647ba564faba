/**
 * Builds the console into dist/console. A build of the same sources is taken from a cache in node_modules, because most changes do not touch the
 * console.
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = join(ROOT, 'dist/console');
const CACHE = join(ROOT, 'node_modules/.cache/shelfline-console');
/** All that the build depends on. The lockfile has the versions of the packages. */
const SOURCES = [
  'console/index.html',
  'console/package.json',
  'console/public',
  'console/src',
  'console/tsconfig.json',
  'console/vite.config.ts',
  'package-lock.json',
  'packages/client/src',
  'scripts/build-console.mjs',
  'tsconfig.json',
];

const cached = join(CACHE, await digestSources());
await rm(OUTPUT, { recursive: true, force: true });
if (await exists(cached)) {
  await cp(cached, OUTPUT, { recursive: true });
} else {
  const { build } = await import('vite');
  await build({ configFile: join(ROOT, 'console/vite.config.ts'), logLevel: 'warn' });
  await keep();
}

/** Replaces what was kept of an earlier build. A copy gets its name once it is complete. */
async function keep() {
  await rm(CACHE, { recursive: true, force: true });
  await mkdir(CACHE, { recursive: true });
  const partial = join(CACHE, `partial-${process.pid}`);
  await cp(OUTPUT, partial, { recursive: true });
  await rename(partial, cached);
}

async function digestSources() {
  const hash = createHash('sha256').update(process.version);
  for (const source of SOURCES)
    for (const file of await listFiles(source)) {
      const content = await readFile(join(ROOT, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  return hash.digest('hex').slice(0, 32);
}

/** A file, or all files of a folder in the order of their names. Tests are no part of the build. */
async function listFiles(path) {
  if (!(await stat(join(ROOT, path))).isDirectory()) return [path];
  const entries = await readdir(join(ROOT, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.spec\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    .toSorted();
}

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}
