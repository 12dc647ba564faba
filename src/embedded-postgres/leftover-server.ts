import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataFolder } from './data-folder.js';
import { getErrorCode, EmbeddedPostgresError } from './embedded-postgres-error.js';
import { FileLock } from './file-lock.js';
import { readPidFile } from './pid-file.js';
import { run } from './run.js';

/** Milliseconds after which the server gets each signal: fast shutdown, immediate shutdown, kill. */
const SIGNALS = [
  { after: 0, signal: 'SIGINT' },
  { after: 20_000, signal: 'SIGQUIT' },
  { after: 30_000, signal: 'SIGKILL' },
] as const;
const STOP_TIMEOUT_MS = 40_000;
const POLL_MS = 50;

/** A setting without an effect. It shows in a server's command line which cluster it serves. */
export const clusterSetting = (cluster: string): string => `shelfline.cluster=${cluster}`;

/**
 * Takes the server's lock of a data folder whose application's lock is held. A server that an earlier
 * application left is stopped first. A process in the pid file is only signalled if it is a PostgreSQL server
 * that was started for this cluster. Otherwise the file is stale and deleted.
 *
 * @throws EmbeddedPostgresError if the server cannot be stopped, or another server uses the cluster
 */
export async function acquireServerLock(
  folder: DataFolder,
  signal: AbortSignal | undefined,
  found: (pid: number) => void,
): Promise<FileLock> {
  let lock: FileLock | undefined;
  try {
    await endServer(folder.cluster, {
      found,
      signal,
      isGone: async () => (lock ??= await FileLock.tryAcquire(folder.serverLock)) !== undefined,
    });
    if (!lock) {
      throw new EmbeddedPostgresError(
        `the lock ${folder.serverLock} is held by no server that could be stopped`,
      );
    }
    await removeStalePidFile(folder);
    return lock;
  } catch (error) {
    lock?.release();
    throw error;
  }
}

export interface EndServerOptions {
  /** Called with a running server's pid before it is signalled. */
  readonly found?: (pid: number) => void;
  readonly signal?: AbortSignal | undefined;
  /** A further condition for the end, besides no running server. */
  readonly isGone?: () => Promise<boolean>;
}

/**
 * Ends the server of a cluster, with stronger signals over time. Resolves when it has ended or there was none.
 *
 * @throws EmbeddedPostgresError if it does not end, or may not be signalled
 */
export async function endServer(cluster: string, options: EndServerOptions = {}): Promise<void> {
  const since = performance.now();
  const signals = [...SIGNALS];
  for (;;) {
    options.signal?.throwIfAborted();
    const isGone = (await options.isGone?.()) ?? true;
    const pid = await findServer(cluster);
    if (isGone && pid === undefined) {
      return;
    }
    const waited = performance.now() - since;
    if (waited > STOP_TIMEOUT_MS) {
      throw new EmbeddedPostgresError(
        `an earlier PostgreSQL server${pid === undefined ? '' : ` (pid ${pid})`} still uses ${cluster}: stop it by hand`,
      );
    }
    const next = signals[0];
    if (pid !== undefined && next && waited >= next.after) {
      signals.shift();
      options.found?.(pid);
      kill(pid, next.signal);
    }
    await delay(POLL_MS);
  }
}

/** The running server of a cluster, by its pid file; undefined if there is none. */
async function findServer(cluster: string): Promise<number | undefined> {
  const pid = (await readPidFile(cluster))?.pid;
  return pid !== undefined && (await getCommand(pid)).includes(clusterSetting(cluster)) ? pid : undefined;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (getErrorCode(error) !== 'ESRCH') {
      throw new EmbeddedPostgresError(
        `the PostgreSQL server with pid ${pid} is left from an earlier start and may not be signalled: stop it by hand`,
        { cause: error },
      );
    }
  }
}

async function removeStalePidFile(folder: DataFolder): Promise<void> {
  const pid = (await readPidFile(folder.cluster))?.pid;
  const file = join(folder.cluster, 'postmaster.pid');
  if (pid !== undefined && /^(?:postgres|postmaster)$/.test(basename((await getCommand(pid))[0] ?? ''))) {
    throw new EmbeddedPostgresError(
      `a PostgreSQL server that Shelfline did not start (pid ${pid}) uses DATA_DIR ${folder.path}: stop it, ` +
        `or delete ${file} if that server serves another folder`,
    );
  }
  await rm(file, { force: true });
}

/** The command line of a process; empty if it does not exist. */
async function getCommand(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text.split('\0').filter(Boolean);
  }
  // Elsewhere it is one string, in which spaces of a path look like separators.
  const { status, output } = await run('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
  const setting = /shelfline\.cluster=.*/.exec(output)?.[0];
  return status === 0 ? [output.split(' ')[0] ?? '', ...(setting ? [setting] : [])] : [];
}
