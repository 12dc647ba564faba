import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createTestDatabase, type TestDatabase } from './database.js';
import { ServerProcess } from './server-process.js';
import { until } from './until.js';

const WATCH = fileURLToPath(new URL('main-thread-watch.mjs', import.meta.url));
/** A server has to live within a heap of so many MiB, whatever is sent to it. */
const HEAP_MB = 512;
const REPORT = /main thread: ([\d.]+) ms/g;

/** What an answer was, how long the server's main thread was busy in one piece meanwhile, and the most memory. */
export interface Attack {
  readonly status: number;
  readonly error: string;
  readonly code: string;
  /** Processor time, in milliseconds. */
  readonly longestPieceMs: number;
}

/** The built server in a process of its own with little memory, watched from inside. */
export class AttackedServer {
  private constructor(
    private readonly server: ServerProcess,
    private readonly database: TestDatabase,
  ) {}

  static async start(
    environment: Readonly<Record<string, string>> = {},
    heapMb = HEAP_MB,
  ): Promise<AttackedServer> {
    const database = await createTestDatabase();
    const server = await ServerProcess.start(
      { ROLE: 'api', DATABASE_URL: database.url, MALLOC_ARENA_MAX: '1', ...environment },
      [
        process.execPath,
        `--max-old-space-size=${heapMb}`,
        '--max-semi-space-size=8',
        `--import=${WATCH}`,
        'dist/main.js',
      ],
    );
    return new AttackedServer(server, database);
  }

  async stop(): Promise<void> {
    await this.server.kill('SIGKILL');
    await this.database.drop();
  }

  get origin(): string {
    return this.server.origin;
  }

  /** Everything it wrote. */
  get text(): string {
    return this.server.text;
  }

  get isAlive(): boolean {
    return this.server.isAlive;
  }

  /** A connection that is written to by hand. */
  connect(): Socket {
    return connect({ port: Number(new URL(this.origin).port), host: '127.0.0.1', allowHalfOpen: true }).on(
      'error',
      () => {},
    );
  }

  /** Sends a body, compressed where that is said, and says what came of it. */
  async send(
    method: string,
    path: string,
    contentType: string,
    body: Buffer | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Attack> {
    await this.longestPieceMs();
    const answer = await fetch(`${this.origin}${path}`, {
      method,
      headers: { 'content-type': contentType, ...headers },
      body,
    });
    const { error = '', code = '' } = (await answer.json()) as { error?: string; code?: string };
    return { status: answer.status, error, code, longestPieceMs: await this.longestPieceMs() };
  }

  /** Posts a body that is gzipped. */
  async sendPacked(path: string, contentType: string, parts: readonly Part[]): Promise<Attack> {
    return this.send('POST', path, contentType, gzipped(parts), { 'content-encoding': 'gzip' });
  }

  /** Most processor time that the main thread has spent in one piece since the last call, in milliseconds. */
  async longestPieceMs(): Promise<number> {
    const before = [...this.text.matchAll(REPORT)].length;
    process.kill(this.server.pid, 'SIGUSR2');
    return until(async () => {
      if (!this.isAlive) throw new Error(`the server ended: ${this.text.slice(-1000)}`);
      const reports = [...this.text.matchAll(REPORT)];
      return reports.length > before ? Number(reports.at(-1)?.[1]) : undefined;
    }, 'the report of the main thread');
  }

  /** Most memory that the process has held, in MB (VmHWM); 0 where there is no /proc. */
  async peakMb(): Promise<number> {
    const status = await readFile(`/proc/${this.server.pid}/status`, 'utf8').catch(() => '');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  }
}

/** A text, or so many bytes of one again and again. */
export type Part = string | readonly [text: string, bytes: number];

/** A member of gzip may be followed by others (RFC 1952 §2.2): what is the same again and again is packed once. */
const MEMBER_BYTES = 1_000_000;

/** What the parts are together, gzipped. */
export function gzipped(parts: readonly Part[]): Buffer {
  const members = parts.flatMap((part) => {
    if (typeof part === 'string') return [gzipSync(part)];
    const [text, bytes] = part;
    const member = gzipSync(repeated(text, MEMBER_BYTES));
    return Array.from({ length: Math.ceil(bytes / MEMBER_BYTES) }, () => member);
  });
  return Buffer.concat(members);
}

/** So many bytes, of one text again and again. */
export function repeated(text: string, bytes: number): Buffer {
  return Buffer.alloc(bytes - (bytes % Buffer.byteLength(text)), text);
}
