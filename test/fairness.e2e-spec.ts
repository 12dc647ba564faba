import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const PNG = readFileSync(new URL('fixtures/images/endcap.png', import.meta.url));

describe('one worker', () => {
  let host: ImageHost;
  let shelfline: TestApplication;

  beforeEach(async () => {
    host = await ImageHost.start();
  });

  afterEach(async () => {
    await shelfline.close();
    await host.close();
  });

  /** Images of a host that takes its time. */
  const slow = (name: string, images: number): string[] =>
    Array.from({ length: images }, (_, n) =>
      host.handle(`/${name}-${n}.png`, (_request, response) => {
        setTimeout(() => response.end(PNG), 20);
      }),
    );

  const submit = async (urls: readonly string[]): Promise<string> => {
    const visits = [];
    for (let at = 0; at < urls.length; at += 1000)
      visits.push({ store_id: 'RP00002', image_url: urls.slice(at, at + 1000) });
    return shelfline.submit(visits);
  };

  it('runs a short job past the thousands of images of long ones on the same host', async () => {
    shelfline = await TestApplication.start({ IMAGE_HOST_CONCURRENCY: '4', SHUTDOWN_GRACE_MS: '0' });
    const long = await Promise.all(['a', 'b', 'c'].map((name) => submit(slow(name, 4000))));
    await host.arrived(400);
    const before = host.requests.length;
    expect(await shelfline.finished(await submit(slow('short', 10)))).toMatchObject({ status: 'completed' });
    // In line were up to 2,000 images.
    expect(host.requests.length - before).toBeLessThan(1000);
    for (const id of long) {
      const { json } = await shelfline.get(`/api/jobs/${id}`);
      expect([json.status, json.images.succeeded > 0]).toEqual(['ongoing', true]);
    }
  }, 60_000);

  it('keeps a long job moving under a steady overload of short ones', async () => {
    shelfline = await TestApplication.start({ IMAGE_HOST_CONCURRENCY: '4', SHUTDOWN_GRACE_MS: '0' });
    const long = await submit(slow('long', 1000));
    const over = new AbortController();
    const shorts = Array.from({ length: 12 }, async (_, stream) => {
      for (let n = 0; !over.signal.aborted; n += 1)
        await shelfline.finished(await submit(slow(`s${stream}-${n}`, 50)), 60_000);
    });
    const done = async (): Promise<number> =>
      (await shelfline.get(`/api/jobs/${long}`)).json.images.succeeded;
    await until(
      async () => ((await done()) > 600 ? true : undefined),
      'the progress of the long job',
      90_000,
    );
    over.abort();
    await Promise.all(shorts);
    expect(await shelfline.finished(long, 60_000)).toMatchObject({ status: 'completed' });
  }, 120_000);

  it('holds no slot for the simulated analysis of images', async () => {
    shelfline = await TestApplication.start({ IMAGE_CONCURRENCY: '2', PROCESSING_DELAY_MS: '3000-5000' });
    const jobId = await submit(slow('analysed', 60));
    await host.arrived(60);
    expect((await shelfline.get(`/api/jobs/${jobId}`)).json.images).toMatchObject({ pending: 60 });
    expect(await shelfline.finished(jobId)).toMatchObject({ status: 'completed' });
  }, 40_000);
});
