import { lstat, mkdir, open, readdir, readFile, realpath, rename, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { getErrorCode, EmbeddedPostgresError, getReason } from './embedded-postgres-error.js';
import { type Account, describeAccount } from './accounts.js';

/** The lock file. It is created first and identifies a folder of Shelfline. */
const MARK = 'application.lock';

/** Entries that an empty folder may have. The root of a new ext4 disk has the first. */
const NOTHING = new Set(['lost+found', '.DS_Store']);

/**
 * The layout of `DATA_DIR`:
 *
 * | name | content |
 * | --- | --- |
 * | `application.lock` | locked by the application that uses the folder, whose name it contains |
 * | `server.lock` | locked by the server's processes until the last of them ends |
 * | `password` | the superuser's password, readable by its owner only |
 * | `postgres/` | the cluster, which belongs to the server's account |
 * | `postgres.new/` | a cluster that is being created; deleted after an interrupted start |
 * | `server.log` | messages of the server since its start |
 */
export class DataFolder {
  readonly cluster: string;
  readonly newCluster: string;
  readonly serverLog: string;
  readonly serverLock: string;
  readonly applicationLock: string;
  private readonly passwordFile: string;

  private constructor(readonly path: string) {
    this.cluster = join(path, 'postgres');
    this.newCluster = join(path, 'postgres.new');
    this.serverLog = join(path, 'server.log');
    this.serverLock = join(path, 'server.lock');
    this.applicationLock = join(path, MARK);
    this.passwordFile = join(path, 'password');
  }

  /**
   * Opens a data folder, and creates it if it does not exist. Does not change a folder that is not Shelfline's.
   *
   * @throws EmbeddedPostgresError if the folder contains something else, belongs to another account, or cannot
   *   be created
   */
  static async open(dataDir: string): Promise<DataFolder> {
    const asked = resolve(dataDir);
    try {
      await makeFolder(asked);
      const path = await realpath(asked);
      await refuseForeign(path, await readdir(path));
      return new DataFolder(path);
    } catch (error) {
      if (error instanceof EmbeddedPostgresError) {
        throw error;
      }
      throw new EmbeddedPostgresError(`DATA_DIR ${asked} cannot be used: ${getReason(error)}`, {
        cause: error,
      });
    }
  }

  /** The owner of the cluster; undefined if it does not exist. */
  async clusterOwner(): Promise<Account | undefined> {
    try {
      const { uid, gid } = await lstat(this.cluster);
      return { uid: uid | 0, gid: gid | 0 };
    } catch (error) {
      if (getErrorCode(error) === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }

  /** The server's password, which is created on first use. */
  async password(): Promise<string> {
    try {
      return (await readFile(this.passwordFile, 'utf8')).trim();
    } catch (error) {
      if (getErrorCode(error) !== 'ENOENT') {
        throw error;
      }
    }
    if (await this.clusterOwner()) {
      throw new EmbeddedPostgresError(
        `the database's password is missing: put the file ${this.passwordFile} back, or choose another DATA_DIR`,
      );
    }
    const password = randomBytes(24).toString('base64url');
    const file = await open(`${this.passwordFile}.new`, 'w', 0o600);
    try {
      await file.writeFile(password);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${this.passwordFile}.new`, this.passwordFile);
    return password;
  }

  /** Renames a complete cluster to its final name, and flushes the rename to disk. */
  async adoptCluster(made: string): Promise<void> {
    await rename(made, this.cluster);
    const folder = await open(this.path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

/** Creates a folder and its parents. Node's recursive mkdir hides the reason of a failure. */
async function makeFolder(path: string): Promise<void> {
  try {
    await makeLastFolder(path);
  } catch (error) {
    if (getErrorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeLastFolder(path);
  }
}

async function makeLastFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (getErrorCode(error) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
  }
}

async function refuseForeign(path: string, entries: readonly string[]): Promise<void> {
  const ours = entries.includes(MARK);
  if (!ours && entries.some((entry) => !NOTHING.has(entry))) {
    throw new EmbeddedPostgresError(
      `DATA_DIR ${path} is not empty and was not made by Shelfline: choose an empty or a new folder`,
    );
  }
  const me = process.geteuid?.() ?? 0;
  const owner = ours ? (await lstat(join(path, MARK))).uid : (await lstat(path)).uid;
  // An ordinary user may use an empty folder of another owner as its permissions allow. Root may not, for
  // safety.
  if (owner !== me && (ours || me === 0)) {
    throw new EmbeddedPostgresError(
      `DATA_DIR ${path} belongs to ${await describeAccount(owner)}, and this is ${await describeAccount(me)}: ` +
        'start Shelfline under the account that the folder belongs to, or choose another DATA_DIR',
    );
  }
}
