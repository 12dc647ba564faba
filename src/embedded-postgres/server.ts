import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterOptions, nameOfCurrentFolder } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { findFreePort } from './free-port.js';
import { clusterSetting, endServer } from './leftover-server.js';
import { likelyCause } from './likely-cause.js';
import { readPidFile } from './pid-file.js';
import { ServerLog } from './server-log.js';
import { SupervisedProcess } from './supervised-process.js';

/** Number of ports that are tried if another process takes the free one first. */
const MAX_PORTS = 10;
const POLL_MS = 15;
/** Time for a shutdown before the server gets stronger signals, in milliseconds. */
const SHUTDOWN_MS = 30_000;

/** A running server. */
export class Server {
  /** Resolves with the exit status when the server has ended for any reason. */
  readonly exited: Promise<number>;

  private constructor(
    readonly port: number,
    private readonly program: SupervisedProcess,
    private readonly cluster: string,
  ) {
    // The shell that supervises the server may be killed. A server without it must end too.
    this.exited = program.exited.then(async (status) => {
      await endServer(cluster);
      return status;
    });
  }

  /**
   * Starts the server on a free port of 127.0.0.1. Resolves when it accepts connections, after a recovery if
   * needed.
   *
   * @throws EmbeddedPostgresError with the server's reason if it ends instead
   */
  static async start(options: ClusterOptions, findPort = findFreePort): Promise<Server> {
    const { folder, signal } = options;
    const log = new ServerLog(folder.serverLog);
    for (let attempt = 1; ; attempt += 1) {
      const port = await findPort();
      const program = await log.writeFrom((fd) => launch(options, port, fd));
      const server = new Server(port, program, folder.cluster);
      if (await server.becomesReady(signal)) {
        const stopLimiting = log.limitSize();
        server.exited.then(stopLimiting, stopLimiting);
        program.unref();
        return server;
      }
      const said = await log.read();
      if (!/could not create any TCP\/IP sockets/.test(said) || attempt === MAX_PORTS) {
        throw new EmbeddedPostgresError(
          `PostgreSQL did not start in DATA_DIR ${folder.path}: ${await likelyCause(said, folder.path)} (more in ${log.path})`,
        );
      }
    }
  }

  /** Stops the server. Resolves when it has ended. Clients are disconnected, and committed data is kept. */
  async stop(): Promise<void> {
    this.program.ref();
    this.program.detach();
    const gone = this.exited.then(() => true);
    if (!(await Promise.race([gone, delay(SHUTDOWN_MS, false, { ref: false })]))) {
      await endServer(this.cluster);
    }
    await gone;
  }

  /** True when the server accepts connections, false when it has ended. */
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
    // Errors of clients are logged by the clients. This file must not contain statements and rows.
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
