import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from './support/application.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { EventReader } from './support/event-reader.js';
import { Gate, ImageHost } from './support/image-host.js';
import { ServerProcess } from './support/server-process.js';
import { nextEvent, until } from './support/until.js';

const PNG = readFileSync(new URL('fixtures/images/endcap.png', import.meta.url));

describe('a process that is told to stop', () => {
  let host: ImageHost;
  let database: TestDatabase;
  let servers: ServerProcess[];

  beforeEach(async () => {
    host = await ImageHost.start();
    database = await createTestDatabase();
    servers = [];
  });

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.kill('SIGKILL')));
    await host.close();
    await database.drop();
  });

  async function start(environment: Record<string, string> = {}): Promise<ServerProcess> {
    const server = await ServerProcess.start({
      DATABASE_URL: database.url,
      IMAGE_HOST_CONCURRENCY: '4',
      ...environment,
    });
    servers.push(server);
    return server;
  }

  const submission = (urls: readonly string[]): string =>
    JSON.stringify({
      count: 1,
      visits: [{ store_id: 'RP00002', visit_time: '2024-11-16T12:00:00Z', image_url: urls }],
    });

  async function submit(server: ServerProcess, urls: readonly string[]): Promise<string> {
    const answer = await fetch(`${server.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: submission(urls),
    });
    return ((await answer.json()) as Pick<Job, 'job_id'>).job_id;
  }

  /** How many images have this status after so many tries. */
  const getImages = async (status: string): Promise<{ attempts: number; images: number }[]> =>
    database.query(
      'SELECT attempts, count(*)::int AS images FROM shelfline.image WHERE status = $1 GROUP BY 1',
      [status],
    );

  /** The tasks of batches that are there: their states, and whether they are due. */
  const tasks = async (): Promise<{ state: string; due: boolean; tasks: number }[]> =>
    database.query(
      `SELECT state::text, start_after <= now() AS due, count(*)::int AS tasks
         FROM shelfline_queue.job WHERE name = 'images' AND state <> 'completed' GROUP BY 1, 2`,
    );

  const readiness = async (server: ServerProcess): Promise<number | undefined> =>
    (await fetch(`${server.origin}/health/ready`).catch(() => undefined))?.status;

  it('a process that stops finishes its requests in flight, leaves the rest of its batches, and repeats nothing', async () => {
    const gate = new Gate();
    const urls = Array.from({ length: 1000 }, (_, n) => host.serve(`/${n}.png`, PNG, { gate }));
    const first = await start();
    const jobId = await submit(first, urls);
    await host.arrived(4);
    const ended = first.kill('SIGTERM');
    await until(async () => ((await readiness(first)) === 503 ? true : undefined), 'no readiness');
    expect(host.requests).toHaveLength(4);
    gate.open();
    expect(await ended).toBe(0);
    expect(host.requests).toHaveLength(4);
    expect(await getImages('succeeded')).toEqual([{ attempts: 1, images: 4 }]);
    expect(await tasks()).toEqual([{ state: 'created', due: true, tasks: 5 }]);

    const second = await start();
    await until(
      async () =>
        ((await (await fetch(`${second.origin}/api/jobs/${jobId}`)).json()) as Job).status === 'completed'
          ? true
          : undefined,
      'the end of the job',
      30_000,
    );
    expect(host.requests).toHaveLength(1000);
    expect(await getImages('succeeded')).toEqual([{ attempts: 1, images: 1000 }]);
  });

  it('a process that stops returns unfinished images at the end of its grace time, without counting an attempt', async () => {
    const urls = Array.from({ length: 300 }, (_, n) => host.serve(`/${n}.png`, PNG, { gate: new Gate() }));
    const other = await ImageHost.start();
    urls.unshift(other.serve('/good.png', PNG));
    const server = await start({ SHUTDOWN_GRACE_MS: '700', IMAGE_TIMEOUT_MS: '60000' });
    await submit(server, urls);
    await Promise.all([host.arrived(4), other.arrived(1)]);
    expect(await server.kill('SIGTERM')).toBe(0);
    await other.close();
    expect(await getImages('succeeded')).toEqual([{ attempts: 1, images: 1 }]);
    expect(await getImages('pending')).toEqual([{ attempts: 0, images: 300 }]);
    expect(await tasks()).toEqual([{ state: 'created', due: true, tasks: 2 }]);
    expect(server.text).not.toContain('task_given_back');
  });

  it('a process that stops answers received requests, and ends event streams and idle connections', async () => {
    // More than the test has time for.
    const server = await start({ ROLE: 'api', SHUTDOWN_GRACE_MS: '600000' });
    const jobId = await submit(server, [host.url('/y.png')]);
    const stream = await EventReader.open(`${server.origin}/api/jobs/${jobId}/events`);
    expect(await stream.next()).toMatchObject({ name: 'progress', data: { pending: 1 } });
    const idle = connect(Number(new URL(server.origin).port), '127.0.0.1');
    await nextEvent(idle, 'connect');
    const idleEnded = nextEvent(idle, 'close');
    const body = submission([host.url('/x.png')]);
    const sending = request(`${server.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' },
    });
    sending.flushHeaders();
    await nextEvent(sending, 'continue');
    sending.write(body.slice(0, 20));
    const ended = server.kill('SIGTERM');
    await idleEnded;
    expect(await stream.next()).toBeUndefined();
    const answered = nextEvent(sending, 'response');
    sending.end(body.slice(20));
    const [response] = await answered;
    expect(response.statusCode).toBe(201);
    response.resume();
    expect(await ended).toBe(0);
    expect(await getImages('pending')).toEqual([{ attempts: 0, images: 2 }]);
  });
});
