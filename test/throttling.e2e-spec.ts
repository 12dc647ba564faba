import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { ImageHost } from './support/image-host.js';

const PNG = readFileSync(new URL('fixtures/images/endcap.png', import.meta.url));
const PATIENCE_MS = 3_000;

interface Result {
  readonly status: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly error_code: string | null;
}

/** An allowance of so many images a second, and how many were refused. */
class Allowance {
  refusals = 0;
  private left: number;
  private last = performance.now();

  constructor(private readonly perSecond: number) {
    this.left = perSecond;
  }

  take(): boolean {
    const now = performance.now();
    this.left = Math.min(this.perSecond, this.left + ((now - this.last) * this.perSecond) / 1000);
    this.last = now;
    const isLeft = this.left >= 1;
    if (isLeft) this.left -= 1;
    else this.refusals += 1;
    return isLeft;
  }
}

describe('an image of a host that throttles', () => {
  let shelfline: TestApplication;
  const hosts: ImageHost[] = [];

  beforeAll(async () => {
    shelfline = await TestApplication.start({ IMAGE_HOST_PATIENCE_MS: String(PATIENCE_MS) });
  });

  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  });

  afterAll(async () => {
    await shelfline.close();
  });

  async function start(): Promise<ImageHost> {
    const host = await ImageHost.start();
    hosts.push(host);
    return host;
  }

  const refuse = (response: ServerResponse, status = 429, headers: Record<string, string> = {}): void => {
    response.writeHead(status, headers).end();
  };

  const serveAll = (
    host: ImageHost,
    name: string,
    images: number,
    answer: (response: ServerResponse, request: IncomingMessage) => void,
  ): string[] =>
    Array.from({ length: images }, (_, n) =>
      host.handle(`/${name}-${n}.png`, (request, response) => answer(response, request)),
    );

  async function results(urls: readonly string[]): Promise<Result[]> {
    const visits = [];
    for (let at = 0; at < urls.length; at += 500)
      visits.push({ store_id: 'RP00002', image_url: urls.slice(at, at + 500) });
    const jobId = await shelfline.submit(visits);
    await shelfline.finished(jobId, 55_000);
    return (await shelfline.get(`/api/jobs/${jobId}/images?limit=1000`)).json.items;
  }

  it.each([
    [429, {}],
    [503, {}],
    [420, {}],
    [429, { 'retry-after': '1' }],
  ])(
    'an image of a host that throttles is not lost, and no attempt is counted: %d %j',
    async (status, headers) => {
      const [host, allowance] = [await start(), new Allowance(100)];
      const urls = serveAll(host, 'limited', 600, (response) => {
        if (allowance.take()) response.end(PNG);
        else refuse(response, status, headers);
      });
      const items = await results(urls);
      expect(new Set(items.map((item) => `${item.status} after ${item.attempts}`))).toEqual(
        new Set(['succeeded after 1']),
      );
      expect(allowance.refusals).toBeGreaterThan(0);
      expect(allowance.refusals).toBeLessThan(200);
    },
    60_000,
  );

  it('an image that was refused ten times fails, although its host serves others', async () => {
    const host = await start();
    const served = serveAll(host, 'served', 20, (response) => response.end(PNG));
    const end = new AbortController();
    const refused = results(serveAll(host, 'refused', 1, (response) => refuse(response, 503))).finally(() =>
      end.abort(),
    );
    while (!end.signal.aborted)
      expect(new Set((await results(served)).map(({ status }) => status))).toEqual(new Set(['succeeded']));
    expect((await refused)[0]).toMatchObject({
      status: 'failed',
      attempts: 0,
      error_code: 'throttled',
      error: expect.stringMatching(/^the host answered 503 Service Unavailable 1\d times$/),
    });
    const asked = host.requestsFor('/refused-0.png').length;
    expect(asked).toBeGreaterThanOrEqual(10);
    expect(asked).toBeLessThan(20);
  }, 60_000);

  it('an image fails when its host served nothing for its patience, requested or not', async () => {
    const host = await start();
    const items = await results(serveAll(host, 'none', 500, (response) => refuse(response)));
    expect(
      new Set(items.map(({ status, attempts, error_code }) => `${status} ${attempts} ${error_code}`)),
    ).toEqual(new Set(['failed 0 throttled']));
    expect(items[0]?.error).toBe(
      `the host answered 429 Too Many Requests, and has served nothing for ${PATIENCE_MS / 1000} s`,
    );
    expect(host.requests.length).toBeLessThan(100);
  }, 60_000);

  it('an image of a throttled host is fetched when the host serves again in time', async () => {
    const host = await start();
    let serves = false;
    const urls = serveAll(host, 'later', 300, (response) =>
      serves ? response.end(PNG) : refuse(response, 503),
    );
    const done = results(urls);
    await host.arrived(6);
    serves = true;
    expect(new Set((await done).map(({ status, attempts }) => `${status} ${attempts}`))).toEqual(
      new Set(['succeeded 1']),
    );
  }, 60_000);

  it('a throttled host delays no image of another host, and its images hold no connection', async () => {
    const [limited, healthy] = [await start(), await start()];
    const allowance = new Allowance(20);
    const slow = results(
      serveAll(limited, 'limited', 200, (response) => {
        if (allowance.take()) response.end(PNG);
        else refuse(response, 429, { 'retry-after': '2' });
      }),
    );
    await limited.arrived(21);
    const items = await results(serveAll(healthy, 'healthy', 400, (response) => response.end(PNG)));
    expect(new Set(items.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    expect(limited.requests.length).toBeLessThan(150);
    expect(new Set((await slow).map(({ status, attempts }) => `${status} ${attempts}`))).toEqual(
      new Set(['succeeded 1']),
    );
  }, 60_000);
});
