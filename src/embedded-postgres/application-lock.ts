import { ftruncateSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataFolder } from './data-folder.js';
import { getErrorCode, EmbeddedPostgresError } from './embedded-postgres-error.js';
import { FileLock } from './file-lock.js';

/** Number of reads, 25 ms apart, of the holder's name, which a new holder writes after it took the lock. */
const MAX_READS = 40;

/**
 * Locks a data folder for this application until its process ends.
 *
 * @throws EmbeddedPostgresError if another application holds the lock; the message names it
 */
export async function acquireApplicationLock(folder: DataFolder): Promise<FileLock> {
  for (let attempt = 1; ; attempt += 1) {
    const lock = await FileLock.tryAcquire(folder.applicationLock);
    if (lock) {
      ftruncateSync(lock.fd);
      writeSync(lock.fd, `${process.pid} ${hostname()}\n`, 0);
      return lock;
    }
    const holder = await describeHolder(folder.applicationLock);
    if (holder || attempt === MAX_READS) {
      throw new EmbeddedPostgresError(
        `DATA_DIR ${folder.path} is in use by another Shelfline${holder ? ` (${holder})` : ''}: stop that one, or choose another DATA_DIR`,
      );
    }
    await delay(25);
  }
}

/** Describes the holder of the lock; empty if the file names no living process yet. */
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
