import { ftruncateSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataFolder } from './data-folder.js';
import { getErrorCode, EmbeddedPostgresError } from './embedded-postgres-error.js';
import { FileLock } from './file-lock.js';

/** Times that the holder is given to say who it is, 25 ms each, when it has only just taken the lock. */
const LOOKS = 40;

/**
 * Takes a data folder for this application, until its end.
 *
 * @throws EmbeddedPostgresError when another application has it, naming that one.
 */
export async function takeApplicationLock(folder: DataFolder): Promise<FileLock> {
  for (let look = 1; ; look += 1) {
    const lock = await FileLock.tryAcquire(folder.applicationLock);
    if (lock) {
      ftruncateSync(lock.fd);
      writeSync(lock.fd, `${process.pid} ${hostname()}\n`, 0);
      return lock;
    }
    const holder = await describeHolder(folder.applicationLock);
    if (holder || look === LOOKS) {
      throw new EmbeddedPostgresError(
        `DATA_DIR ${folder.path} is in use by another Shelfline${holder ? ` (${holder})` : ''}: stop that one, or choose another DATA_DIR`,
      );
    }
    await delay(25);
  }
}

/** Says who holds the lock; nothing in the instant in which the file names nobody yet, or somebody who is gone. */
async function describeHolder(path: string): Promise<string> {
  const [pid, host] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
  if (!pid || !host) {
    return '';
  }
  if (host !== hostname()) {
    return `pid ${pid} on ${host}`;
  }
  return isAlive(Number(pid)) ? `pid ${pid}` : '';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return getErrorCode(error) === 'EPERM';
  }
}
