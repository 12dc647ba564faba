import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiClient } from './api-client.js';
import { followJob } from './job-events.js';

const ONGOING = { total: 2, pending: 1, succeeded: 1, failed: 0, skipped: 0 };
const JOB = {
  job_id: 'job_1',
  reference: null,
  status: 'completed',
  count: 1,
  images: { ...ONGOING, pending: 0, succeeded: 2 },
  created_at: '2024-11-16T10:00:00.000Z',
  started_at: '2024-11-16T10:00:00.000Z',
  finished_at: '2024-11-16T10:00:01.000Z',
  callback: null,
  error: [],
  error_count: 0,
};

const progress = `event: progress\ndata: ${JSON.stringify(ONGOING)}\n\n`;
const finished = `event: finished\nid: finished-1\ndata: ${JSON.stringify(JOB)}\n\n`;
const EVENT_STREAM = { 'content-type': 'text/event-stream' };
const RETRY = 'retry: 1\n\n';

describe('a job that is followed', () => {
  let server: Server;
  /** What each connection is answered with, one after the other. */
  let answers: ((response: ServerResponse) => void)[];
  let told: unknown[];

  beforeEach(async () => {
    answers = [];
    told = [];
    server = createServer((_request, response) => answers.shift()?.(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), 'close');
  });

  const events =
    (...texts: string[]) =>
    (response: ServerResponse): void => {
      response.writeHead(200, EVENT_STREAM);
      for (const text of texts) response.write(text);
      response.end();
    };

  async function follow(patienceMs = 60_000, signal = new AbortController().signal): Promise<unknown> {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return followJob(
      new ApiClient({ url, apiKey: undefined }),
      'job_1',
      { progress: (images) => told.push(images), interrupted: (why) => told.push(why) },
      { signal, patienceMs },
    );
  }

  it('is followed to its end', async () => {
    answers = [events(RETRY, ':\n\n', progress, finished)];
    expect(await follow()).toEqual(JOB);
    expect(told).toEqual([ONGOING]);
  });

  it('is followed across streams that end, break and are refused', async () => {
    answers = [
      events(RETRY, progress),
      (response) => {
        response.writeHead(200, EVENT_STREAM).write('event: prog');
        response.destroy();
      },
      (response) =>
        response
          .writeHead(503, { 'retry-after': '0' })
          .end('{"error":"The database is away.","code":"unavailable"}'),
      (response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'),
      events(finished),
    ];
    expect(await follow()).toEqual(JOB);
    expect(told).toEqual([
      ONGOING,
      'The server ended the stream',
      expect.stringMatching(/did not answer to the end: the connection was closed/),
      'The database is away (wait 0 s)',
      expect.stringMatching(/answered 502/),
    ]);
  });

  it('is left when the server is away for too long', async () => {
    answers = [events(RETRY, progress)];
    await expect(follow(0)).rejects.toMatchObject({ exitStatus: 4, message: 'The server ended the stream' });
    server.close();
    server.closeAllConnections();
  });

  it('is left when it is deleted, or was never there', async () => {
    answers = [events(progress, 'event: deleted\ndata: {"job_id":"job_1"}\n\n')];
    await expect(follow()).rejects.toMatchObject({ exitStatus: 2, code: 'job_deleted' });
    answers = [(response) => response.writeHead(404).end('{"error":"Job not found","code":"job_not_found"}')];
    await expect(follow()).rejects.toMatchObject({ exitStatus: 2, message: 'Job not found' });
  });

  it.each([
    ['no job', 'event: finished\ndata: {"job_id":"job_1"}\n\n'],
    ['no counters', 'event: progress\ndata: []\n\n'],
    ['no JSON', 'event: progress\ndata: <p>\n\n'],
  ])('is left when another server tells of it, with %s', async (_what, text) => {
    answers = [events(text)];
    await expect(follow()).rejects.toMatchObject({ exitStatus: 2, code: 'not_shelfline' });
  });

  it('is left when something between answers with a page', async () => {
    answers = [(response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in</h1>')];
    await expect(follow()).rejects.toMatchObject({ exitStatus: 2, code: 'not_shelfline' });
  });

  it('is no longer followed after an abort', async () => {
    const stop = new AbortController();
    answers = [
      (response) => {
        response.writeHead(200, EVENT_STREAM).write(progress);
        stop.abort();
      },
    ];
    await expect(follow(60_000, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
