import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { checkInvariants } from '../scripts/invariants.ts';
import { type Answer, type Job, TestApplication } from './support/application.js';
import { CallbackReceiver, WEBHOOK_SECRET } from './support/callback-receiver.js';
import { Gate, ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const TIME = '2024-11-16T12:00:00Z';
const NEW_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

describe('callbacks', () => {
  let host: ImageHost;
  let receiver: CallbackReceiver;
  let shelfline: TestApplication;
  /** On a database of its own, where nothing is delivered until somebody starts a worker. */
  let api: TestApplication;
  const workers: TestApplication[] = [];

  const ENVIRONMENT = {
    // Its second secret is the receivers'.
    WEBHOOK_SECRET: `${NEW_SECRET},${WEBHOOK_SECRET}`,
    WEBHOOK_RETRY_BASE_MS: '20',
    WEBHOOK_MAX_ATTEMPTS: '3',
    IMAGE_ALLOWED_NETWORKS: '127.0.0.1/32',
    // Of images alone.
    IMAGE_ALLOWED_HOSTS: '127.0.0.1',
  };

  beforeAll(async () => {
    host = await ImageHost.start();
    host.serve('/a.gif', GIF);
    receiver = await CallbackReceiver.start();
    shelfline = await TestApplication.start(ENVIRONMENT);
    api = await TestApplication.start({ ...ENVIRONMENT, ROLE: 'api' });
  });

  afterAll(async () => {
    await Promise.all([shelfline.close(), api.close()]);
    await Promise.all([receiver.close(), host.close()]);
  });

  /** A worker beside `api`, for the rest of the test. */
  async function startWorker(
    environment: Readonly<Record<string, string>> = ENVIRONMENT,
  ): Promise<TestApplication> {
    const worker = await TestApplication.startOn(api.database, { ...environment, ROLE: 'worker' });
    workers.push(worker);
    return worker;
  }

  // One that a failed test left would deliver the callbacks of the next.
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  });

  async function submit(
    callback_url: string,
    { at = shelfline, store_id = 'RP00002', image_url = [host.url('/a.gif')] } = {},
  ): Promise<string> {
    return at.submit([{ store_id, image_url }], { reference: 'week 46', callback_url });
  }

  async function getCallback(jobId: string, at = shelfline): Promise<Job['callback']> {
    return (await at.get(`/api/jobs/${jobId}`)).json.callback;
  }

  async function inState(jobId: string, state: string, at = shelfline): Promise<Job['callback']> {
    return until(async () => {
      const callback = await getCallback(jobId, at);
      return callback?.state === state ? callback : undefined;
    }, `the callback of ${jobId} to be ${state}`);
  }

  const sendAgain = (jobId: string, at = shelfline): Promise<Answer> =>
    at.post(`/api/jobs/${jobId}/callback`, '');

  it('the end of a job sends a signed webhook with the job as it is then', async () => {
    const url = receiver.at('/plain');
    const jobId = await submit(url);
    const callback = await inState(jobId, 'delivered');
    expect(callback).toEqual({
      url,
      state: 'delivered',
      attempts: 1,
      last_status: 204,
      last_attempt_at: expect.stringMatching(/Z$/),
    });
    const { json: job } = await shelfline.get(`/api/jobs/${jobId}`);
    const [message] = receiver.of('/plain');
    expect(message?.event).toEqual({
      type: 'job.completed',
      timestamp: job.finished_at,
      data: {
        ...job,
        callback: { url, state: 'waiting', attempts: 0, last_status: null, last_attempt_at: null },
      },
    });
    expect(message?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'shelfline/0.0.0-test',
      'webhook-id': expect.stringMatching(/^msg_[0-9a-f]{32}$/),
    });
    expect((await shelfline.get('/api/jobs?reference=week+46')).json.items).toContainEqual(
      expect.objectContaining({ job_id: jobId, callback }),
    );
  });

  it('each end of a job sends a webhook of its own, also after a retry', async () => {
    const jobId = await submit(receiver.at('/ends'), { image_url: [host.url('/late.gif')] });
    await inState(jobId, 'delivered');
    host.serve('/late.gif', GIF);
    await shelfline.post(`/api/jobs/${jobId}/retry`, '');
    await until(async () => (receiver.of('/ends').length === 2 ? true : undefined), 'the second message');
    const [failed, completed] = receiver.of('/ends');
    expect(failed?.event).toMatchObject({
      type: 'job.failed',
      data: { status: 'failed', error: [{ store_id: 'RP00002' }], error_count: 1 },
    });
    expect(completed?.event).toMatchObject({
      type: 'job.completed',
      data: { status: 'completed', error: [] },
    });
    expect(completed?.id).not.toBe(failed?.id);
  });

  it.each([
    ['a submission with nothing to fetch', 'job.failed', { store_id: 'NOWHERE' }],
    ['a cancel', 'job.cancelled', { store_id: 'RP00002' }],
    ['the sweep of a retry', 'job.failed', { store_id: 'NOWHERE' }],
  ] as const)(
    'a webhook reports %s, whichever process ends the job, and waits for a worker',
    async (how, type, job) => {
      const path = `/${type}/${how.length}`;
      const jobId = await submit(receiver.at(path), { at: api, ...job });
      if (type === 'job.cancelled') await api.post(`/api/jobs/${jobId}/cancel`, '');
      const waiting = { state: 'waiting', attempts: 0, last_status: null, last_attempt_at: null };
      expect(await getCallback(jobId, api)).toMatchObject(waiting);
      const isRetried = how === 'the sweep of a retry';
      if (isRetried) await api.post(`/api/jobs/${jobId}/retry`, '');
      expect(receiver.of(path)).toEqual([]);
      const worker = await startWorker();
      const ends = isRetried ? 2 : 1;
      await until(async () => (receiver.of(path).length === ends ? true : undefined), 'the messages');
      await inState(jobId, 'delivered', api);
      await worker.stop();
      const events = receiver.of(path).map(({ event }) => `${event.type} ${event.data.job_id}`);
      expect(events).toEqual(Array(ends).fill(`${type} ${jobId}`));
    },
  );

  it('streamed jobs send webhooks, and callback_url is part of what an idempotency key compares', async () => {
    const url = receiver.at('/streamed');
    const csv = `store_id,image_url,visit_time\nRP00002,${host.url('/a.gif')},${TIME}\n`;
    const send = (callback_url: string): Promise<Answer> =>
      shelfline.send('POST', `/api/jobs?callback_url=${encodeURIComponent(callback_url)}`, csv, {
        'content-type': 'text/csv',
        'idempotency-key': 'streamed',
      });
    const first = await send(url);
    expect([first.status, (await send(url)).json.job_id]).toEqual([201, first.json.job_id]);
    expect((await send(`${url}?other`)).status).toBe(422);
    expect(await inState(first.json.job_id, 'delivered')).toMatchObject({ url });
    expect(receiver.of('/streamed')).toHaveLength(1);
  });

  describe('to a receiver that does not take them', () => {
    it('a webhook that is not accepted is retried with the same body and id, and a new signature', async () => {
      const url = receiver.at('/flaky', (response, times) => response.writeHead(times < 3 ? 500 : 200).end());
      const jobId = await submit(url);
      expect(await inState(jobId, 'delivered')).toMatchObject({ attempts: 3, last_status: 200 });
      const messages = receiver.of('/flaky');
      expect(messages).toHaveLength(3);
      expect(new Set(messages.map(({ id, text }) => `${id} ${text}`)).size).toBe(1);
    });

    it('a webhook fails in the end, and is sent again with all its attempts when that is requested', async () => {
      let status = 503;
      const jobId = await submit(receiver.at('/down', (response) => response.writeHead(status).end()));
      expect(await inState(jobId, 'given_up')).toMatchObject({ attempts: 3, last_status: 503 });
      const again = await sendAgain(jobId);
      expect(again.status).toBe(202);
      expect(again.json).toMatchObject({ job_id: jobId, callback: { state: 'waiting', attempts: 3 } });
      await until(async () => (receiver.of('/down').length === 5 ? true : undefined), 'two tries more');
      status = 200;
      expect(await inState(jobId, 'delivered')).toMatchObject({ attempts: 6, last_status: 200 });
      expect(new Set(receiver.of('/down').map(({ id }) => id)).size).toBe(1);
    });

    it('an attempt at a receiver that stalls ends in time, and delays no other receiver', async () => {
      const at = await TestApplication.start({ ...ENVIRONMENT, WEBHOOK_TIMEOUT_MS: '500' });
      const silent = receiver.at('/silent', () => {});
      const stalled = await Promise.all(Array.from({ length: 10 }, () => submit(silent, { at })));
      const other = await CallbackReceiver.start();
      await inState(await submit(other.at('/'), { at }), 'delivered', at);
      for (const jobId of stalled)
        expect(await inState(jobId, 'given_up', at)).toMatchObject({ attempts: 3, last_status: null });
      expect(new Set(receiver.of('/silent').map(({ id }) => id)).size).toBe(10);
      await Promise.all([at.close(), other.close()]);
    });

    it('the status of an answer decides about a webhook, however long the body is', async () => {
      let sent = 0;
      const closed = Promise.withResolvers<void>();
      const endless = receiver.at('/endless', (response) => {
        const more = (): void => {
          do sent += 65_536;
          while (response.write(Buffer.alloc(65_536)));
        };
        response.on('drain', more);
        response.once('close', closed.resolve);
        response.writeHead(200);
        more();
      });
      expect(await inState(await submit(endless), 'delivered')).toMatchObject({
        attempts: 1,
        last_status: 200,
      });
      await closed.promise;
      // What the sockets of both sides hold, and no more: a second at full speed would be hundreds of megabytes.
      expect(sent).toBeLessThan(40_000_000);
    });

    it('a webhook is never sent to a forbidden address: directly, by a name, or by a redirect', async () => {
      const inside = await CallbackReceiver.start();
      const forbidden = inside.at('/').replace('127.0.0.1', '127.0.0.2');
      const redirecting = receiver.at('/redirect', (response) =>
        response.writeHead(307, { location: forbidden }).end(),
      );
      const jobs = [await submit(forbidden), await submit('http://[::1]/'), await submit(redirecting)];
      const callbacks = [];
      for (const jobId of jobs) callbacks.push(await inState(jobId, 'given_up'));
      expect(callbacks.map((callback) => callback?.last_status)).toEqual([null, null, 307]);
      expect(inside.connections).toBe(0);
      await inside.close();
    });
  });

  describe('asked for again', () => {
    it('sending a webhook again is refused for an ongoing job, without a callback_url, and without a job', async () => {
      const gate = new Gate();
      const held = host.serve('/held.gif', GIF, { gate });
      const ongoing = await submit(receiver.at('/held'), { image_url: [held] });
      const without = await shelfline.submit([{ store_id: 'NOWHERE', image_url: [held] }]);
      const answers = [ongoing, without, 'job_20241116100000_00000000000000000000'].map((id) =>
        sendAgain(id),
      );
      const codes = (await Promise.all(answers)).map(({ status, json }) => [status, json.code]);
      expect(codes).toEqual([
        [409, 'job_ongoing'],
        [409, 'no_callback_url'],
        [404, 'job_not_found'],
      ]);
      gate.open();
      await inState(ongoing, 'delivered');
    });

    it('a webhook is sent again once, however often that was requested before', async () => {
      const jobId = await submit(receiver.at('/again'), { at: api, store_id: 'NOWHERE' });
      await Promise.all([sendAgain(jobId, api), sendAgain(jobId, api), sendAgain(jobId, api)]);
      const worker = await startWorker();
      expect(await inState(jobId, 'delivered', api)).toMatchObject({ attempts: 1 });
      await until(async () => {
        const tasks = await api.database.query(
          `SELECT FROM shelfline_queue.job WHERE name = 'callbacks' AND state < 'completed'`,
        );
        return tasks.length === 0 ? true : undefined;
      }, 'the end of the tasks');
      await worker.stop();
      expect(receiver.of('/again')).toHaveLength(1);
    });
  });

  it('webhooks are deleted with their job', async () => {
    const jobId = await submit(receiver.at('/deleted'), { at: api, store_id: 'NOWHERE' });
    const kept = await submit(receiver.at('/kept'), { at: api, store_id: 'NOWHERE' });
    await fetch(`${api.origin}/api/jobs/${jobId}`, { method: 'DELETE' });
    const worker = await startWorker();
    await inState(kept, 'delivered', api);
    await worker.stop();
    expect(receiver.of('/deleted')).toEqual([]);
    const left = await api.database.query(
      'SELECT FROM shelfline.callback WHERE job NOT IN (SELECT id FROM shelfline.job)',
    );
    expect(left).toEqual([]);
  });

  it('a process without a secret delivers no webhook', async () => {
    const jobId = await submit(receiver.at('/secretless'), { at: api, store_id: 'NOWHERE' });
    const { WEBHOOK_SECRET: _none, ...others } = ENVIRONMENT;
    const worker = await startWorker(others);
    await api.finished(await api.submit([{ store_id: 'RP00002', image_url: [host.url('/a.gif')] }]));
    await worker.stop();
    expect(receiver.of('/secretless')).toEqual([]);
    expect(await getCallback(jobId, api)).toMatchObject({ state: 'waiting' });
  });

  it('deliveries break no invariant, and nothing is sent that the receiver cannot verify', async () => {
    for (const { database } of [shelfline, api]) {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      const verdicts = await checkInvariants(client);
      await client.end();
      expect(verdicts.filter(({ offending }) => offending.length > 0)).toEqual([]);
    }
    expect(receiver.strangers).toBe(0);
  });
});
