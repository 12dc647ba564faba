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
  const slow = (name: string, images: number, pause = 20): string[] =>
    Array.from({ length: images }, (_, n) =>
      host.handle(`/${name}-${n}.png`, (_request, response) => {
        setTimeout(() => response.end(PNG), pause);
      }),
    );

  const submit = async (urls: readonly string[]): Promise<string> => {
    const visits = [];
    for (let at = 0; at < urls.length; at += 1000)
      visits.push({ store_id: 'RP00002', image_url: urls.slice(at, at + 1000) });
    return shelfline.submit(visits);
  };

  it('a short job overtakes the thousands of images of long jobs on the same host', async () => {
    shelfline = await TestApplication.start({ IMAGE_HOST_CONCURRENCY: '4', SHUTDOWN_GRACE_MS: '0' });
    const long = await Promise.all(['a', 'b', 'c'].map((name) => submit(slow(name, 4000, 50))));
    await host.arrived(100);
    const short = await submit(slow('short', 10, 50));
    const accepted = host.requests.length;
    expect(await shelfline.finished(short)).toMatchObject({ status: 'completed' });
    const places = host.requests.flatMap(({ path }, place) => (path.startsWith('/short-') ? [place] : []));
    // In line are up to 2,000 images; slots go to the four jobs in rotation.
    expect((places[0] ?? 0) - accepted).toBeLessThan(1000);
    expect((places.at(-1) ?? 0) - (places[0] ?? 0)).toBeLessThan(200);
    for (const id of long) {
      expect((await shelfline.get(`/api/jobs/${id}`)).json.status).toBe('ongoing');
    }
  }, 60_000);

  it('a long job makes progress under a steady overload of short jobs', async () => {
    shelfline = await TestApplication.start({ IMAGE_HOST_CONCURRENCY: '4', SHUTDOWN_GRACE_MS: '0' });
    const long = await submit(slow('long', 400));
    const over = new AbortController();
    const shorts = Array.from({ length: 12 }, async (_, stream) => {
      for (let n = 0; !over.signal.aborted; n += 1)
        await shelfline.finished(await submit(slow(`s${stream}-${n}`, 50)), 60_000);
    });
    const done = async (): Promise<number> =>
      (await shelfline.get(`/api/jobs/${long}`)).json.images.succeeded;
    await until(
      async () => ((await done()) > 200 ? true : undefined),
      'the progress of the long job',
      90_000,
    );
    over.abort();
    await Promise.all(shorts);
    expect(await shelfline.finished(long, 60_000)).toMatchObject({ status: 'completed' });
  }, 120_000);

  it('the simulated analysis of images holds no slot', async () => {
    shelfline = await TestApplication.start({ IMAGE_CONCURRENCY: '2', PROCESSING_DELAY_MS: '2000-3000' });
    // Two at a time, each for two seconds and more, would take a minute.
    const jobId = await submit(slow('analysed', 60));
    expect(await shelfline.finished(jobId, 30_000)).toMatchObject({ status: 'completed' });
  }, 40_000);
});
