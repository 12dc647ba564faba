import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UNPROVEN_LIMIT } from '../src/images/hosts/concurrency-limit.js';
import { type Job, TestApplication } from './support/application.js';
import { type Behaviour, Gate, ImageHost, startRawHost } from './support/image-host.js';

const PNG = readFileSync(new URL('fixtures/images/endcap.png', import.meta.url));

interface Result {
  readonly image_url: string;
  readonly status: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly error_code: string | null;
}

describe('a host that fails', () => {
  let healthy: ImageHost;
  let shelfline: TestApplication;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    healthy = await ImageHost.start();
    shelfline = await TestApplication.start({
      IMAGE_TIMEOUT_MS: '2000',
      IMAGE_HOST_PATIENCE_MS: '3000',
    });
  });

  afterAll(async () => {
    await shelfline.close();
    await Promise.all(closing.map((close) => close()));
    await healthy.close();
  });

  async function ill(behaviour: Behaviour, images: number): Promise<{ host: ImageHost; urls: string[] }> {
    const host = await ImageHost.start();
    closing.push(() => host.close());
    return { host, urls: Array.from({ length: images }, (_, n) => host.serve(`/${n}.png`, PNG, behaviour)) };
  }

  async function gone(): Promise<number> {
    const raw = await startRawHost(() => {});
    await raw.close();
    return raw.port;
  }

  async function submit(urls: readonly string[]): Promise<string> {
    return shelfline.submit([{ store_id: 'RP00002', image_url: urls }]);
  }

  async function results(jobId: string): Promise<Result[]> {
    return (await shelfline.get(`/api/jobs/${jobId}/images?limit=1000`)).json.items;
  }

  it('a failing host gets one request per attempt for an image that occurs several times in a batch', async () => {
    const { host, urls } = await ill({ status: 500 }, 1);
    const patient = await TestApplication.start({ IMAGE_RETRY_BASE_MS: '2000', IMAGE_MAX_ATTEMPTS: '2' });
    const image_url = Array.from({ length: 150 }, () => urls[0] ?? '');
    const jobId = await patient.submit([{ store_id: 'RP00002', image_url }]);
    expect(await patient.finished(jobId)).toMatchObject({ status: 'failed', images: { failed: 150 } });
    await patient.close();
    // Each try asks without a range, too: some hosts answer a range with a 500.
    expect(host.requests).toHaveLength(4);
  });

  it('a small job on a failing host has its four attempts and takes no longer than without the circuit breaker', async () => {
    const port = await gone();
    const began = performance.now();
    const jobId = await submit([1, 2, 3].map((n) => `http://127.0.0.1:${port}/${n}.png`));
    const job = await shelfline.finished(jobId);
    expect(job).toMatchObject({ status: 'failed', images: { failed: 3 } });
    for (const { attempts, error_code } of await results(jobId))
      expect([attempts, error_code]).toEqual([4, 'connection']);
    // The pauses are 50, 100 and 200 ms here; a breaker's would add up to 7 s.
    expect(performance.now() - began).toBeLessThan(6_000);
  });

  it('a failing host is not asked for all its images, which fail after a bounded time with its last fault', async () => {
    const port = await gone();
    const urls = Array.from({ length: 400 }, (_, n) => `http://127.0.0.1:${port}/${n}.png`);
    const jobId = await submit(urls);
    const job: Job = await shelfline.finished(jobId, 60_000);
    expect(job.images).toEqual({ total: 400, pending: 0, succeeded: 0, failed: 400, skipped: 0 });
    const rows = await results(jobId);
    expect(new Set(rows.map(({ error_code }) => error_code))).toEqual(new Set(['connection']));
    const untried = rows.filter(({ attempts }) => attempts === 0);
    expect(untried.length).toBeGreaterThan(300);
    expect(untried[0]?.error).toBe('the host failed again and again, last: the host refused the connection');
    expect(Math.max(...rows.map(({ attempts }) => attempts))).toBeLessThanOrEqual(4);
  }, 70_000);

  it.each([
    ['never answers', { gate: new Gate() }, 'timeout'],
    ['sends a byte at a time', { trickleMs: 800 }, 'timeout'],
    ['resets in the middle', { resetAfter: 5 }, 'connection'],
  ])(
    'a failing host costs attempts only for its own images when it %s',
    async (_what, behaviour: Behaviour, code) => {
      const { host, urls } = await ill(behaviour, 100);
      const good = Array.from({ length: 300 }, (_, n) => healthy.serve(`/${n}.png`, PNG));
      const jobId = await submit(urls.flatMap((url, n) => [url, ...good.slice(n * 3, n * 3 + 3)]));
      const job = await shelfline.finished(jobId, 60_000);
      expect(job.images).toMatchObject({ succeeded: 300, failed: 100 });
      const rows = await results(jobId);
      const tries = (status: string): Set<number> =>
        new Set(rows.filter((row) => row.status === status).map(({ attempts }) => attempts));
      expect(tries('succeeded')).toEqual(new Set([1]));
      expect(Math.max(...tries('failed'))).toBeLessThanOrEqual(4);
      expect(new Set(rows.map(({ error_code }) => error_code))).toEqual(new Set([code, null]));
      expect(host.requests.length).toBeLessThan(100);
    },
    70_000,
  );

  it('each image of a small job has all its attempts when its host never answers', async () => {
    const impatient = await TestApplication.start({
      IMAGE_TIMEOUT_MS: '1600',
      IMAGE_RETRY_BASE_MS: '50',
      IMAGE_MAX_ATTEMPTS: '2',
    });
    const { host, urls } = await ill({ gate: new Gate() }, UNPROVEN_LIMIT);
    const { images } = await impatient.finished(
      await impatient.submit([{ store_id: 'RP00002', image_url: urls }]),
    );
    await impatient.close();
    expect(images).toMatchObject({ failed: UNPROVEN_LIMIT });
    expect(host.requests).toHaveLength(2 * UNPROVEN_LIMIT);
  }, 40_000);

  it('batches of other jobs run while the first answer of a host is awaited', async () => {
    const gate = new Gate();
    const { host, urls } = await ill({ gate }, 2_000);
    const apart = await TestApplication.start({ IMAGE_TIMEOUT_MS: '60000' });
    const slow = await apart.submit([
      { store_id: 'RP00002', image_url: urls.slice(0, 1_000) },
      { store_id: 'RP00002', image_url: urls.slice(1_000) },
    ]);
    await host.arrived(UNPROVEN_LIMIT);
    // Ten batches are all that a process works on, and this job has as many.
    const good = Array.from({ length: 400 }, (_, n) => healthy.serve(`/beside/${n}.png`, PNG));
    const job = await apart.finished(await apart.submit([{ store_id: 'RP00002', image_url: good }]));
    expect(job.images).toMatchObject({ succeeded: 400 });
    // A batch that is put off as a whole writes nothing. Only one whose images come back at different times does.
    const [written] = await apart.database.query<{ count: number }>(
      `SELECT count(*)::int FROM shelfline.image WHERE next_attempt_at IS NOT NULL`,
    );
    expect(written?.count).toBeLessThan(1_000);
    gate.open();
    expect((await apart.finished(slow, 60_000)).images).toMatchObject({ succeeded: 2_000 });
    await apart.close();
  }, 90_000);

  it('a host is asked again as soon as it has recovered, and no image is lost', async () => {
    const host = await ImageHost.start();
    closing.push(() => host.close());
    let ok = false;
    const urls = Array.from({ length: 200 }, (_, n) =>
      host.handle(`/${n}.png`, (request, response) => {
        if (ok) response.end(PNG);
        else request.socket.resetAndDestroy();
      }),
    );
    const jobId = await submit(urls);
    await host.arrived(9);
    ok = true;
    const job = await shelfline.finished(jobId, 30_000);
    expect(job.images).toMatchObject({ succeeded: 200, failed: 0 });
  }, 40_000);
});
