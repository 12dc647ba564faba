import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { CallbackReceiver, WEBHOOK_SECRET } from './support/callback-receiver.js';
import { createTestDatabase } from './support/database.js';
import { ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const KEY = 'a-key-that-nobody-else-may-see';

type Line = Readonly<Record<string, unknown>>;

describe('the log', () => {
  const written: string[] = [];
  let host: ImageHost;
  let receiver: CallbackReceiver;
  let shelfline: TestApplication;

  beforeAll(async () => {
    host = await ImageHost.start();
    receiver = await CallbackReceiver.start();
    shelfline = await TestApplication.startOn(
      await createTestDatabase(),
      { LOG_LEVEL: 'debug', API_KEYS: KEY, WEBHOOK_SECRET },
      { write: (line) => void written.push(line) },
    );
  });

  afterAll(async () => {
    await shelfline.close();
    await Promise.all([host.close(), receiver.close()]);
  });

  /** The first line that says so, once it is there. */
  const line = async (wanted: Line): Promise<Line> =>
    until(
      async () =>
        written
          .map((text): Line => JSON.parse(text))
          .find((found) => Object.entries(wanted).every(([key, value]) => found[key] === value)),
      `a line with ${JSON.stringify(wanted)}`,
    );

  it('the log has a line for each request, with the request id of its answer', async () => {
    const answer = await shelfline.get('/api/stores?limit=1&q=secret-question', {
      authorization: `Bearer ${KEY}`,
    });
    const id = answer.headers.get('x-request-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await line({ request_id: id })).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      pid: process.pid,
      hostname: expect.any(String),
      request_id: id,
      event: 'request_finished',
      method: 'GET',
      path: '/api/stores',
      status: 200,
      duration_ms: expect.any(Number),
      remote_address: '127.0.0.1',
      key_name: expect.stringMatching(/^key-[0-9a-f]{8}$/),
    });
  });

  it('the log has refused requests, and uses the request ids of other systems', async () => {
    const answer = await shelfline.get('/api/jobs', {
      'x-request-id': 'from-a-proxy:1/2',
      'x-api-key': 'wrong',
    });
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([401, 'from-a-proxy:1/2']);
    expect(await line({ request_id: 'from-a-proxy:1/2' })).toMatchObject({ path: '/api/jobs', status: 401 });
  });

  it.each(['', 'two words', '<script>', 'x'.repeat(129), 'é'])(
    'an invalid request id is replaced: %p',
    async (name) => {
      const answer = await shelfline.get('/health/live', { 'x-request-id': name });
      const id = answer.headers.get('x-request-id');
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(await line({ request_id: id })).toMatchObject({ level: 'debug', path: '/health/live' });
    },
  );

  it('log lines of requests, batches and callbacks name their job', async () => {
    const answer = await shelfline.post(
      '/api/jobs',
      {
        count: 1,
        callback_url: receiver.at('/ends', (response) => response.writeHead(204).end()),
        visits: [
          {
            store_id: 'RP00002',
            image_url: [host.serve('/a.gif', GIF), host.url('/missing.gif')],
            visit_time: '2024-11-16T12:00:00Z',
          },
        ],
      },
      { 'x-api-key': KEY },
    );
    const { job_id } = answer.json;
    const made = { method: 'POST', path: '/api/jobs', status: 201 };
    expect(await line({ job_id, event: 'request_finished' })).toMatchObject(made);
    expect(await line({ job_id, event: 'batch_finished' })).toMatchObject({
      level: 'debug',
      context: 'Processor',
      batch: '0-1',
      run: 1,
      images: 2,
      final: 2,
    });
    expect(await line({ job_id, event: 'callback_delivered' })).toMatchObject({ status: 204, attempts: 1 });
  });

  it('the log names the job and the batch of a task that the database could not record', async () => {
    await shelfline.database.query(`
      CREATE FUNCTION shelfline.refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = 'serialization_failure'; END $$`);
    await shelfline.database.query(
      'CREATE TRIGGER refuse BEFORE UPDATE ON shelfline.image FOR EACH STATEMENT EXECUTE FUNCTION shelfline.refuse()',
    );
    const visit = {
      store_id: 'RP00002',
      image_url: [host.url('/a.gif')],
      visit_time: '2024-11-16T12:00:00Z',
    };
    const { json } = await shelfline.post('/api/jobs', { count: 1, visits: [visit] }, { 'x-api-key': KEY });
    expect(await line({ event: 'task_given_back', job_id: json.job_id })).toMatchObject({
      level: 'warn',
      context: 'Queue',
      queue: 'images',
      batch: '0-0',
      run: 1,
      error: 'not now',
    });
    await shelfline.database.query('DROP FUNCTION shelfline.refuse() CASCADE');
    await line({ event: 'batch_finished', job_id: json.job_id });
  });

  it('an internal error is logged within its request, with its stack', async () => {
    await shelfline.database.query('ALTER TABLE shelfline.store RENAME TO gone');
    const answer = await shelfline.get('/api/stores', { 'x-api-key': KEY });
    await shelfline.database.query('ALTER TABLE shelfline.gone RENAME TO store');
    const request_id = answer.headers.get('x-request-id');
    expect(await line({ request_id, event: 'request_failed' })).toMatchObject({
      level: 'error',
      context: 'Http',
      status: 500,
      error: 'relation "shelfline.store" does not exist',
      stack: expect.stringContaining('\n    at '),
    });
    expect(await line({ request_id, event: 'request_finished' })).toMatchObject({
      level: 'warn',
      status: 500,
    });
  });

  it('a change that failed with an internal error is logged as failed', async () => {
    await shelfline.database.query('ALTER TABLE shelfline.store RENAME TO gone');
    const answer = await shelfline.send('DELETE', '/api/stores/S1', {}, { 'x-api-key': KEY });
    await shelfline.database.query('ALTER TABLE shelfline.gone RENAME TO store');
    const request_id = answer.headers.get('x-request-id');
    expect(await line({ request_id, event: 'audit' })).toMatchObject({
      level: 'info',
      action: 'delete_store',
      store_id: 'S1',
      outcome: 'failed',
      status: 500,
      code: 'internal',
    });
  });

  it('no log line has a key, a query string or the internal number of a job', () => {
    expect(written.length).toBeGreaterThan(8);
    expect(written.join('')).not.toMatch(/a-key-that|secret-question|"job":/);
  });
});
