import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WebhookDelivery } from '../src/webhooks/webhook-delivery.js';
import type { WebhookTask } from '../src/webhooks/webhook-task.js';
import type { HeldTask } from '../src/queue/task-runner.js';
import { type Job, TestApplication } from './support/application.js';
import { CallbackReceiver, WEBHOOK_SECRET } from './support/callback-receiver.js';
import { Gate } from './support/image-host.js';
import { until } from './support/until.js';

/**
 * One callback that two processes deliver at once, as after one of them was taken for dead, or that is asked for again
 * while it is delivered. Each attempt waits at the receiver until the test lets it be answered.
 */
describe('a callback', () => {
  let receiver: CallbackReceiver;
  /** Nothing takes callbacks off its queue: the tests make the attempts. */
  let api: TestApplication;
  let attempts: { readonly gate: Gate; status: number }[];
  let path: string;
  let jobId: string;
  let job: string;
  let jobs = 0;

  beforeAll(async () => {
    receiver = await CallbackReceiver.start();
    api = await TestApplication.start({
      ROLE: 'api',
      WEBHOOK_SECRET,
      WEBHOOK_MAX_ATTEMPTS: '3',
      WEBHOOK_RETRY_BASE_MS: '60000',
    });
  });

  beforeEach(async () => {
    attempts = [];
    jobs += 1;
    path = `/race-${jobs}`;
    const callback_url = receiver.at(path, (response, times) => {
      const asked = attempts[times - 1];
      void asked?.gate.opened.then(() => response.writeHead(asked.status).end());
    });
    const unknown = [{ store_id: 'NOWHERE', image_url: ['http://host.example/1.png'] }];
    jobId = await api.submit(unknown, { callback_url });
    const [row] = await api.database.query<{ id: string }>('SELECT id FROM shelfline.job WHERE job_id = $1', [
      jobId,
    ]);
    job = row?.id ?? '';
  });

  afterEach(() => {
    for (const { gate } of attempts) gate.open();
  });

  afterAll(async () => {
    await api.close();
    await receiver.close();
  });

  /** Begins an attempt, and resolves once it is at the receiver; to be called with what that answers. */
  async function begin(sending = 1): Promise<(status: number) => Promise<void>> {
    const waiting = { gate: new Gate(), status: 204 };
    const number = attempts.push(waiting);
    const { signal } = new AbortController();
    const task: HeldTask<WebhookTask> = {
      id: 'task',
      payload: { job, run: 1, sending },
      stopping: signal,
      signal,
      complete: async () => false,
    };
    const delivered = api.app.get(WebhookDelivery).run(task);
    await until(async () => (receiver.of(path).length === number ? true : undefined), `attempt ${number}`);
    return async (status) => {
      waiting.status = status;
      waiting.gate.open();
      await delivered;
    };
  }

  async function attempt(status: number, sending = 1): Promise<void> {
    const answer = await begin(sending);
    await answer(status);
  }

  const callback = async (): Promise<Job['callback']> => (await api.get(`/api/jobs/${jobId}`)).json.callback;

  it('a webhook that failed stays so if a late answer would have it retried', async () => {
    const late = await begin();
    for (const status of [500, 501, 502]) await attempt(status);
    expect(await callback()).toMatchObject({ state: 'given_up', attempts: 3, last_status: 502 });
    await late(503);
    expect(await callback()).toMatchObject({ state: 'given_up', attempts: 4, last_status: 503 });
  });

  it('a webhook that failed becomes delivered by a late answer that says so', async () => {
    const late = await begin();
    for (const status of [500, 500, 500]) await attempt(status);
    await late(200);
    expect(await callback()).toMatchObject({ state: 'delivered', attempts: 4, last_status: 200 });
  });

  it.each([500, 410, 201])(
    'a delivered webhook keeps its state and status when %d arrives late',
    async (status) => {
      const late = await begin();
      await attempt(204);
      await late(status);
      expect(await callback()).toMatchObject({ state: 'delivered', attempts: 2, last_status: 204 });
    },
  );

  it.each([204, 500])(
    'a webhook that is requested again during an attempt waits, although the attempt is answered with %d',
    async (status) => {
      const late = await begin();
      expect((await api.post(`/api/jobs/${jobId}/callback`, '')).status).toBe(202);
      await late(status);
      expect(await callback()).toMatchObject({ state: 'waiting', attempts: 1, last_status: status });
    },
  );

  it('a webhook that is requested again has all its attempts, and attempts in flight are not counted', async () => {
    await attempt(500);
    const late = await begin();
    await api.post(`/api/jobs/${jobId}/callback`, '');
    await late(500);
    await attempt(500, 2);
    await attempt(500, 2);
    expect(await callback()).toMatchObject({ state: 'retrying', attempts: 4 });
    await attempt(500, 2);
    expect(await callback()).toMatchObject({ state: 'given_up', attempts: 5 });
  });

  it('attempts at one webhook change no webhook of another job', async () => {
    const other = jobId;
    const before = await callback();
    const unknown = [{ store_id: 'NOWHERE', image_url: ['http://host.example/1.png'] }];
    jobId = await api.submit(unknown, { callback_url: receiver.at(path) });
    const [row] = await api.database.query<{ id: string }>('SELECT id FROM shelfline.job WHERE job_id = $1', [
      jobId,
    ]);
    job = row?.id ?? '';
    await attempt(500);
    await api.post(`/api/jobs/${jobId}/callback`, '');
    expect(await callback()).toMatchObject({ state: 'waiting', attempts: 1 });
    jobId = other;
    expect(await callback()).toEqual(before);
  });

  it('a webhook that is no longer due is not sent', async () => {
    await attempt(204);
    const { signal } = new AbortController();
    let completed = 0;
    const again = (run: number, sending: number): Promise<void> =>
      api.app.get(WebhookDelivery).run({
        id: 'task',
        payload: { job, run, sending },
        stopping: signal,
        signal,
        complete: async () => (completed += 1) > 0,
      });
    await again(1, 1);
    await again(1, 2);
    await again(2, 1);
    expect([receiver.of(path).length, completed]).toEqual([1, 3]);
  });
});
