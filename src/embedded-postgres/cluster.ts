import { chmod, chown, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import type { DataFolder } from './data-folder.js';
import { getErrorCode, EmbeddedPostgresError } from './embedded-postgres-error.js';
import { likelyCause } from './likely-cause.js';
import type { Account } from './accounts.js';
import { SupervisedProcess } from './supervised-process.js';

/** Name of the cluster's superuser, and of the database. */
export const NAME = 'shelfline';

/** Settings in the `postgresql.conf` of a new cluster, which operators may change. */
const SETTINGS = {
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

export interface ClusterOptions {
  readonly folder: DataFolder;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  /** File descriptor of the server's lock, which the processes of initdb also hold. */
  readonly lock: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Creates the cluster unless it exists. It is created under another name and renamed when it is complete and on
 * disk, so an interruption leaves either no cluster or a complete one.
 *
 * @returns true if it was created
 * @throws EmbeddedPostgresError if the existing one has another major version, or none can be created
 */
export async function ensureCluster(options: ClusterOptions, password: string): Promise<boolean> {
  const { folder, signal } = options;
  await rm(folder.newCluster, { recursive: true, force: true, maxRetries: 10 });
  if (await folder.clusterOwner()) {
    await refuseOtherVersion(folder, options.binaries);
    return false;
  }
  try {
    signal?.throwIfAborted();
    const made = await initialise(options, password);
    await folder.adoptCluster(made);
    return true;
  } finally {
    await rm(folder.newCluster, { recursive: true, force: true, maxRetries: 10 });
  }
}

/**
 * The path by which the server's processes address their working folder. On Linux `/proc/self/cwd` also works
 * if the account may not enter the parent folders.
 */
export function nameOfCurrentFolder(path: string, account: Account | undefined): string {
  return account && process.platform === 'linux' ? '/proc/self/cwd' : path;
}

async function initialise(
  { folder, binaries, account, lock, signal }: ClusterOptions,
  password: string,
): Promise<string> {
  const made = join(folder.newCluster, 'data');
  await mkdir(folder.newCluster, { mode: 0o700 });
  await mkdir(made, { mode: 0o700 });
  const passwordFile = await open(join(folder.newCluster, 'password'), 'wx', 0o600);
  try {
    await passwordFile.writeFile(password);
    if (account) {
      await chmod(folder.newCluster, 0o711);
      await passwordFile.chown(account.uid, account.gid);
      await chown(made, account.uid, account.gid);
    }
  } finally {
    await passwordFile.close();
  }
  const initdb = await SupervisedProcess.start(
    binaries.initdb,
    [
      `--pgdata=${nameOfCurrentFolder(made, account)}`,
      `--username=${NAME}`,
      '--pwfile=../password',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...Object.entries(SETTINGS).map(([name, value]) => `--set=${name}=${value}`),
    ],
    { ending: 'kill', account, cwd: made, output: 'capture', heldOpen: lock },
  );
  const abort = (): void => initdb.detach();
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) {
    abort();
  }
  const status = await initdb.exited;
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  if (/could not look up effective user ID/.test(initdb.output)) {
    throw new EmbeddedPostgresError(
      `PostgreSQL needs the account it runs under to have a name, and uid ${process.geteuid?.()} has none in /etc/passwd: ` +
        'start Shelfline under an account with a name, or set DATABASE_URL',
    );
  }
  if (status !== 0) {
    throw new EmbeddedPostgresError(
      `a database cannot be made in DATA_DIR ${folder.path}: ${await likelyCause(initdb.output, folder.path)}`,
    );
  }
  return made;
}

async function refuseOtherVersion(folder: DataFolder, binaries: Binaries): Promise<void> {
  const made = await readFile(join(folder.cluster, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (getErrorCode(error) === 'ENOENT') {
      throw new EmbeddedPostgresError(
        `${folder.cluster} is not a whole database: restore it, or choose another DATA_DIR`,
      );
    }
    throw error;
  });
  if (made.trim() !== binaries.major) {
    throw new EmbeddedPostgresError(
      `DATA_DIR ${folder.path} was made by PostgreSQL ${made.trim()}, and this is PostgreSQL ${binaries.version}: dump it ` +
        `with version ${made.trim()} and restore it here into another DATA_DIR, or set DATABASE_URL to a server of that version`,
    );
  }
}
