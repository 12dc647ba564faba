/** Applications that start the embedded PostgreSQL, as processes that can be interrupted and killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

/** What an application said: an event of the embedded PostgreSQL, or `up`, `failed`, `gone` of its own. */
export type Said = Readonly<Record<string, unknown>> & { readonly event: string };

/** How an application can be told to end. */
export type End = 'stop' | 'exit' | 'throw' | 'return';

const MODULE = new URL('../../dist/app/embedded-postgres/embedded-postgres.js', import.meta.url).href;

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

export interface AppOptions {
  readonly module?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Put before the application's command, as `unshare` is. */
  readonly wrapper?: readonly string[];
  readonly cwd?: string;
}

export class App {
  private static readonly all = new Set<App>();
  readonly said: Said[] = [];
  /** Resolves when the process is gone. */
  readonly gone: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.gone = once(child, 'close').finally(() => App.all.delete(this));
    App.all.add(this);
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => this.said.push(parse(line)));
    }
  }

  /** Starts an application over a data folder, in a process group of its own; does not wait for its database. */
  static run(dataDir: string, options: AppOptions = {}): App {
    const { module = MODULE, wrapper = [], ...account } = options;
    const node = [process.execPath, '--input-type=module', '-e', SCRIPT, module, dataDir];
    const [command = '', ...args] = [...wrapper, ...node];
    return new App(spawn(command, args, { ...account, detached: true, stdio: ['pipe', 'pipe', 'ignore'] }));
  }

  /** Starts one and waits for its database. */
  static async up(dataDir: string, options?: AppOptions): Promise<App & { readonly url: string }> {
    const app = App.run(dataDir, options);
    const { url } = await app.says('up');
    return Object.assign(app, { url: String(url) });
  }

  /** Waits until the application's database is there, or its start failed. */
  async settles(): Promise<Said> {
    await until(() => this.said.some(({ event }) => event === 'up' || event === 'failed'));
    return this.says(this.said.some(({ event }) => event === 'up') ? 'up' : 'failed');
  }

  /** Waits until the application says an event; fails when it ends without, or says that it failed. */
  async says(event: string): Promise<Said> {
    const ended = this.gone.then(() => true);
    const find = (): Said | undefined => this.said.find((said) => said.event === event);
    await until(async () => find() !== undefined || (await Promise.race([ended, delay(5, false)])));
    const said = find();
    if (!said) {
      throw new Error(`the application ended without saying ${event}: ${JSON.stringify(this.said)}`);
    }
    return said;
  }

  /** Tells the application how to end, and waits for the end. */
  async end(end: End): Promise<void> {
    this.child.stdin?.write(end);
    await this.gone;
  }

  /** Signals the application alone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone;
  }

  /** Signals the whole process group, as a terminal does on Ctrl-C. */
  async interrupt(): Promise<void> {
    if (this.child.pid !== undefined) {
      process.kill(-this.child.pid, 'SIGINT');
    }
    await this.gone;
  }

  /** Kills the applications that a failed test left. */
  static async killAll(): Promise<void> {
    await Promise.all([...App.all].map((app) => app.kill()));
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }
}

function parse(line: string): Said {
  const said: unknown = JSON.parse(line);
  if (said && typeof said === 'object' && 'event' in said && typeof said.event === 'string') {
    return { ...said, event: said.event };
  }
  throw new Error(`not an event: ${line}`);
}

/** Waits for a state; fails when it has not come after 20 seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) {
      throw new Error(`waited too long until ${holds.toString()}`);
    }
    await delay(2);
  }
}

/** Runs one statement on a database and answers its rows. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
