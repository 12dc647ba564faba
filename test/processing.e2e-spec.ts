import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';

/** A GIF of these dimensions: its header is all that is measured. */
function gif(width: number, height: number): Buffer {
  const bytes = Buffer.from('GIF89a\0\0\0\0\x00\x00\x00;', 'latin1');
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
}

describe('the processing of a job', () => {
  let server: Server;
  let host: string;
  let shelfline: TestApplication;
  const asked = new Map<string, number>();

  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://host');
      const times = (asked.get(url.pathname) ?? 0) + 1;
      asked.set(url.pathname, times);
      const size = /^\/(\d+)x(\d+)\.gif$/.exec(url.pathname);
      const flaky = /^\/flaky-(\d+)\.gif$/.exec(url.pathname);
      if (size !== null) return response.end(gif(Number(size[1]), Number(size[2])));
      if (flaky !== null && times > Number(flaky[1])) return response.end(gif(7, 8));
      if (flaky !== null) return response.writeHead(500).end();
      if (url.pathname === '/page.gif') return response.end('<!doctype html><title>no image</title>');
      return response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    shelfline = await TestApplication.start();
  });

  afterAll(async () => {
    await shelfline.close();
    server.close();
  });

  it('a job with good images measures all of them and completes', async () => {
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: [`${host}/550x368.gif`, `${host}/1x2.gif`] },
      { store_id: 'RP00003', image_url: [`${host}/65535x1.gif`] },
    ]);
    const job = await shelfline.finished(jobId);
    expect(job).toMatchObject({
      status: 'completed',
      count: 2,
      images: { total: 3, pending: 0, succeeded: 3, failed: 0, skipped: 0 },
      error: [],
      error_count: 0,
    });
    expect((await shelfline.get(`/api/status?jobid=${jobId}`)).json).toEqual({
      job_id: jobId,
      status: 'completed',
    });
    const { items, next_cursor } = (await shelfline.get(`/api/jobs/${jobId}/images`)).json;
    expect(next_cursor).toBeNull();
    expect(items).toHaveLength(3);
    expect(items[0]).toEqual({
      image_id: expect.any(String),
      visit_id: expect.any(String),
      visit_reference: null,
      visit_metadata: {},
      store_id: 'RP00002',
      visit_time: '2024-11-16T12:00:00.000Z',
      image_url: `${host}/550x368.gif`,
      status: 'succeeded',
      width: 550,
      height: 368,
      perimeter: 1836,
      format: 'gif',
      mime: 'image/gif',
      orientation: null,
      content_length: 14,
      attempts: 1,
      error: null,
      error_code: null,
      processed_at: expect.stringMatching(/Z$/),
      analysis: {},
      flags: [
        { code: 'not_a_camera_format', evidence: { format: 'gif' } },
        { code: 'too_small', evidence: { side: 368 } },
      ],
    });
    expect(items[2]).toMatchObject({ width: 65535, height: 1, perimeter: 131072 });
  });

  it('a failed job lists what failed, for which store, in the order of submission', async () => {
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: [`${host}/missing.gif`, `${host}/3x4.gif`] },
      { store_id: 'NOWHERE', image_url: [`${host}/3x4.gif`, `${host}/5x6.gif`] },
      { store_id: 'RP00003', image_url: [`${host}/page.gif`] },
    ]);
    const job = await shelfline.finished(jobId);
    const error = [
      {
        store_id: 'RP00002',
        error: `Image download failed: ${host}/missing.gif: the host answered 404 Not Found`,
      },
      { store_id: 'NOWHERE', error: 'Store ID does not exist' },
      {
        store_id: 'RP00003',
        error: `Image download failed: ${host}/page.gif: the file is not an image of a known format`,
      },
    ];
    expect(job).toMatchObject({
      status: 'failed',
      images: { total: 5, pending: 0, succeeded: 1, failed: 2, skipped: 2 },
      error,
      error_count: 3,
    });
    expect((await shelfline.get(`/api/status?jobid=${jobId}`)).json).toEqual({
      job_id: jobId,
      status: 'failed',
      error,
    });
    const failed = (await shelfline.get(`/api/jobs/${jobId}/images?status=failed`)).json.items;
    expect(failed.map((image: { error_code: string }) => image.error_code)).toEqual([
      'http_status',
      'not_an_image',
    ]);
  });

  it('a job with only unknown stores fails at once, and fetches nothing', async () => {
    const jobId = await shelfline.submit([{ store_id: 'NOWHERE', image_url: [`${host}/never-asked.gif`] }]);
    const { json } = await shelfline.get(`/api/jobs/${jobId}`);
    expect(json).toMatchObject({ status: 'failed', started_at: null, images: { total: 1, skipped: 1 } });
    expect(json.finished_at).toBe(json.created_at);
    expect(asked.has('/never-asked.gif')).toBe(false);
  });

  it('temporary faults are retried, and attempts are counted', async () => {
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: [`${host}/flaky-3.gif`, `${host}/9x9.gif`] },
    ]);
    expect(await shelfline.finished(jobId)).toMatchObject({ status: 'completed' });
    const { items } = (await shelfline.get(`/api/jobs/${jobId}/images`)).json;
    // A host that refuses a range is asked once without it, in the same attempt.
    expect(items[0]).toMatchObject({ status: 'succeeded', attempts: 2, width: 7, error: null });
    expect(items[1]).toMatchObject({ status: 'succeeded', attempts: 1 });
  });

  it('a URL is fetched once for all its rows in a batch, and each row has its outcome', async () => {
    const urls = [
      '21x22.gif',
      'missing-twice.gif',
      '21x22.gif',
      'flaky-1.gif',
      'missing-twice.gif',
      'flaky-1.gif',
    ];
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: urls.slice(0, 3).map((path) => `${host}/${path}`) },
      { store_id: 'RP00003', image_url: urls.slice(3).map((path) => `${host}/${path}`) },
    ]);
    expect((await shelfline.finished(jobId)).images).toMatchObject({ succeeded: 4, failed: 2 });
    const { items } = (await shelfline.get(`/api/jobs/${jobId}/images`)).json;
    expect(
      items.map(({ status, attempts, width }: Record<string, unknown>) => [status, attempts, width]),
    ).toEqual([
      ['succeeded', 1, 21],
      ['failed', 1, null],
      ['succeeded', 1, 21],
      ['succeeded', 2, 7],
      ['failed', 1, null],
      ['succeeded', 2, 7],
    ]);
    expect(urls.slice(1, 4).map((path) => asked.get(`/${path}`))).toEqual([1, 1, 2]);
  });

  it('an image fails after four attempts', async () => {
    const jobId = await shelfline.submit([{ store_id: 'RP00002', image_url: [`${host}/flaky-99.gif`] }]);
    const job = await shelfline.finished(jobId);
    expect(job.error[0]?.error).toBe(
      `Image download failed: ${host}/flaky-99.gif: the host answered 500 Internal Server Error`,
    );
    expect(asked.get('/flaky-99.gif')).toBe(4);
  });

  it('ten jobs of one second run concurrently, each with its own id', async () => {
    const ids = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        shelfline.submit([{ store_id: 'RP00002', image_url: [`${host}/${n + 1}x1.gif`] }]),
      ),
    );
    expect(new Set(ids).size).toBe(10);
    const jobs = await Promise.all(ids.map((id) => shelfline.finished(id)));
    expect(jobs.map((job) => job.status)).toEqual(Array(10).fill('completed'));
  });

  it('the counters equal the rows in a job of several batches', async () => {
    const urls = Array.from({ length: 1000 }, (_, n) =>
      n % 10 === 0 ? `${host}/missing-${n}.gif` : `${host}/${n + 1}x2.gif`,
    );
    const jobId = await shelfline.submit([{ store_id: 'RP00002', image_url: urls }]);
    expect((await shelfline.finished(jobId)).images).toEqual({
      total: 1000,
      pending: 0,
      succeeded: 900,
      failed: 100,
      skipped: 0,
    });
    const rows = await shelfline.database.query<{ status: string; rows: number }>(
      `SELECT image.status, count(*)::int AS rows FROM shelfline.image JOIN shelfline.job ON job.id = image.job
        WHERE job_id = $1 GROUP BY 1 ORDER BY 1`,
      [jobId],
    );
    expect(rows).toEqual([
      { status: 'failed', rows: 100 },
      { status: 'succeeded', rows: 900 },
    ]);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = (await shelfline.get(`/api/jobs/${jobId}/images?limit=300&cursor=${cursor}`)).json;
      seen.push(...page.items.map((item: { image_url: string }) => item.image_url));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(urls);
  });
});
