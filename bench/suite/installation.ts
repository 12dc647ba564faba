import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { freePort } from '../../scripts/free-port.ts';

/** As it was built: the sources have what Node can't strip. */
const EMBEDDED_POSTGRES = new URL('../../dist/embedded-postgres/embedded-postgres.js', import.meta.url).href;
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const HOST = fileURLToPath(new URL('../hosts/jpeg-host.ts', import.meta.url));

/** What `npm start` and the image tell Node, and the C library. */
const NODE_OPTIONS = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=50',
  '--no-allocation-site-pretenuring',
];
const MEMORY_SETTINGS = { MALLOC_ARENA_MAX: '1' };

/** Of a second, in which Linux counts processor time (USER_HZ). */
const CLOCK_TICKS = 100;

/** A job as the API answers it. */
export interface Job {
  readonly job_id: string;
  readonly status: 'ongoing' | 'completed' | 'failed' | 'cancelled';
  readonly images: { readonly total: number; readonly pending: number; readonly succeeded: number };
}

/** Settings of a process, as environment variables. */
export type Settings = Readonly<Record<string, string>>;

/** A built server, as users run it. */
export class ServerProcess {
  readonly origin: string;
  private readonly child: ChildProcess;

  constructor(origin: string, child: ChildProcess) {
    this.origin = origin;
    this.child = child;
  }

  /** Most memory that it has held since it began, or since {@link forgetPeak}, in MB (VmHWM; Linux). */
  async peakMb(): Promise<number> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  async forgetPeak(): Promise<void> {
    await writeFile(`/proc/${this.child.pid}/clear_refs`, '5');
  }

  /** Processor time that it has used so far, in seconds (Linux). */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.child.pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return ((user ?? 0) + (system ?? 0)) / CLOCK_TICKS;
  }

  /** Bytes that it has read so far, from wherever (Linux). */
  async bytesRead(): Promise<number> {
    const io = await readFile(`/proc/${this.child.pid}/io`, 'utf8');
    return Number(/rchar: (\d+)/.exec(io)?.[1]);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }
}

/** A database of its own, a fast image host, and servers, each in a process of its own. */
export class Installation {
  private readonly servers: ServerProcess[] = [];
  private readonly clients: Client[] = [];

  private readonly postgres: EmbeddedPostgres;
  private readonly dataDir: string;
  private readonly host: ChildProcess;
  /** Where the image host is. */
  readonly images: string;

  private constructor(postgres: EmbeddedPostgres, dataDir: string, host: ChildProcess, images: string) {
    this.postgres = postgres;
    this.dataDir = dataDir;
    this.host = host;
    this.images = images;
  }

  static async start(): Promise<Installation> {
    const dataDir = await mkdtemp(join(tmpdir(), 'shelfline-bench-'));
    const { EmbeddedPostgres: server } = (await import(EMBEDDED_POSTGRES)) as {
      EmbeddedPostgres: typeof EmbeddedPostgres;
    };
    const postgres = await server.start({ dataDir });
    const host = spawn(process.execPath, [HOST], { stdio: ['ignore', 'pipe', 'inherit'] });
    const { port } = JSON.parse(await getFirstLine(host)) as { port: number };
    return new Installation(postgres, dataDir, host, `http://127.0.0.1:${port}`);
  }

