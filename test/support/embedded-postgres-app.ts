/** Applications that start the embedded PostgreSQL, as processes that can be interrupted and killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { until } from './until.js';

/** What an application said: an event of the embedded PostgreSQL, or `up`, `failed`, `gone` of its own. */
export type Said = Readonly<Record<string, unknown>> & { readonly event: string };

/** How an application can be told to end: properly, or without a thought for its server. */
export type End = 'stop' | 'exit' | 'throw' | 'return';

export interface AppOptions {
  /** The module that has `EmbeddedPostgres`, instead of the one that was built here. */
  readonly module?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** What the application's command line is given to, as arguments. */
  readonly wrapper?: readonly string[];
}

/** A server needs seconds to start, more where it has to recover. */
const START_WITHIN_MS = 30_000;

export const MODULE = new URL('../../dist/embedded-postgres/embedded-postgres.js', import.meta.url).href;

const SCRIPT = `
  const [, module, dataDir] = process.argv;
  const say = (event, fields) => console.log(JSON.stringify({ ...fields, event }));
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort(new Error('interrupted')));
  const { EmbeddedPostgres } = await import(module);
  try {
    const server = await EmbeddedPostgres.start({ dataDir, log: say, signal: interruption.signal });
    server.exited.then(() => say('gone'));
    const ends = {
      stop: async () => { await Promise.all([server.stop(), server.stop()]); process.stdin.unref(); },
      exit: () => process.exit(3),
      throw: () => { throw new Error('thrown on purpose'); },
      return: () => process.stdin.unref(),
    };
    process.stdin.on('data', (end) => ends[end]());
    say('up', { url: server.url, firstStart: server.firstStart });
  } catch (error) {
    say('failed', { name: error.name, message: error.message });
  }`;

export class App {
  private static readonly running = new Set<App>();

  readonly said: Said[] = [];
  /** Resolves when the process is gone. */
  readonly gone: Promise<unknown>;

  private hasEnded = false;

  private constructor(private readonly child: ChildProcess) {
    App.running.add(this);
    this.gone = once(child, 'close').finally(() => {
      this.hasEnded = true;
      App.running.delete(this);
    });
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => this.said.push(parse(line)));
    }
  }

  /** Starts an application over a data folder, in a process group of its own; does not wait for its database. */
  static run(dataDir: string, options: AppOptions = {}): App {
    const { module = MODULE, wrapper = [], ...account } = options;
    const node = [process.execPath, '--input-type=module', '-e', SCRIPT, module, dataDir];
    const [command = '', ...args] = [...wrapper, ...node];
    return new App(
      spawn(command, args, { ...account, cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'ignore'] }),
    );
  }

  /** Starts one and waits for its database. */
  static async up(dataDir: string, options?: AppOptions): Promise<App> {
    const app = App.run(dataDir, options);
    await app.says('up');
    return app;
  }

  /** Starts one that must fail, and answers the one line it fails with. */
  static async failure(dataDir: string, options?: AppOptions): Promise<string> {
    const app = App.run(dataDir, options);
    const { name, message } = await app.says('failed');
    await app.gone;
    if (name !== 'EmbeddedPostgresError' || typeof message !== 'string' || message.includes('\n')) {
      throw new Error(`not a line that a person can act on: ${String(name)}: ${String(message)}`);
    }
    return message;
  }

  /** Kills the applications that a failed test left. */
  static async killAll(): Promise<void> {
    await Promise.all([...App.running].map((app) => app.kill()));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Where the application's database is; empty while it has none. */
  get url(): string {
    const up = this.said.find(({ event }) => event === 'up');
    return typeof up?.['url'] === 'string' ? up['url'] : '';
  }

  /** Waits until the application says an event; fails when it ends without. */
  says(event: string): Promise<Said> {
    return this.saysOneOf([event]);
  }

  /** Waits until the application's database is there, or its start failed. */
  settles(): Promise<Said> {
    return this.saysOneOf(['up', 'failed']);
  }

  private saysOneOf(events: readonly string[]): Promise<Said> {
    return until(
      async () => {
        const said = this.said.find(({ event }) => events.includes(event));
        if (!said && this.hasEnded) {
          throw new Error(
            `the application ended without saying ${events.join()}: ${JSON.stringify(this.said)}`,
          );
        }
        return said;
      },
      `an application's saying ${events.join()}`,
      START_WITHIN_MS,
    );
  }

  /** Tells the application how to end, and waits for the end. */
  async end(end: End): Promise<void> {
    this.child.stdin?.write(end);
    await this.gone;
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    process.kill(-this.pid, 'SIGKILL');
    await this.gone;
  }

  /** Signals its process group, as a terminal does on Ctrl-C, and waits for the end. */
  async interrupt(): Promise<void> {
    process.kill(-this.pid, 'SIGINT');
    await this.gone;
  }
}

function parse(line: string): Said {
  const said: unknown = JSON.parse(line);
  if (said && typeof said === 'object' && 'event' in said && typeof said.event === 'string') {
    return { ...said, event: said.event };
  }
  throw new Error(`not an event: ${line}`);
}
