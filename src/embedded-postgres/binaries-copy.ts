import {
  chmod,
  constants,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Binaries, tryBinaries } from './binaries.js';
import { run } from './run.js';
import type { Account } from './accounts.js';

/**
 * Copies the programs to a folder, unless a working copy exists. A copy gets its final name when it is
 * complete, so an interrupted one is never used.
 *
 * @returns undefined if no copy is possible: others may write there, the account cannot enter, the disk is full
 *   or read-only, or execution is forbidden there
 */
export async function copyBinaries(
  native: string,
  copy: string,
  account: Account | undefined,
  copied: (copy: string) => void,
): Promise<Binaries | undefined> {
  const place = dirname(copy);
  try {
    if (await mkdir(place, { recursive: true })) {
      await chmod(place, 0o755);
    }
    if (!(await isOursAlone(place)) || !(await canEnter(place, account))) {
      return undefined;
    }
    const existing = await tryBinaries(copy, account);
    if (typeof existing !== 'string') {
      return existing;
    }
    await replaceCopy(native, copy);
    const made = await tryBinaries(copy, account);
    if (typeof made !== 'string') {
      copied(copy);
      return made;
    }
    await rm(copy, { recursive: true, force: true });
  } catch {
    // The caller tries the next folder, and reports an error if none works.
  }
  return undefined;
}

async function replaceCopy(native: string, copy: string): Promise<void> {
  const partial = await mkdtemp(`${copy}.partial-`);
  try {
    await copyTree(native, partial);
    await makeSymlinks(partial);
    await rm(copy, { recursive: true, force: true });
    // Another application may have been faster. Its copy is as good.
    await rename(partial, copy).catch(() => undefined);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Whether no other account can write to the folder. */
async function isOursAlone(folder: string): Promise<boolean> {
  const stat = await lstat(folder);
  return stat.isDirectory() && stat.uid === process.geteuid?.() && (stat.mode & 0o022) === 0;
}

async function canEnter(folder: string, account: Account | undefined): Promise<boolean> {
  return (await run('/bin/sh', ['-c', 'cd "$1"', 'shelfline-trial', folder], account)).status === 0;
}

/**
 * Copies the files that the server needs. Everyone may read them and only the owner may change them, whatever
 * the umask is.
 */
async function copyTree(from: string, to: string): Promise<void> {
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await mkdir(target);
      await copyTree(source, target);
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target);
    } else if (!entry.name.endsWith('.a')) {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, 0o755);
    }
  }
}

/**
 * Creates the links between libraries that an install script of the package creates, in case npm ran no
 * scripts.
 */
async function makeSymlinks(native: string): Promise<void> {
  const list: unknown = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  for (const link of Array.isArray(list) ? list.filter(isLink) : []) {
    const at = join(native, link.target.replace(/^native\//, ''));
    await symlink(basename(link.source), at).catch(() => undefined);
  }
}

function isLink(link: unknown): link is { source: string; target: string } {
  return (
    typeof link === 'object' &&
    link !== null &&
    'source' in link &&
    'target' in link &&
    typeof link.source === 'string' &&
    typeof link.target === 'string'
  );
}