  /** Starts a server on the database, and waits until it is ready. */
  async serve(settings: Settings = {}, nodeOptions: readonly string[] = []): Promise<ServerProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, [...NODE_OPTIONS, ...nodeOptions, MAIN], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        // For trials of what Node itself can be told.
        NODE_OPTIONS: process.env['NODE_OPTIONS'],
        DATABASE_URL: this.postgres.url,
        ...MEMORY_SETTINGS,
        PORT: String(port),
        IMAGE_ALLOWED_NETWORKS: '127.0.0.0/8',
        IMAGE_HOST_CONCURRENCY: '64',
        RATE_LIMIT_PER_MINUTE: '0',
        LOG_LEVEL: 'warn',
        ...settings,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const server = new ServerProcess(`http://127.0.0.1:${port}`, child);
    this.servers.push(server);
    for (const deadline = Date.now() + 60_000; ; await pause(50)) {
      const ready = await fetch(`${server.origin}/health/ready`).catch(() => undefined);
      if (ready?.ok === true) return server;
      if (Date.now() > deadline || child.exitCode !== null) throw new Error('the server did not start');
    }
  }

  /** Stops the servers that run, and leaves the database. */
  async stopServers(): Promise<void> {
    for (const server of this.servers.splice(0)) await server.stop();
  }

  /** Where the database is. */
  get databaseUrl(): string {
    return this.postgres.url;
  }

  /** Another connection to the database, until the end. */
  async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.postgres.url });
    await client.connect();
    this.clients.push(client);
    return client;
  }

  /** Runs SQL on the database. */
  async sql<T>(text: string, values: unknown[] = []): Promise<T[]> {
    const client = this.clients[0] ?? (await this.connect());
    return (await client.query(text, values)).rows as T[];
  }

  async stop(): Promise<void> {
    for (const client of this.clients) await client.end();
    await this.stopServers();
    this.host.kill();
    await this.postgres.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** Submits a job whose visits stream as NDJSON; its id. */
export async function submitLines(server: ServerProcess, lines: Iterable<string>): Promise<string> {
  return submitStream(server, 'application/x-ndjson', lines);
}

/** Submits a job whose body streams; its id, unless it is a dry run. */
export async function submitStream(
  server: ServerProcess,
  contentType: string,
  lines: Iterable<string>,
  query = '',
): Promise<string> {
  const answer = await fetch(`${server.origin}/api/jobs${query}`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: Readable.toWeb(Readable.from(getBlocks(lines), { objectMode: false })) as ReadableStream,
    duplex: 'half',
  });
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as { job_id?: string }).job_id ?? '';
}

/** Lines, many at a time. */
function* getBlocks(lines: Iterable<string>): Generator<string> {
  let block = '';
  for (const line of lines) {
    block += `${line}\n`;
    if (block.length < 65_536) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}

/** Visits of so many images each, one object a line. */
export function* visitLines(urls: Iterable<string>, imagesPerVisit: number): Generator<string> {
  let image_url: string[] = [];
  const visit = (): string =>
    JSON.stringify({ store_id: 'RP00002', image_url, visit_time: '2024-11-16T12:00:00Z' });
  for (const url of urls) {
    image_url.push(url);
    if (image_url.length < imagesPerVisit) continue;
    yield visit();
    image_url = [];
  }
  if (image_url.length > 0) yield visit();
}

/** So many different images of 5 to 60 KB. */
export function* jpegUrls(images: string, count: number, label: string, query = ''): Generator<string> {
  for (let n = 0; n < count; n += 1)
    yield `${images}/${5_000 + ((n * 7_919) % 55_000)}/${label}-${n}.jpg${query}`;
}

export async function job(server: ServerProcess, id: string): Promise<Job> {
  return (await (await fetch(`${server.origin}/api/jobs/${id}`)).json()) as Job;
}

/** The job, once it has ended, which has to be well. */
export async function completed(server: ServerProcess, id: string): Promise<Job> {
  for (;;) {
    const found = await job(server, id);
    if (found.status === 'completed') return found;
    if (found.status !== 'ongoing') throw new Error(`${id} is ${found.status}`);
    await pause(100);
  }
}

/** Milliseconds of one request, which has to succeed. */
export async function getMilliseconds(server: ServerProcess, path: string, method = 'GET'): Promise<number> {
  const began = performance.now();
  const answer = await fetch(server.origin + path, { method });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}`);
  return performance.now() - began;
}

export async function getFirstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('there is no output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return line;
}
