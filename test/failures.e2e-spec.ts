import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { toHostSql } from '../src/images/url-host.js';
import { findBrokenInvariants, untilTasksEnd } from './support/broken-invariants.js';
import { TestApplication } from './support/application.js';
import { ImageHost } from './support/image-host.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

interface Failure {
  readonly error_code: string;
  readonly host: string;
  readonly count: number;
  readonly example_url: string;
}

describe('the failures of a job', () => {
  let host: ImageHost;
  let shelfline: TestApplication;
  let urls: { readonly good: string; readonly missing: string; readonly text: string };

  beforeAll(async () => {
    host = await ImageHost.start({ address: '0.0.0.0' });
    urls = {
      good: host.serve('/a.gif', GIF),
      missing: host.url('/missing.gif'),
      text: host.serve('/text.gif', Buffer.from('no image at all')),
    };
  });

  afterAll(async () => host.close());

  beforeEach(async () => {
    shelfline = await TestApplication.start();
  });

  afterEach(async () => shelfline.close());

  const listFailures = async (jobId: string): Promise<Failure[]> =>
    (await shelfline.get(`/api/jobs/${jobId}/failures`)).json.items;

  /** The URLs of all matching images, read in pages of one. */
  async function listUrls(jobId: string, query: string): Promise<string[]> {
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { json } = await shelfline.get(`/api/jobs/${jobId}/images?limit=1&${query}${cursor}`);
      seen.push(...json.items.map((item: { image_url: string }) => item.image_url));
      if (json.next_cursor === null) return seen;
      cursor = `&cursor=${json.next_cursor}`;
    }
  }

  const countRows = async (): Promise<unknown> =>
    (
      await shelfline.database.query<{ rows: number }>(
        'SELECT count(*)::int AS rows FROM shelfline.job_failure',
      )
    )[0]?.rows;

  async function brokenInvariants(): Promise<string[]> {
    await untilTasksEnd(shelfline.database);
    return findBrokenInvariants(shelfline.database);
  }

  /** Five images fail: three are missing, at two hosts, and two are no images. */
  const submitFailing = async (): Promise<string> =>
    shelfline.submit([
      { store_id: 'RP00002', image_url: [urls.good, urls.missing, urls.text] },
      {
        store_id: 'RP00003',
        image_url: [
          host.url('/missing.gif', '127.0.0.2'),
          host.url('/gone.gif', '127.0.0.2').replace('http', 'HTTP'),
          `${urls.text}?again`,
        ],
      },
    ]);

  it('are counted by error code in the job, and by host in a list of their own', async () => {
    host.serve('/text.gif?again', Buffer.from('no image at all'));
    const jobId = await submitFailing();
    expect((await shelfline.finished(jobId)).failures).toEqual({ http_status: 3, not_an_image: 2 });
    expect((await shelfline.get('/api/jobs')).json.items[0].failures).toEqual({
      http_status: 3,
      not_an_image: 2,
    });
    expect(await listFailures(jobId)).toEqual([
      { error_code: 'not_an_image', host: '127.0.0.1', count: 2, example_url: urls.text },
      {
        error_code: 'http_status',
        host: '127.0.0.2',
        count: 2,
        example_url: host.url('/missing.gif', '127.0.0.2'),
      },
      { error_code: 'http_status', host: '127.0.0.1', count: 1, example_url: urls.missing },
    ]);
    expect(await brokenInvariants()).toEqual([]);
  });

  it('narrow the list of images, in the order of submission', async () => {
    const jobId = await submitFailing();
    await shelfline.finished(jobId);
    const [gone, missing] = ['/gone.gif', '/missing.gif'].map((path) => host.url(path, '127.0.0.2'));
    const shouted = gone?.replace('http', 'HTTP');
    expect(await listUrls(jobId, 'error_code=http_status')).toEqual([urls.missing, missing, shouted]);
    expect(await listUrls(jobId, 'host=127.0.0.2')).toEqual([missing, shouted]);
    expect(await listUrls(jobId, 'host=127.0.0.1')).toEqual([urls.missing, urls.text, `${urls.text}?again`]);
    expect(await listUrls(jobId, 'host=127.0.0.1&error_code=http_status&status=failed')).toEqual([
      urls.missing,
    ]);
    expect(await listUrls(jobId, 'host=127.0.0.1&store_id=RP00003')).toEqual([`${urls.text}?again`]);
    expect(await listUrls(jobId, 'error_code=http_status&store_id=RP00002')).toEqual([urls.missing]);
    expect(await listUrls(jobId, 'error_code=http_status&status=succeeded')).toEqual([]);
    expect(await listUrls(jobId, 'host=elsewhere.test')).toEqual([]);
    const csv = await shelfline.get(`/api/jobs/${jobId}/images?host=127.0.0.2`, { accept: 'text/csv' });
    expect(csv.text.trim().split('\n')).toHaveLength(3);
    const unknown = await shelfline.get(`/api/jobs/${jobId}/images?error_code=unknown_store`);
    expect([unknown.status, unknown.json.details[0].path]).toEqual([400, 'error_code']);
  });

  it('begin again at zero with a retry, and go with the job', async () => {
    const jobId = await submitFailing();
    await shelfline.finished(jobId);
    host.serve('/missing.gif', GIF);
    const retried = await shelfline.post(`/api/jobs/${jobId}/retry`, '');
    expect(retried.json.failures).toEqual({});
    const job = await shelfline.finished(jobId);
    host.handle('/missing.gif', (_request, response) => response.writeHead(404).end());
    expect(job).toMatchObject({ images: { failed: 3 }, failures: { http_status: 1, not_an_image: 2 } });
    expect((await listFailures(jobId)).map(({ host: at, count }) => [at, count])).toEqual([
      ['127.0.0.1', 2],
      ['127.0.0.2', 1],
    ]);
    expect(await brokenInvariants()).toEqual([]);
    expect(await countRows()).toBe(4);
    expect((await shelfline.send('DELETE', `/api/jobs/${jobId}`, '')).status).toBe(204);
    expect(await countRows()).toBe(0);
    expect((await shelfline.get(`/api/jobs/${jobId}/failures`)).status).toBe(404);
  });

  it('of an earlier version are counted when they are read', async () => {
    const jobId = await submitFailing();
    const { failures } = await shelfline.finished(jobId);
    const listed = await listFailures(jobId);
    await shelfline.database.query('DELETE FROM shelfline.job_failure');
    expect((await shelfline.get(`/api/jobs/${jobId}`)).json.failures).toEqual(failures);
    expect(await listFailures(jobId)).toEqual(listed);
    expect(await brokenInvariants()).toEqual([]);
  });

  it('of more than 1,000 hosts are counted together, and the list holds 100', async () => {
    const urlOf = (n: number): string => `http://10.0.${n >> 8}.${n & 255}/key.jpg`;
    const all = Array.from({ length: 1_010 }, (_, n) => urlOf(n));
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: all.slice(0, 505) },
      { store_id: 'RP00002', image_url: [...all.slice(505), urlOf(7)] },
    ]);
    expect((await shelfline.finished(jobId)).failures).toEqual({ forbidden_address: 1_011 });
    const items = await listFailures(jobId);
    expect(items).toHaveLength(100);
    expect(items[0]).toMatchObject({ host: 'other', error_code: 'forbidden_address' });
    // The hosts of the first batches are counted one by one, and what came later together.
    expect(items[0]?.count).toBeGreaterThanOrEqual(10);
    const counted = await shelfline.database.query<{ hosts: number; images: number }>(
      `SELECT count(*)::int AS hosts, sum(count)::int AS images FROM shelfline.job_failure WHERE host <> ''`,
    );
    expect(counted).toEqual([{ hosts: 1_001, images: 1_011 }]);
    expect(await listUrls(jobId, 'host=10.0.0.7')).toEqual([urlOf(7), urlOf(7)]);
    expect(await brokenInvariants()).toEqual([]);
  });

  it.each([
    ['https://Photos.Example.com:8443/a.jpg?u=http://other.test/', 'photos.example.com'],
    ['HTTP://photos.example.com', 'photos.example.com'],
    ['http://photos.example.com?a=b:c/d', 'photos.example.com'],
    ['http:\\\\photos.example.com\\a', 'photos.example.com'],
    ['https://[2001:DB8::1]:8443/a', '[2001:db8::1]'],
    ['s3://my-bucket/2026/a.jpg', 'my-bucket'],
    [`http://${'a'.repeat(400)}/`, 'a'.repeat(255)],
  ])('name the host of %s', async (url, expected) => {
    const [row] = await shelfline.database.query<{ host: string }>(
      `SELECT ${toHostSql('$1::text')} AS host`,
      [url],
    );
    expect(row?.host).toBe(expected);
  });

  it('are none of a job without any, and 404 of no job', async () => {
    const jobId = await shelfline.submit([{ store_id: 'RP00002', image_url: [urls.good] }]);
    await shelfline.finished(jobId);
    expect(await listFailures(jobId)).toEqual([]);
    expect(await countRows()).toBe(0);
    for (const id of ['job_20241116100000_00000000000000000000', 'x', '%00'])
      expect((await shelfline.get(`/api/jobs/${id}/failures`)).json.code).toBe('job_not_found');
  });

  it('can be read one image at a time', async () => {
    const [first, second] = [await submitFailing(), await submitFailing()];
    await shelfline.finished(first);
    const { items } = (await shelfline.get(`/api/jobs/${first}/images`)).json;
    for (const item of items)
      expect((await shelfline.get(`/api/jobs/${first}/images/${item.image_id}`)).json).toEqual(item);
    const id: string = items[0].image_id;
    for (const path of [
      `${second}/images/${id}`,
      `${first}/images/${id}0`,
      `${first}/images/${id.replace('img', 'visit')}`,
      `${first}/images/%00`,
    ]) {
      const { status, json } = await shelfline.get(`/api/jobs/${path}`);
      expect([status, json.code]).toEqual([404, 'image_not_found']);
    }
    const unknown = await shelfline.get(`/api/jobs/job_20241116100000_00000000000000000000/images/${id}`);
    expect(unknown.json.code).toBe('job_not_found');
  });
});
