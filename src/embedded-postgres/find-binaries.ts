import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Binaries, tryBinaries } from './binaries.js';
import { copyBinaries } from './binaries-copy.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { InstalledPackage } from './installed-package.js';
import type { Account } from './accounts.js';

/**
 * Finds PostgreSQL's programs in the package. Where the server's account cannot use them in place (a `node_modules` that
 * only root may enter, say), they are copied, once, to the first place where it can: the data folder, for root a folder
 * of the system's, the folder for temporary files.
 *
 * @param copied told of a copy that was made.
 * @throws EmbeddedPostgresError when they do not run on this machine.
 */
export async function findBinaries(
  installed: InstalledPackage,
  dataDir: string,
  account: Account | undefined,
  copied: (copy: string) => void,
): Promise<Binaries> {
  const inPlace = await tryBinaries(installed.native, account);
  if (typeof inPlace !== 'string') {
    return inPlace;
  }
  const name = `postgresql-${installed.version}-${process.platform}-${process.arch}`;
  for (const place of copyPlaces(dataDir)) {
    const copy = join(place, name);
    const binaries = await copyBinaries(installed.native, copy, account, copied);
    if (binaries) {
      return binaries;
    }
  }
  throw new EmbeddedPostgresError(
    `the embedded PostgreSQL cannot be run on this machine, nor from a copy (${inPlace}): set DATABASE_URL to a server`,
  );
}

function copyPlaces(dataDir: string): string[] {
  const uid = process.geteuid?.() ?? 0;
  return [dataDir, ...(uid === 0 ? ['/var/cache/shelfline'] : []), join(tmpdir(), `shelfline-${uid}`)];
}
