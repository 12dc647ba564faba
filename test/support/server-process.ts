import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const SERVER = [process.execPath, 'dist/main.js'];

/** The built server in a process of its own, as users run it. */
export class ServerProcess {
  private constructor(
    readonly origin: string,
    private readonly child: ChildProcess,
    private readonly output: string[],
  ) {}

  /** Starts it, by another command if one is given, and waits until it is ready. */
  static async start(
    environment: Readonly<Record<string, string>>,
    command = SERVER,
  ): Promise<ServerProcess> {
    const server = await this.launch(environment, command);
    try {
      await server.ready();
    } catch (error) {
      // Left running, it would keep the test run from its end.
      await server.kill('SIGKILL');
      throw error;
    }
    return server;
  }

  /** Starts it and does not wait. */
  static async launch(
    environment: Readonly<Record<string, string>>,
    command = SERVER,
  ): Promise<ServerProcess> {
    const port = await freePort();
    return this.spawn({ ...environment, PORT: String(port) }, `http://127.0.0.1:${port}`, command);
  }

  /** Starts it where it is expected to refuse; its exit status and what it wrote. */
  static async refusal(
    environment: Readonly<Record<string, string>>,
  ): Promise<{ status: number | null; text: string }> {
    const server = this.spawn(environment, '');
    const status = await server.end();
    return { status, text: server.text };
  }

  private static spawn(
    environment: Readonly<Record<string, string>>,
    origin: string,
    [program = '', ...args] = SERVER,
  ): ServerProcess {
    const child = spawn(program, args, {
      cwd: PROJECT,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        IMAGE_ALLOWED_NETWORKS: '127.0.0.0/8',
        RATE_LIMIT_PER_MINUTE: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    return new ServerProcess(origin, child, output);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Whether it has neither ended nor been ended. */
  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits until it is ready. */
  async ready(): Promise<void> {
    await until(
      async () => {
        if (!this.isAlive) throw new Error(`the server ended: ${this.text}`);
        const ready = await fetch(`${this.origin}/health/ready`).catch(() => undefined);
        return ready?.ok === true ? true : undefined;
      },
      'a ready server',
      60_000,
    );
  }

  /** Everything it wrote. */
  get text(): string {
    return this.output.join('');
  }

  /** Sends a signal and waits for the end; the exit status, null when the signal ended it. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.end();
  }

  /** Waits for the end; the exit status, null when a signal ended it. */
  async end(): Promise<number | null> {
    if (this.isAlive) await once(this.child, 'close');
    return this.child.exitCode;
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
