import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { listen, questioned, type RunningHost } from './support/hostile-server.js';

const PNG = readFileSync(new URL('fixtures/images/endcap.png', import.meta.url));
const TIME = '2024-11-16T12:00:00Z';

/** Written as a signer may write it: what a URL parser would write anew is in it. */
const ODD = "/a%2fb%2Fc/%2e%2e/x//y/./z/../it's|[1]%zz%/k.png?name='%c3%A4+b'&sig=%2B/=~";

/** A host that notes the first line of each request as it came over the wire. */
class RequestLines {
  readonly seen: string[] = [];
  private constructor(private host?: RunningHost) {}

  static async start(): Promise<RequestLines> {
    const lines = new RequestLines();
    lines.host = await listen(
      'http',
      questioned((socket, request) => {
        const line = request.slice(0, request.indexOf('\r\n'));
        lines.seen.push(line);
        const location = /[?&]to=(\S+) HTTP/.exec(line)?.[1];
        if (location === undefined) {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${PNG.length}\r\n\r\n`);
          socket.write(PNG);
        } else socket.write(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
      }),
    );
    return lines;
  }

  get origin(): string {
    return (this.host?.url ?? '').replace(/\/$/, '');
  }

  async close(): Promise<void> {
    await this.host?.close();
  }
}

describe('a long URL with odd characters', () => {
  let shelfline: TestApplication;
  let host: RequestLines;

  beforeAll(async () => {
    host = await RequestLines.start();
    shelfline = await TestApplication.start();
  });

  afterAll(async () => {
    await shelfline.close();
    await host.close();
  });

  const getUrl = (name: string): string => `${host.origin}${ODD}&token=${name}`.padEnd(8192, "%2B%2f=&x='");

  async function getResults(jobId: string): Promise<{ image_url: string; status: string }[]> {
    await shelfline.finished(jobId);
    return (await shelfline.get(`/api/jobs/${jobId}/images`)).json.items;
  }

  it.each([
    [
      'application/json',
      (url: string) =>
        JSON.stringify({ count: 1, visits: [{ store_id: 'RP00002', image_url: [url], visit_time: TIME }] }),
    ],
    [
      'application/x-ndjson',
      (url: string) => JSON.stringify({ store_id: 'RP00002', image_url: [url], visit_time: TIME }),
    ],
    ['text/csv', (url: string) => `store_id,image_url,visit_time\nRP00002,${url},${TIME}\n`],
  ])(
    'a long URL with unusual characters reaches the host unchanged when it is submitted as %s',
    async (type, getBody) => {
      const url = getUrl(type);
      expect(url).toHaveLength(8192);
      const answer = await shelfline.post('/api/jobs', getBody(url), { 'content-type': type });
      expect([answer.status, answer.json.code]).toEqual([201, undefined]);
      expect(await getResults(answer.json.job_id)).toMatchObject([{ image_url: url, status: 'succeeded' }]);
      expect(host.seen).toContain(`GET ${url.slice(host.origin.length)} HTTP/1.1`);
      const csv = await shelfline.get(`/api/jobs/${answer.json.job_id}/images`, { accept: 'text/csv' });
      expect(csv.text).toContain(url);
      const visits = await shelfline.get(`/api/visits?job_id=${answer.json.job_id}`);
      expect(visits.json.items[0].images[0].image_url).toBe(url);
      const refused = await shelfline.post('/api/jobs', getBody(`${url}x`), { 'content-type': type });
      expect([refused.status, refused.text]).toEqual([
        400,
        expect.stringContaining('at most 8192 characters'),
      ]);
    },
  );

  it('a long URL with unusual characters reaches the host unchanged after a redirect', async () => {
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: [`${host.origin}/sent-on?to=${host.origin}${ODD}&after=redirect`] },
    ]);
    expect(await getResults(jobId)).toMatchObject([{ status: 'succeeded' }]);
    expect(host.seen).toContain(`GET ${ODD}&after=redirect HTTP/1.1`);
  });

  it('a long URL may have characters that do not compress and take four bytes each', async () => {
    const noise = Array.from({ length: 8192 - host.origin.length - 1 }, (_, n) =>
      String.fromCodePoint(0x1_0000 + ((n * 40_503) % 0xf_0000)),
    ).join('');
    const url = `${host.origin}/${noise}`;
    const jobId = await shelfline.submit([{ store_id: 'RP00002', image_url: [url] }]);
    expect(await getResults(jobId)).toMatchObject([{ image_url: url }]);
  });
});
