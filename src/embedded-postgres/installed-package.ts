import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The npm package with PostgreSQL's programs for this machine. */
export interface InstalledPackage {
  readonly version: string;
  /** The folder with `bin`, `lib` and `share`. */
  readonly native: string;
}

/**
 * Finds the package, which production installations may lack.
 *
 * @throws EmbeddedPostgresError if it is not installed
 */
export async function findInstalledPackage(): Promise<InstalledPackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  // With nested packages only embedded-postgres can resolve it.
  for (const resolver of [() => require, () => createRequire(require.resolve('embedded-postgres'))]) {
    let entry: string;
    try {
      entry = resolver().resolve(name);
    } catch {
      continue;
    }
    const folder = await realpath(join(dirname(entry), '..'));
    return { version: await readVersion(folder), native: join(folder, 'native') };
  }
  throw new EmbeddedPostgresError(
    `DATABASE_URL has to be set (postgres://user:password@host:5432/database): this installation holds no embedded PostgreSQL (${name})`,
  );
}

async function readVersion(folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return manifest && typeof manifest === 'object' && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
