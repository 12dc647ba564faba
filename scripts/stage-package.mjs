// Copies what was built into the folder of a package that npm publishes from there: the server, the command line or the client.
import { cp, rm } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The names of the packages, and the paths that each of them takes from the root. */
export const PACKAGES = {
  server: ['dist', 'data/store-master.sample.csv', 'LICENSE'],
  cli: ['dist/cli', 'LICENSE'],
  // The compiler writes what it holds into its folder.
  client: ['LICENSE'],
};
/** The command line is no part of the server. */
const NOT_IN_SERVER = join('dist', 'cli');

/** Replaces what was staged before. Fails if the project was not built. */
export async function stagePackage(name) {
  const folder = join(ROOT, 'packages', name);
  const staged = PACKAGES[name].map((path) => path.split('/')[0] ?? path);
  await Promise.all(staged.map((path) => rm(join(folder, path), { recursive: true, force: true })));
  for (const path of PACKAGES[name])
    await cp(join(ROOT, path), join(folder, path), {
      recursive: true,
      filter: (source) => isStaged(name, relative(ROOT, source)),
    });
  return folder;
}

function isStaged(name, path) {
  if (name === 'server' && (path === NOT_IN_SERVER || path.startsWith(NOT_IN_SERVER + sep))) return false;
  return extname(path) !== '.map' && !path.endsWith('.d.ts') && !path.endsWith('.tsbuildinfo');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await stagePackage(process.argv[2]);
