import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';

const VISIT = {
  store_id: 'RP00002',
  image_url: ['http://127.0.0.1:9/x.jpg'],
  visit_time: '2024-11-16T12:00:00Z',
};
const MISMATCH = { error: "The 'count' field does not match the number of 'visits'." };

/** A job of one visit with some of its fields changed. */
function jobWith(fields: Record<string, unknown>): object {
  return { count: 1, visits: [{ ...VISIT, ...fields }] };
}

describe('a submission', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    // Nothing is fetched here: what is accepted stays pending.
    shelfline = await TestApplication.start({
      ROLE: 'api',
      MAX_BODY_BYTES: '2000000',
      MAX_IMAGES_PER_JOB: '2000',
    });
  });

  afterAll(async () => {
    await shelfline.close();
  });

  async function jobs(): Promise<number> {
    const [row] = await shelfline.database.query<{ jobs: number }>(
      'SELECT count(*)::int AS jobs FROM shelfline.job',
    );
    return row?.jobs ?? 0;
  }

  it.each(['/api/jobs', '/api/jobs/', '/api/submit', '/api/submit/'])(
    'a submission is accepted at %s',
    async (path) => {
      const answer = await shelfline.post(path, { count: 2, visits: [VISIT, VISIT] });
      expect(answer.status).toBe(201);
      expect(answer.json).toEqual({ job_id: expect.stringMatching(/^job_\d{14}_[0-9a-f]{20}$/) });
      expect(answer.headers.get('location')).toBe(`/api/jobs/${answer.json.job_id}`);
    },
  );

  it('an accepted submission has its visits, images and tasks in the database', async () => {
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: Array(450).fill('http://127.0.0.1:9/x.jpg') },
    ]);
    const rows = await shelfline.database.query(
      `SELECT count(*)::int AS images, max(job.total) AS total,
              (SELECT count(*)::int FROM shelfline_queue.job AS task WHERE task.data ->> 'job' = job.id::text) AS tasks
         FROM shelfline.job AS job JOIN shelfline.image AS image ON image.job = job.id WHERE job.job_id = $1 GROUP BY job.id`,
      [jobId],
    );
    expect(rows).toEqual([{ images: 450, total: 450, tasks: 3 }]);
  });

  it('a large document keeps its order, with short visits and with visits in several parts', async () => {
    const urls = (visit: number, count: number, length: number): string[] =>
      Array.from({ length: count }, (_, n) => `http://127.0.0.1:9/${visit}/${n}/${'x'.repeat(length)}`);
    const lists = [urls(0, 2, 1), urls(1, 600, 1_000), urls(2, 1, 1), urls(3, 600, 1_000), urls(4, 3, 1)];
    const jobId = await shelfline.submit(lists.map((image_url) => ({ store_id: 'RP00002', image_url })));
    const rows = await shelfline.database.query<{ visit: number; url: string }>(
      `SELECT image.visit, image.url FROM shelfline.image AS image JOIN shelfline.job AS job ON job.id = image.job
        WHERE job.job_id = $1 ORDER BY image.seq`,
      [jobId],
    );
    expect(rows).toEqual(lists.flatMap((list, visit) => list.map((url) => ({ visit, url }))));
  });

  it('the faults of a large document have the indexes of visits and URLs', async () => {
    const image_url = Array.from({ length: 1_000 }, (_, n) => `http://127.0.0.1:9/${n}/${'x'.repeat(1_200)}`);
    const faulty = image_url.with(700, 'ftp://127.0.0.1/');
    const answer = await shelfline.post('/api/jobs', {
      count: 2,
      visits: [VISIT, { ...VISIT, image_url: faulty }],
    });
    expect(answer.status).toBe(400);
    expect(answer.json.details).toMatchObject([{ path: 'visits[1].image_url[700]' }]);
  });

  it.each([0, 2, -1, 1000])(
    'a count of %d for one visit gets the exact message, whatever else is wrong',
    async (count) => {
      const answer = await shelfline.post('/api/jobs', {
        count,
        visits: [{ ...VISIT, visit_time: 'never' }],
        reference: 5,
      });
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual(MISMATCH);
    },
  );

  it.each([
    ['count', { visits: [VISIT] }],
    ['count', { count: '1', visits: [VISIT] }],
    ['count', { count: 1.5, visits: [VISIT] }],
    ['count', { count: null, visits: [VISIT] }],
    ['visits', { count: 1 }],
    ['visits', { count: 1, visits: {} }],
    ['visits', { count: 0, visits: [] }],
    ['visits[0]', { count: 1, visits: [null] }],
    ['visits[0]', { count: 1, visits: [[]] }],
    ['visits[1].store_id', { count: 2, visits: [VISIT, { ...VISIT, store_id: undefined }] }],
    ['visits[0].store_id', jobWith({ store_id: '' })],
    ['visits[0].store_id', jobWith({ store_id: 'x'.repeat(65) })],
    ['visits[0].store_id', jobWith({ store_id: 7 })],
    ['visits[0].store_id', jobWith({ store_id: 'a\0b' })],
    ['visits[0].image_url', jobWith({ image_url: 'http://h/' })],
    ['visits[0].image_url', jobWith({ image_url: [] })],
    ['visits[0].image_url', jobWith({ image_url: Array(1001).fill('http://h/') })],
    ['visits[0].image_url[1]', jobWith({ image_url: ['http://h/', 'ftp://h/x'] })],
    ['visits[0].image_url[0]', jobWith({ image_url: ['javascript:alert(1)'] })],
    ['visits[0].image_url[0]', jobWith({ image_url: ['//h/x'] })],
    ['visits[0].image_url[0]', jobWith({ image_url: ['http://u:p@h/'] })],
    ['visits[0].image_url[0]', jobWith({ image_url: ['http://@h/'] })],
    ['visits[0].image_url[0]', jobWith({ image_url: [`http://h/${'a'.repeat(8192)}`] })],
    ['visits[0].image_url[0]', jobWith({ image_url: ['http://h/\0'] })],
    ['visits[0].visit_time', jobWith({ visit_time: '2024-11-16T12:00:00' })],
    ['visits[0].visit_time', jobWith({ visit_time: '2024-11-16' })],
    ['visits[0].visit_time', jobWith({ visit_time: '2024-02-30T12:00:00Z' })],
    ['visits[0].visit_time', jobWith({ visit_time: 1 })],
    ['reference', { count: 1, visits: [VISIT], reference: '' }],
    ['reference', { count: 1, visits: [VISIT], reference: 'x'.repeat(201) }],
    ['callback_url', { count: 1, visits: [VISIT], callback_url: 'https://example.com/' }],
    [
      'visits',
      {
        count: 3,
        visits: Array.from({ length: 3 }, () => ({ ...VISIT, image_url: Array(700).fill('http://h/') })),
      },
    ],
  ])('a submission with wrong %s gets the fault, and stores nothing', async (path, body) => {
    const before = await jobs();
    const answer = await shelfline.post('/api/jobs', body);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: expect.stringMatching(/ (must|has|is) .*\.$/),
      code: 'invalid_input',
      details: expect.arrayContaining([
        { path, message: expect.stringMatching(/^(must|has|is|does not exist)/) },
      ]),
    });
    expect(await jobs()).toBe(before);
  });

  it('lone surrogates in any string are refused', async () => {
    const answer = await shelfline.post(
      '/api/jobs',
      String.raw`{"count":1,"visits":[{"store_id":"\ud800"}],"reference":"\udc00"}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.json.details.map((fault: { path: string }) => fault.path)).toEqual(
      expect.arrayContaining(['visits[0].store_id', 'reference']),
    );
  });

  it('at most twenty faults of a submission are listed', async () => {
    const answer = await shelfline.post('/api/jobs', {
      count: 30,
      visits: Array.from({ length: 30 }, () => ({})),
    });
    expect(answer.json.details).toHaveLength(20);
  });

  it('a submission may have characters of any script, unknown fields, and __proto__', async () => {
    const store = JSON.stringify({ ...VISIT, store_id: '😀'.repeat(64) });
    const answer = await shelfline.post(
      '/api/jobs',
      `{"count":9,"count":1,"__proto__":{"x":1},"z":[[{}]],"visits":[${store}]}`,
    );
    expect(answer.status).toBe(201);
  });

  it.each(['[', '{"a":'])(
    'a body that nests a hundred thousand times with %s is refused or read, without an internal error',
    async (open) => {
      const deep = open.repeat(100_000);
      expect((await shelfline.post('/api/jobs', deep)).status).toBe(400);
      const closed = `${deep}1${(open === '[' ? ']' : '}').repeat(100_000)}`;
      expect((await shelfline.post('/api/jobs', closed)).status).toBe(400);
      const inside = `{"count":1,"visits":[{"store_id":${closed}}]}`;
      expect((await shelfline.post('/api/jobs', inside)).status).toBe(400);
      const beside = `{"count":1,"z":${closed},"visits":[${JSON.stringify(VISIT)}]}`;
      expect((await shelfline.post('/api/jobs', beside)).status).toBe(201);
    },
  );

  it.each([
    ['{', {}, 400, 'malformed_json'],
    ['', {}, 400, 'missing_body'],
    ['[]', {}, 400, 'invalid_input'],
    ['null', {}, 400, 'invalid_input'],
    [Buffer.from('{"count":1,"visits":[{"store_id":"\xc3("}]}', 'latin1'), {}, 400, 'malformed_json'],
    [
      Buffer.from(JSON.stringify(jobWith({})), 'utf16le'),
      { 'content-type': 'application/json; charset=utf-16' },
      415,
      'unsupported_charset',
    ],
    [JSON.stringify(jobWith({})), { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    [JSON.stringify(jobWith({})), { 'content-encoding': 'compress' }, 415, 'unsupported_encoding'],
    [gzipSync(Buffer.alloc(50_000_000, ' ')), { 'content-encoding': 'gzip' }, 413, 'body_too_large'],
    [' '.repeat(2_000_001), {}, 413, 'body_too_large'],
  ])('an invalid body (%#) gets an error that names what is wrong', async (body, headers, status, code) => {
    const answer = await shelfline.post('/api/jobs', body, headers);
    expect({ status: answer.status, code: answer.json.code }).toEqual({ status, code });
    expect(answer.json).toEqual({ error: expect.stringMatching(/\.$/), code, details: expect.any(Array) });
  });

  it.each(['gzip', 'deflate', 'br'])(
    'a body that is not the %s it claims to be is refused',
    async (coding) => {
      const answer = await shelfline.post('/api/jobs', JSON.stringify(jobWith({})), {
        'content-encoding': coding,
      });
      expect([answer.status, answer.json.code]).toEqual([400, 'broken_encoding']);
      expect(answer.json.error).toContain('Content-Encoding');
    },
  );

  it('the URL of an image may have 8,192 characters of any kind', async () => {
    const url = `http://h/${'😀'.repeat(8183)}`;
    expect((await shelfline.post('/api/jobs', jobWith({ image_url: [url] }))).status).toBe(201);
    expect((await shelfline.post('/api/jobs', jobWith({ image_url: [`${url}x`] }))).status).toBe(400);
  });

  it('a submission may be compressed', async () => {
    const answer = await shelfline.post('/api/jobs', gzipSync(JSON.stringify(jobWith({}))), {
      'content-encoding': 'gzip',
    });
    expect(answer.status).toBe(201);
  });
});
