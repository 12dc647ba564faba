import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const READY_WITHIN_MS = 90_000;

/** The last of what the process wrote that is kept, in characters. */
const MAX_OUTPUT = 65_536;

/** A Shelfline of the caller's own, in a process that goes away with it. */
export class ShelflineProcess {
  readonly origin: string;
  private readonly child: ChildProcess;
  private output = '';

  private constructor(origin: string, child: ChildProcess) {
    this.origin = origin;
    this.child = child;
    const collect = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-MAX_OUTPUT);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
  }

  /**
   * Starts it as `npm start` would, on an embedded PostgreSQL.
   *
   * @param dataDir where that keeps its files
   * @param settings environment variables beside those that a run on loopback needs; `DATABASE_URL` names another database
   */
  static async start(
    dataDir: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ShelflineProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, [MAIN], {
      // A group of its own: Ctrl-C is for the demo, which then stops it in good order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        PORT: String(port),
        DATA_DIR: dataDir,
        IMAGE_ALLOWED_NETWORKS: '127.0.0.0/8',
        RATE_LIMIT_PER_MINUTE: '0',
        ...settings,
      },
    });
    return new ShelflineProcess(`http://127.0.0.1:${port}`, child);
  }

  /** Resolves when it can work. */
  async ready(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`Shelfline ended while starting:\n${this.output}`);
      const answer = await fetch(`${this.origin}/health/ready`).catch(() => undefined);
      if (answer?.ok === true) return;
      if (Date.now() > deadline) throw new Error(`Shelfline was not ready in time:\n${this.output}`);
      await pause(100);
    }
  }

  /** Asks it to stop, and waits until it has. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
