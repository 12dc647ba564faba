import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Clusters from '../../src/app/embedded-postgres/cluster.js';
import type * as DataFolders from '../../src/app/embedded-postgres/data-folder.js';
import type * as BinariesFound from '../../src/app/embedded-postgres/find-binaries.js';
import type * as FreePorts from '../../src/app/embedded-postgres/free-port.js';
import type * as Packages from '../../src/app/embedded-postgres/installed-package.js';
import type * as Leftovers from '../../src/app/embedded-postgres/leftover-server.js';
import type * as PidFiles from '../../src/app/embedded-postgres/pid-file.js';
import type * as Accounts from '../../src/app/embedded-postgres/server-account.js';
import type * as Servers from '../../src/app/embedded-postgres/server.js';

/** A module of the build: Node alone can't run the sources, whose decorators and imports are TypeScript's. */
async function built<T>(name: string): Promise<T> {
  const url = new URL(`../../dist/app/embedded-postgres/${name}.js`, import.meta.url);
  const module: T = await import(url.href);
  return module;
}

/**
 * A PostgreSQL of a test's own that can be stopped, killed and started again: always at the same address, and with all
 * that was committed.
 */
export class PostgresServer {
  /** Where it is while it runs. */
  readonly url: string;
  private readonly launch: () => Promise<Servers.Server>;
  private readonly pidOf: () => Promise<number>;
  private readonly path: string;
  private server: Servers.Server | undefined;

  private constructor(
    path: string,
    url: string,
    launch: () => Promise<Servers.Server>,
    pidOf: () => Promise<number>,
  ) {
    this.path = path;
    this.url = url;
    this.launch = launch;
    this.pidOf = pidOf;
  }

  /** Makes one, which does not run yet. */
  static async make(): Promise<PostgresServer> {
    const { DataFolder } = await built<typeof DataFolders>('data-folder');
    const { ensureCluster } = await built<typeof Clusters>('cluster');
    const { findServerAccount } = await built<typeof Accounts>('server-account');
    const { findBinaries } = await built<typeof BinariesFound>('find-binaries');
    const { findInstalledPackage } = await built<typeof Packages>('installed-package');
    const { takeServerLock } = await built<typeof Leftovers>('leftover-server');
    const { readPidFile } = await built<typeof PidFiles>('pid-file');
    const { findFreePort } = await built<typeof FreePorts>('free-port');
    const { Server } = await built<typeof Servers>('server');

    const folder = await DataFolder.open(await mkdtemp(join(tmpdir(), 'shelfline-faults-')));
    const account = await findServerAccount(folder);
    const binaries = await findBinaries(await findInstalledPackage(), folder.path, account, () => undefined);
    const port = await findFreePort();
    // Each start waits until the last process of the server before it is gone: they all hold the lock.
    const locked = async <T>(work: (options: Clusters.ClusterOptions) => Promise<T>): Promise<T> => {
      const lock = await takeServerLock(folder, undefined, () => undefined);
      try {
        return await work({ folder, binaries, account, lock: lock.fd, signal: undefined });
      } finally {
        lock.release();
      }
    };
    await locked((options) => ensureCluster(options, 'secret'));
    return new PostgresServer(
      folder.path,
      `postgres://shelfline:secret@127.0.0.1:${port}/postgres`,
      () => locked((options) => Server.start(options, async () => port)),
      async () => (await readPidFile(folder.cluster))?.pid ?? 0,
    );
  }

  /** Starts it; resolves when it takes connections, after its recovery if need be. */
  async start(): Promise<void> {
    this.server ??= await this.launch();
  }

  /** Shuts it down, as an operator does: clients are disconnected. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await server?.stop();
  }

  /** Ends it with `kill -9`; resolves when the server is gone. */
  async kill(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    process.kill(await this.pidOf(), 'SIGKILL');
    await server.exited;
  }

  /** Stops it and throws its data away. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.path, { recursive: true, force: true, maxRetries: 10 });
  }
}
