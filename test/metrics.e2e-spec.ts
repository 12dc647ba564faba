import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { CallbackReceiver, WEBHOOK_SECRET } from './support/callback-receiver.js';
import { Exposition } from './support/exposition.js';
import { Gate, ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const KEY = { authorization: 'Bearer one' };

async function scrape(at: TestApplication, headers = {}): Promise<Exposition> {
  const answer = await at.get('/metrics', headers);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return new Exposition(answer.text);
}

/** A scrape that tells what is waited for. */
async function scrapeUntil(
  at: TestApplication,
  tells: (metrics: Exposition) => boolean,
  headers = {},
): Promise<Exposition> {
  return until(async () => {
    const metrics = await scrape(at, headers);
    return tells(metrics) ? metrics : undefined;
  }, 'the metrics');
}

describe('the metrics', () => {
  let host: ImageHost;
  let receiver: CallbackReceiver;
  /** Does everything, for anybody. */
  let all: TestApplication;
  /** Processes of one database, which want a key. */
  let api: TestApplication;
  let worker: TestApplication;

  beforeAll(async () => {
    host = await ImageHost.start();
    host.serve('/a.gif', GIF);
    receiver = await CallbackReceiver.start();
    all = await TestApplication.start({
      WEBHOOK_SECRET,
      WEBHOOK_RETRY_BASE_MS: '20',
      IMAGE_MAX_ATTEMPTS: '2',
    });
    api = await TestApplication.start({ ROLE: 'api', API_KEYS: 'one' });
  });

  afterAll(async () => {
    await Promise.all([all.close(), worker?.stop()]);
    await api.close();
    await Promise.all([host.close(), receiver.close()]);
  });

  it('a new worker reports zero tasks in its process', async () => {
    const held = (metrics: Exposition): unknown =>
      ['images', 'callbacks'].map((queue) => metrics.sum('shelfline_tasks_in_flight', { queue }));
    expect(held(await scrape(all))).toEqual([0, 0]);
    expect(held(await scrape(api, KEY))).toEqual([undefined, undefined]);
  });

  it('images are counted by outcome, with retried attempts and durations', async () => {
    const jobId = await all.submit([
      {
        store_id: 'RP00002',
        image_url: [host.url('/a.gif'), host.url('/gone.gif'), host.serve('/b.gif', GIF, { status: 500 })],
      },
      { store_id: 'RP00003', image_url: [host.serve('/c.txt', Buffer.from('no image at all'))] },
      { store_id: 'NOWHERE', image_url: [host.url('/a.gif')] },
    ]);
    await all.finished(jobId);
    const metrics = await scrape(all);
    const images = (outcome: string, error_code: string): number | undefined =>
      metrics.sum('shelfline_images_total', { outcome, error_code });
    expect([
      images('succeeded', 'none'),
      images('failed', 'http_status'),
      images('failed', 'not_an_image'),
      metrics.sum('shelfline_images_total'),
      metrics.sum('shelfline_image_retries_total', { error_code: 'http_status' }),
    ]).toEqual([1, 2, 1, 4, 1]);
    const requests = host.requests.length;
    expect(metrics.sum('shelfline_image_fetch_duration_seconds_count')).toBe(requests);
    expect(metrics.sum('shelfline_image_fetch_bytes_count')).toBe(requests);
    expect(metrics.sum('shelfline_image_fetch_bytes_sum')).toBeGreaterThan(GIF.length);
    expect(metrics.sum('shelfline_image_fetch_duration_seconds_sum')).toBeGreaterThan(0);
  });

  it('requests in flight are reported', async () => {
    const gate = new Gate();
    const held = host.serve('/held.gif', GIF, { gate });
    const jobId = await all.submit([{ store_id: 'RP00002', image_url: [held] }]);
    await host.arrived(1, '/held.gif');
    const during = await scrape(all);
    expect(during.sum('shelfline_downloads_in_flight')).toBe(1);
    expect(during.sum('shelfline_tasks_in_flight', { queue: 'images' })).toBe(1);
    gate.open();
    await all.finished(jobId);
    await scrapeUntil(
      all,
      (metrics) =>
        metrics.sum('shelfline_tasks_in_flight') === 0 && metrics.sum('shelfline_downloads_in_flight') === 0,
    );
  });

  it('webhooks are counted by outcome', async () => {
    const url = receiver.at('/flaky', (response, times) => response.writeHead(times < 2 ? 500 : 200).end());
    await all.submit([{ store_id: 'NOWHERE', image_url: [host.url('/a.gif')] }], { callback_url: url });
    const metrics = await scrapeUntil(
      all,
      (one) => one.sum('shelfline_callback_attempts_total', { outcome: 'delivered' }) === 1,
    );
    expect(metrics.sum('shelfline_callback_attempts_total', { outcome: 'retrying' })).toBe(1);
    expect(metrics.sum('shelfline_callback_attempts_total', { outcome: 'given_up' })).toBe(0);
  });

  it('jobs are counted by outcome after the commit, wherever they end', async () => {
    const ends = async (): Promise<(number | undefined)[]> => {
      const metrics = await scrape(all);
      return ['completed', 'failed', 'cancelled'].map((outcome) =>
        metrics.sum('shelfline_jobs_total', { outcome }),
      );
    };
    const [completed = 0, failed = 0, cancelled = 0] = await ends();
    const submit = async (store_id: string, url: string, more = {}): Promise<string> =>
      all.submit([{ store_id, image_url: [url] }], more);
    await all.finished(await submit('RP00002', host.url('/a.gif')));
    await submit('NOWHERE', host.url('/a.gif'));
    const gate = new Gate();
    const held = host.serve('/held-for-long.gif', GIF, { gate });
    const callback_url = receiver.at('/ends', (response) => response.writeHead(200).end());
    const jobId = await submit('RP00002', held, { callback_url });
    await all.database.query('ALTER TABLE shelfline.callback RENAME TO gone');
    expect((await all.post(`/api/jobs/${jobId}/cancel`, {})).status).toBe(500);
    await all.database.query('ALTER TABLE shelfline.gone RENAME TO callback');
    expect(await ends()).toEqual([completed + 1, failed + 1, cancelled]);
    expect((await all.post(`/api/jobs/${jobId}/cancel`, {})).status).toBe(200);
    expect(await ends()).toEqual([completed + 1, failed + 1, cancelled + 1]);
    gate.open();
  });

  it('requests are measured by route, whatever clients request', async () => {
    await all.get('/api/jobs/job_20241116100000_00000000000000000000');
    await all.get('/api/jobs/job_20241116100000_11111111111111111111/images?limit=7');
    for (const path of ['/nowhere', '/api/nothing/7', '/%ff', '/docs/none.js']) await all.get(path);
    await all.send('PURGE', '/api/jobs', '');
    // A request is counted when its connection is done with it, which may be after its answer has come.
    const metrics = await scrapeUntil(
      all,
      (one) => one.sum('shelfline_http_request_duration_seconds_count', { method: 'other' }) === 1,
    );
    const of = (route: string, status: string, method = 'GET'): number | undefined =>
      metrics.sum('shelfline_http_request_duration_seconds_count', { route, status, method });
    expect([
      of('/api/jobs/:job_id', '404'),
      of('/api/jobs/:job_id/images', '404'),
      of('unmatched', '405', 'other'),
    ]).toEqual([1, 1, 1]);
    expect(of('unmatched', '404')).toBeGreaterThanOrEqual(2);
    expect(metrics.values('route').filter((route) => /nowhere|nothing|none|[0-9]|%/.test(route))).toEqual([]);
  });

  it('the metrics need a key in every role, if keys are configured', async () => {
    worker = await TestApplication.startOn(api.database, { ROLE: 'worker', API_KEYS: 'one' });
    for (const at of [api, worker]) {
      const answers = await Promise.all([at.get('/metrics'), at.get('/metrics', { 'x-api-key': 'two' })]);
      expect(answers.map(({ status, json }) => [status, json.code])).toEqual(
        [401, 401].map((status) => [status, 'unauthorized']),
      );
      await scrape(at, KEY);
    }
    expect((await scrape(worker, KEY)).sum('shelfline_build_info', { role: 'worker' })).toBe(1);
    await worker.stop();
  });

  it('each process reports the queue of all processes and its own tasks', async () => {
    const visits = [
      {
        store_id: 'RP00002',
        image_url: Array(450).fill(host.url('/a.gif')),
        visit_time: '2024-11-16T12:00:00Z',
      },
    ];
    await api.post('/api/jobs', { count: 1, visits }, KEY);
    const batches = { queue: 'images', state: 'due' };
    const other = await TestApplication.startOn(api.database, { ROLE: 'api', API_KEYS: 'one' });
    for (const at of [api, other]) {
      const metrics = await scrapeUntil(at, (one) => one.sum('shelfline_queue_tasks', batches) === 3, KEY);
      expect(metrics.sum('shelfline_queue_oldest_due_seconds', { queue: 'images' })).toBeGreaterThan(0);
      expect(metrics.sum('shelfline_database_up')).toBe(1);
      expect(metrics.sum('shelfline_database_connections')).toBeGreaterThan(0);
    }
    await other.stop();
    worker = await TestApplication.startOn(api.database, { ROLE: 'worker', API_KEYS: 'one' });
    const done = await scrapeUntil(
      worker,
      (one) => one.sum('shelfline_images_total') === 450 && one.sum('shelfline_queue_tasks', batches) === 0,
      KEY,
    );
    expect(done.sum('shelfline_queue_oldest_due_seconds', { queue: 'images' })).toBe(0);
    // One URL is fetched once for all its rows of a batch.
    expect(done.sum('shelfline_image_fetch_duration_seconds_count')).toBe(3);
    expect((await scrape(api, KEY)).sum('shelfline_images_total')).toBe(0);
  });

  it('the metrics include the process itself', async () => {
    const metrics = await scrape(all);
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_cpu_seconds_total',
      'nodejs_heap_size_used_bytes',
    ])
      expect(metrics.sum(name)).toBeGreaterThan(0);
  });

  it('without the database the metrics report the outage, and nothing of the queue', async () => {
    const cut = await TestApplication.start();
    expect((await scrape(cut)).sum('shelfline_queue_tasks')).toBeDefined();
    await cut.database.drop();
    const metrics = await scrapeUntil(cut, (one) => one.sum('shelfline_database_up') === 0);
    expect(metrics.sum('shelfline_queue_tasks')).toBeUndefined();
    expect(metrics.sum('shelfline_queue_oldest_due_seconds')).toBeUndefined();
    expect(metrics.sum('process_cpu_seconds_total')).toBeGreaterThan(0);
    await cut.close();
  });
});
