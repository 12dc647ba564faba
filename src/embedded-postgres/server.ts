import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterOptions, nameOfCurrentFolder } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { findFreePort } from './free-port.js';
import { clusterSetting, endServer } from './leftover-server.js';
import { likelyCause } from './likely-cause.js';
import { readPidFile } from './pid-file.js';
import { ServerLog } from './server-log.js';
import { SupervisedProcess } from './supervised-process.js';

/** Times that another port is tried when somebody took the free one first. */
const PORTS = 10;
const POLL_MS = 15;
/** Milliseconds that a shutdown may take before the server is signalled by other means. */
const SHUTDOWN_MS = 30_000;

/** A running server. */
export class Server {
  /** Resolves with the exit status when the server is gone, whoever ended it. */
  readonly exited: Promise<number>;

  private constructor(
    readonly port: number,
    private readonly program: SupervisedProcess,
    private readonly cluster: string,
  ) {
    // The shell that watches the server may be ended by somebody: a server that nobody watches must go as well.
    this.exited = program.exited.then(async (status) => {
      await endServer(cluster);
      return status;
    });
  }

  /**
   * Starts the server on a free port of 127.0.0.1; resolves when it accepts connections, after a recovery if need be.
   *
   * @throws EmbeddedPostgresError when it ends instead, with the reason it gave.
   */
  static async start(options: ClusterOptions, findPort = findFreePort): Promise<Server> {
    const { folder, signal } = options;
    const log = new ServerLog(folder.serverLog);
    for (let attempt = 1; ; attempt += 1) {
      const port = await findPort();
      const program = await log.writeFrom((fd) => launch(options, port, fd));
      const server = new Server(port, program, folder.cluster);
      if (await server.becomesReady(signal)) {
        const leaveAlone = log.keepShort();
        server.exited.then(leaveAlone, leaveAlone);
        program.unref();
        return server;
      }
      const said = await log.read();
      if (!/could not create any TCP\/IP sockets/.test(said) || attempt === PORTS) {
        throw new EmbeddedPostgresError(
          `PostgreSQL did not start in DATA_DIR ${folder.path}: ${await likelyCause(said, folder.path)} (more in ${log.path})`,
        );
      }
    }
  }

  /** Stops the server; resolves when it is gone. Clients are disconnected, what they committed is kept. */
  async stop(): Promise<void> {
    this.program.ref();
    this.program.detach();
    const gone = this.exited.then(() => true);
    if (!(await Promise.race([gone, delay(SHUTDOWN_MS, false, { ref: false })]))) {
      await endServer(this.cluster);
    }
    await gone;
  }

  /** True when it accepts connections, false when it ended. */
  private async becomesReady(signal: AbortSignal | undefined): Promise<boolean> {
    const ended = this.exited.then(() => true);
    for (;;) {
      if (signal?.aborted) {
        await this.stop();
        signal.throwIfAborted();
      }
      if (await Promise.race([ended, delay(POLL_MS, false)])) {
        return false;
      }
      if ((await readPidFile(this.cluster))?.ready) {
        return true;
      }
    }
  }
}

function launch(
  { folder, binaries, account, lock }: ClusterOptions,
  port: number,
  log: number,
): Promise<SupervisedProcess> {
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'cluster_name=shelfline',
    'logging_collector=off',
    'log_destination=stderr',
    'log_checkpoints=off',
    // What a client did wrong is the client's to log: statements and rows have no place in this file.
    'log_error_verbosity=terse',
    'log_min_error_statement=panic',
    clusterSetting(folder.cluster),
  ];
  return SupervisedProcess.start(
    binaries.postgres,
    ['-D', nameOfCurrentFolder(folder.cluster, account), ...settings.flatMap((setting) => ['-c', setting])],
    { ending: 'fast-shutdown', account, cwd: folder.cluster, output: log, heldOpen: lock },
  );
}
