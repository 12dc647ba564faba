/** Builds when `dist` is missing, or older than what it is built from. So `npm start` never runs an old build. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = [
  'src',
  'migrations',
  'packages/client/src',
  'packages/client/tsconfig.json',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];
/** The build writes it last. */
const BUILT = 'dist/build-info.json';

/** Whether there is no finished build in a folder, or something that it is built from is newer. */
export function isStale(folder: string): boolean {
  const built = modifiedAt(join(folder, BUILT));
  if (built === undefined) return true;
  return SOURCES.some((name) => getNewest(join(folder, name)) > built);
}

/** When a file was changed last, or anything below a folder that is no test; 0 where there is nothing. */
function getNewest(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || path.endsWith('.spec.ts')) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  // The time of a folder tells of files that were deleted.
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, getNewest(join(path, name))),
    stats.mtimeMs,
  );
}

function modifiedAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

if (import.meta.main) {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  if (isStale(folder)) {
    process.stderr.write('Building, as the sources have changed …\n');
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder, stdio: ['ignore', 2, 2] });
  }
}
