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
 * Copies the programs to a folder, unless a copy that runs is there already. A copy gets its name when it is complete,
 * so one that was interrupted is never used.
 *
 * @returns undefined where there cannot be one: others may write there, the account cannot enter, the disk is full or
 *   read-only, or nothing on it may be executed.
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
    // The next place may do; the caller says so when none does.
  }
  return undefined;
}

async function replaceCopy(native: string, copy: string): Promise<void> {
  const partial = await mkdtemp(`${copy}.partial-`);
  try {
    await copyTree(native, partial);
    await makeSymlinks(partial);
    await rm(copy, { recursive: true, force: true });
    // Another application may have been quicker; its copy is as good.
    await rename(partial, copy).catch(() => undefined);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** True when nobody else can put programs of theirs into the folder. */
async function isOursAlone(folder: string): Promise<boolean> {
  const stat = await lstat(folder);
  return stat.isDirectory() && stat.uid === process.geteuid?.() && (stat.mode & 0o022) === 0;
}

async function canEnter(folder: string, account: Account | undefined): Promise<boolean> {
  return (await run('/bin/sh', ['-c', 'cd "$1"', 'shelfline-trial', folder], account)).status === 0;
}

/** Copies what the server needs, for everybody to read and for the owner alone to change, whatever the umask. */
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

/** Makes the links between libraries that the package makes when it is installed, unless npm runs no scripts. */
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
