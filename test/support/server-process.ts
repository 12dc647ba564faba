import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endLater, hasEnded } from './leftovers.js';
import { until } from './until.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const SERVER = [process.execPath, 'dist/main.js'];

/** The built server in a process of its own, as users run it. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly output: string[],
  ) {}

  /** Starts it, by another command if one is given, and waits until it is ready. */
  static async start(
    environment: Readonly<Record<string, string>>,
    command = SERVER,
  ): Promise<ServerProcess> {
    const server = this.launch(environment, command);
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
  static launch(environment: Readonly<Record<string, string>>, command = SERVER): ServerProcess {
    return this.spawn({ PORT: '0', ...environment }, command);
  }

  /** Starts it where it is expected to refuse; its exit status and what it wrote. */
  static async refusal(
    environment: Readonly<Record<string, string>>,
  ): Promise<{ status: number | null; text: string }> {
    const server = this.spawn(environment);
    const status = await server.end();
    return { status, text: server.text };
  }

  private static spawn(
    environment: Readonly<Record<string, string>>,
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
    endLater(child, () => child.kill('SIGKILL'));
    child.once('close', () => hasEnded(child));
    return new ServerProcess(child, output);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Whether it has neither ended nor been ended. */
  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Where it listens, as it says once it does: a port that was looked for before may be another's by then. */
  get origin(): string {
    const origin = this.saidOrigin;
    if (origin === undefined) throw new Error(`the server does not listen yet: ${this.text}`);
    return origin;
  }

  private get saidOrigin(): string | undefined {
    return /(?:serves|health at) (http:\/\/[^/\s]+)\//.exec(this.text)?.[1];
  }

  /** Waits until it is ready. */
  async ready(): Promise<void> {
    await until(
      async () => {
        if (!this.isAlive) throw new Error(`the server ended: ${this.text}`);
        if (this.saidOrigin === undefined) return undefined;
        const ready = await fetch(`${this.saidOrigin}/health/ready`).catch(() => undefined);
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
