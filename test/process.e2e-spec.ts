import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from './support/application.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { ServerProcess } from './support/server-process.js';
import { until } from './support/until.js';

/** Lines that are no log lines: those that a person is to read. */
const refusalsIn = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('{'));

/** A line for each, with a head. */
async function getThreads({ pid }: ServerProcess): Promise<number> {
  const option = process.platform === 'darwin' ? '-M' : '-T';
  const { stdout } = await promisify(execFile)('ps', [option, '-p', String(pid)]);
  return stdout.trim().split('\n').length - 1;
}

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

describe('the server as a process', () => {
  let images: Server;
  let host: string;
  let database: TestDatabase;
  let servers: ServerProcess[];
  let asked = 0;

  beforeAll(async () => {
    images = createServer((_request, response) => {
      asked += 1;
      response.end(GIF);
    });
    await new Promise<void>((resolve) => images.listen(0, '127.0.0.1', resolve));
    const address = images.address();
    host = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });

  afterAll(() => {
    images.close();
    images.closeAllConnections();
  });

  beforeEach(async () => {
    database = await createTestDatabase();
    servers = [];
    asked = 0;
  });

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.kill('SIGKILL')));
    await database.drop();
  });

  async function start(environment: Record<string, string> = {}): Promise<ServerProcess> {
    const server = await ServerProcess.start({ DATABASE_URL: database.url, ...environment });
    servers.push(server);
    return server;
  }

  async function submit(server: ServerProcess, count: number): Promise<string> {
    const answer = await fetch(`${server.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        count: 1,
        visits: [
          {
            store_id: 'RP00002',
            visit_time: '2024-11-16T12:00:00Z',
            image_url: Array.from({ length: count }, (_, n) => `${host}/${n}.gif`),
          },
        ],
      }),
    });
    return ((await answer.json()) as Pick<Job, 'job_id'>).job_id;
  }

  async function job(server: ServerProcess, jobId: string): Promise<Job> {
    return (await fetch(`${server.origin}/api/jobs/${jobId}`)).json() as Promise<Job>;
  }

  async function finished(server: ServerProcess, jobId: string): Promise<Job> {
    return until(
      async () => {
        const state = await job(server, jobId);
        return state.status === 'ongoing' ? undefined : state;
      },
      'the end of the job',
      40_000,
    );
  }

  it('the process has threads for many concurrent name lookups', async () => {
    expect(await getThreads(await start())).toBeGreaterThan(64);
    expect(await getThreads(await start({ UV_THREADPOOL_SIZE: '8' }))).toBeLessThan(32);
  });

  it('processes that start at the same moment share an empty database', async () => {
    const [api] = await Promise.all([
      start({ ROLE: 'api' }),
      start({ ROLE: 'worker' }),
      start({ ROLE: 'worker' }),
    ]);
    const stores = await (await fetch(`${api.origin}/api/stores?limit=1000`)).text();
    expect(stores.match(/store_id/g)).toHaveLength(60);
    const jobId = await submit(api, 500);
    expect(await finished(api, jobId)).toMatchObject({ status: 'completed', images: { succeeded: 500 } });
    expect(asked).toBeGreaterThanOrEqual(500);
  });

  it('times are exact in any time zone of the machine and any date style of the database', async () => {
    await database.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET datestyle = ''SQL, DMY''', current_database());
                   EXECUTE format('ALTER DATABASE %I SET timezone = ''America/St_Johns''', current_database()); END $$`,
    );
    // Until 1893 Berlin was 53 minutes and 28 seconds ahead.
    const server = await start({ ROLE: 'api', TZ: 'Europe/Berlin' });
    const times = ['0001-01-01T00:00:00.000Z', '1800-01-01T00:00:00.000Z', '2024-11-16T12:00:00.500Z'];
    const answer = await fetch(`${server.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        count: times.length,
        visits: times.map((time) => ({ store_id: 'RP00002', visit_time: time, image_url: [host] })),
      }),
    });
    const { job_id: jobId } = (await answer.json()) as Pick<Job, 'job_id'>;
    const results = await (await fetch(`${server.origin}/api/jobs/${jobId}/images`)).text();
    expect([...results.matchAll(/"visit_time":"([^"]+)"/g)].map(([, time]) => time)).toEqual(times);
    expect(Date.parse((await job(server, jobId)).created_at)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('a worker serves only health, and an API processes no batch', async () => {
    const worker = await start({ ROLE: 'worker' });
    expect((await fetch(`${worker.origin}/api/jobs`)).status).toBe(404);
    expect((await fetch(`${worker.origin}/health/live`)).status).toBe(200);
    await worker.kill('SIGTERM');
    const api = await start({ ROLE: 'api' });
    const jobId = await submit(api, 1);
    await start({ ROLE: 'worker' });
    expect(await finished(api, jobId)).toMatchObject({ status: 'completed' });
  });

  it.each([
    [{ PORT: 'http' }, 'PORT=http: PORT takes a whole number from 0 to 65535'],
    [{ HOST: '0.0.0.0' }, 'ALLOW_ANONYMOUS=true'],
    [
      { IMAGE_CONCURENCY: '16' },
      'IMAGE_CONCURENCY is not a setting. Did you mean IMAGE_CONCURRENCY? Rename the variable, or unset it.',
    ],
    [
      { DATABASE_URL: 'postgres://127.0.0.1:9/x', DATABASE_WAIT_MS: '0' },
      'did not answer within DATABASE_WAIT_MS=0',
    ],
    [{ STORE_MASTER_CSV: '/nowhere.csv' }, 'STORE_MASTER_CSV=/nowhere.csv'],
    [{ STORE_MASTER_CSV: '/' }, 'STORE_MASTER_CSV=/: STORE_MASTER_CSV takes a store master as CSV'],
    [
      { STORE_MASTER_CSV: 'package.json' },
      'STORE_MASTER_CSV takes a store master as CSV (Row 1: AreaCode is missing',
    ],
  ])('the process refuses to start with %j, in one line', async (environment, line) => {
    const { status, text } = await ServerProcess.refusal({ DATABASE_URL: database.url, ...environment });
    expect(status).toBe(1);
    expect(refusalsIn(text)).toEqual([expect.stringContaining(line)]);
  });

  it.each([
    [
      'default_transaction_read_only = on',
      'refuses us: cannot execute CREATE SCHEMA in a read-only transaction',
    ],
    ['role = pg_monitor', 'refuses us: permission denied for database'],
  ])('the process refuses a read-only database, as %s does, in one line', async (setting, line) => {
    await database.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ${setting}', current_database()); END $$`,
    );
    const { status, text } = await ServerProcess.refusal({ DATABASE_URL: database.url });
    expect(status).toBe(1);
    expect(refusalsIn(text)).toEqual([expect.stringContaining(line)]);
  });

  it('the process refuses a database that it cannot reach, in one line', async () => {
    const url = new URL('/nowhere', database.url).href;
    const { status, text } = await ServerProcess.refusal({ DATABASE_URL: url, DATABASE_WAIT_MS: '86400000' });
    expect(status).toBe(1);
    expect(refusalsIn(text)).toEqual([
      expect.stringContaining('refuses us: database "nowhere" does not exist'),
    ]);
  });

  it('the process refuses a database with another encoding than UTF-8, in one line', async () => {
    const latin = await createTestDatabase(
      `TEMPLATE template0 ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C'`,
    );
    try {
      const { status, text } = await ServerProcess.refusal({ DATABASE_URL: latin.url });
      expect(status).toBe(1);
      expect(refusalsIn(text)).toEqual([
        'The database has the encoding LATIN1: UTF8 is needed (createdb --template=template0 --encoding=UTF8)',
      ]);
    } finally {
      await latin.drop();
    }
  });

  it('the process refuses a port that is in use, in one line', async () => {
    const { port } = images.address() as AddressInfo;
    const { status, text } = await ServerProcess.refusal({ DATABASE_URL: database.url, PORT: String(port) });
    expect(status).toBe(1);
    expect(text).toBe(`PORT=${port}: PORT takes a port that is free: something listens there already\n`);
  });
});
