import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type * as Clusters from '../../src/embedded-postgres/cluster.js';
import type * as DataFolders from '../../src/embedded-postgres/data-folder.js';
import type * as BinariesFound from '../../src/embedded-postgres/find-binaries.js';
import type * as FreePorts from '../../src/embedded-postgres/free-port.js';
import type * as Packages from '../../src/embedded-postgres/installed-package.js';
import type * as Leftovers from '../../src/embedded-postgres/leftover-server.js';
import type * as PidFiles from '../../src/embedded-postgres/pid-file.js';
import type * as Accounts from '../../src/embedded-postgres/server-account.js';
import type * as Servers from '../../src/embedded-postgres/server.js';
import { copyCluster } from './copy-cluster.ts';

/** A module of the build: Node alone can't run the sources, whose decorators and imports are TypeScript's. */
async function built<T>(name: string): Promise<T> {
  const url = new URL(`../../dist/embedded-postgres/${name}.js`, import.meta.url);
  const module: T = await import(url.href);
  return module;
}

/** How long a standby may take to reach a state, in milliseconds. */
const STANDBY_WITHIN_MS = 30_000;

/**
 * A PostgreSQL of a test's own that can be stopped, killed and started again: always at the same address, and with all
 * that was committed. It can have standbys, which stream from it and can be promoted.
 */
export class PostgresServer {
  /** Where it is while it runs. */
  readonly url: string;
  private readonly launch: () => Promise<Servers.Server>;
  private readonly getPid: () => Promise<number>;
  private readonly folder: DataFolders.DataFolder;
  private server: Servers.Server | undefined;

  private constructor(
    folder: DataFolders.DataFolder,
    url: string,
    launch: () => Promise<Servers.Server>,
    getPid: () => Promise<number>,
  ) {
    this.folder = folder;
    this.url = url;
    this.launch = launch;
    this.getPid = getPid;
  }

  /** Makes one, which does not run yet. */
  static async make(): Promise<PostgresServer> {
    const { ensureCluster } = await built<typeof Clusters>('cluster');
    return this.over(async (options) => void (await ensureCluster(options, 'secret')));
  }

  /** @param prepare makes the cluster in the folder */
  private static async over(
    prepare: (options: Clusters.ClusterOptions) => Promise<void>,
  ): Promise<PostgresServer> {
    const { DataFolder } = await built<typeof DataFolders>('data-folder');
    const { findServerAccount } = await built<typeof Accounts>('server-account');
    const { findBinaries } = await built<typeof BinariesFound>('find-binaries');
    const { findInstalledPackage } = await built<typeof Packages>('installed-package');
    const { acquireServerLock } = await built<typeof Leftovers>('leftover-server');
    const { readPidFile } = await built<typeof PidFiles>('pid-file');
    const { findFreePort } = await built<typeof FreePorts>('free-port');
    const { Server } = await built<typeof Servers>('server');

    const folder = await DataFolder.open(await mkdtemp(join(tmpdir(), 'shelfline-faults-')));
    const account = await findServerAccount(folder);
    const binaries = await findBinaries(await findInstalledPackage(), folder.path, account, () => undefined);
    const port = await findFreePort();
    // Each start waits until the last process of the server before it is gone: they all hold the lock.
    const locked = async <T>(work: (options: Clusters.ClusterOptions) => Promise<T>): Promise<T> => {
      const lock = await acquireServerLock(folder, undefined, () => undefined);
      try {
        return await work({ folder, binaries, account, lock: lock.fd, signal: undefined });
      } finally {
        lock.release();
      }
    };
    await locked(prepare);
    return new PostgresServer(
      folder,
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
    process.kill(await this.getPid(), 'SIGKILL');
    await server.exited;
  }

  /** Stops it and throws its data away. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder.path, { recursive: true, force: true, maxRetries: 10 });
  }

  /** Starts a standby that streams from this running server: a base backup in a folder of its own. */
  async standby(): Promise<PostgresServer> {
    const { hostname, port } = new URL(this.url);
    const source = `host=${hostname} port=${port} user=shelfline password=secret`;
    // What is written while the backup is taken has to be there when the standby asks for it.
    await this.set('wal_keep_size', '1GB');
    const standby = await this.withClient((client) =>
      PostgresServer.over(({ folder, account }) =>
        copyCluster(client, this.folder.cluster, folder.cluster, source, account),
      ),
    );
    await standby.start();
    await this.reaches('a standby that streams', `SELECT FROM pg_stat_replication WHERE state = 'streaming'`);
    return standby;
  }

  /** Whether a commit waits until the standby has it, from now on. */
  async setSynchronous(isSynchronous: boolean): Promise<void> {
    await this.set('synchronous_standby_names', isSynchronous ? '*' : '');
    if (isSynchronous)
      await this.reaches(
        'a synchronous standby',
        `SELECT FROM pg_stat_replication WHERE sync_state = 'sync'`,
      );
  }

  /** Waits until the standby has all that was committed here so far. */
  async isReplicated(): Promise<void> {
    const [now] = await this.withClient((client) =>
      toRows(client, 'SELECT pg_current_wal_lsn()::text AS lsn'),
    );
    await this.reaches(
      'a standby that has everything',
      `SELECT FROM pg_stat_replication WHERE replay_lsn >= '${String(now?.['lsn'])}'::pg_lsn`,
    );
  }

  /** Of a standby: it hears no more of what is committed on the primary, as over a network that is down. */
  async detach(): Promise<void> {
    await this.set('primary_conninfo', '');
    await this.reaches(
      'a standby without a primary',
      'SELECT WHERE NOT EXISTS (SELECT FROM pg_stat_wal_receiver)',
    );
  }

  /** Makes a primary of a standby; resolves when it takes writes. */
  async promote(): Promise<void> {
    await this.withClient((client) => client.query('SELECT pg_promote(true, 60)'));
  }

  private async set(name: string, value: string): Promise<void> {
    await this.withClient(async (client) => {
      await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
      await client.query('SELECT pg_reload_conf()');
    });
  }

  /** Waits until a query has a row. */
  private async reaches(what: string, sql: string): Promise<void> {
    for (const deadline = performance.now() + STANDBY_WITHIN_MS; ; await pause(20)) {
      const rows = await this.withClient((client) => toRows(client, sql));
      if (rows.length > 0) return;
      if (performance.now() > deadline) throw new Error(`there is no ${what} within ${STANDBY_WITHIN_MS} ms`);
    }
  }

  private async withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: this.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

async function toRows(client: Client, sql: string): Promise<Record<string, unknown>[]> {
  return (await client.query<Record<string, unknown>>(sql)).rows;
}
