import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Binaries, tryBinaries } from './binaries.js';
import { copyBinaries } from './binaries-copy.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { InstalledPackage } from './installed-package.js';
import type { Account } from './accounts.js';

/**
 * Finds PostgreSQL's programs in the package. If the server's account cannot use them there (for example in a
 * `node_modules` that only root may enter), they are copied once to the first folder that works: the data
 * folder, a system folder if the application runs as root, or the temporary folder.
 *
 * @param copied called after a copy was made
 * @throws EmbeddedPostgresError if they do not run on this machine
 */
export async function findBinaries(
  installed: InstalledPackage,
  dataDir: string,
  account: Account | undefined,
  copied: (copy: string) => void,
): Promise<Binaries> {
  const installedResult = await tryBinaries(installed.native, account);
  if (typeof installedResult !== 'string') {
    return installedResult;
  }
  const name = `postgresql-${installed.version}-${process.platform}-${process.arch}`;
  for (const folder of getCopyFolders(dataDir)) {
    const copy = join(folder, name);
    const binaries = await copyBinaries(installed.native, copy, account, copied);
    if (binaries) {
      return binaries;
    }
  }
  throw new EmbeddedPostgresError(
    `the embedded PostgreSQL cannot be run on this machine, nor from a copy (${installedResult}): set DATABASE_URL to a server`,
  );
}

function getCopyFolders(dataDir: string): string[] {
  const uid = process.geteuid?.() ?? 0;
  return [dataDir, ...(uid === 0 ? ['/var/cache/shelfline'] : []), join(tmpdir(), `shelfline-${uid}`)];
}
