import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { until } from './support/until.js';

const IMAGE_URL = 'http://127.0.0.1:9/x.jpg';
const UNKNOWN = 'job_20241116100000_00000000000000000000';

describe('reading', () => {
  let shelfline: TestApplication;
  /** Oldest first. */
  const ids: string[] = [];

  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api' });
    for (let n = 0; n < 12; n += 1) {
      const store = n % 3 === 0 ? 'RP00003' : 'RP00002';
      ids.push(
        await shelfline.submit([
          { store_id: store, image_url: [IMAGE_URL, IMAGE_URL] },
          { store_id: 'RP00007', image_url: [IMAGE_URL] },
        ]),
      );
    }
    ids.push(await shelfline.submit([{ store_id: 'NOWHERE', image_url: [IMAGE_URL] }]));
  });

  afterAll(async () => {
    await shelfline.close();
  });

  async function pages(path: string): Promise<string[]> {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json } = await shelfline.get(`${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`);
      seen.push(
        ...json.items.map(
          (item: Record<string, string>) => item['job_id'] ?? item['image_id'] ?? item['store_id'],
        ),
      );
      cursor = json.next_cursor;
    }
    return seen;
  }

  /** Sends bytes as they stand over a connection of their own; what comes back until it is closed. */
  async function exchange(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1', () => socket.end(bytes));
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    });
  }

  it.each([
    ['/api/status', 'JobID is required'],
    ['/api/status?jobid=', 'JobID is required'],
    [`/api/status?jobid=${UNKNOWN}`, 'Job not found'],
    ['/api/status?jobid=%00', 'Job not found'],
    ['/api/status?jobid=a&jobid=b', 'Job not found'],
  ])('%s answers 400 with an error alone', async (path, error) => {
    const answer = await shelfline.get(path);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ error });
  });

  it('the status of an ongoing job has two fields', async () => {
    const answer = await shelfline.get(`/api/status?jobid=${ids[0]}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ job_id: ids[0], status: 'ongoing' });
  });

  it('a job has every field of the contract', async () => {
    expect((await shelfline.get(`/api/jobs/${ids[0]}`)).json).toEqual({
      job_id: ids[0],
      reference: null,
      metadata: {},
      flags: null,
      submitted_by: null,
      status: 'ongoing',
      count: 2,
      images: { total: 3, pending: 3, succeeded: 0, failed: 0, skipped: 0 },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      started_at: null,
      finished_at: null,
      callback: null,
      error: [],
      error_count: 0,
    });
  });

  it.each([`/api/jobs/${UNKNOWN}`, '/api/jobs/x', '/api/jobs/%00', `/api/jobs/${UNKNOWN}/images`])(
    '%s answers 404',
    async (path) => {
      const answer = await shelfline.get(path);
      expect(answer.status).toBe(404);
      expect(answer.json).toEqual({ error: 'Job not found', code: 'job_not_found', details: [] });
    },
  );

  it.each(['/nope', '/', '/api', '/api/jobs/a/b/c', '/docs/nope.js'])(
    '%s answers that the path is unknown',
    async (path) => {
      const answer = await shelfline.get(path);
      expect(answer.status).toBe(404);
      expect(answer.json).toEqual({ error: expect.any(String), code: 'not_found', details: [] });
    },
  );

  it.each(['/api/jobs/%zz', '/api/stores/%ff'])('%s is refused for its broken encoding', async (path) => {
    expect((await shelfline.get(path)).status).toBe(400);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=abc',
    'limit=1.5',
    'limit=1&limit=2',
    'cursor=abc',
    'cursor=W10',
    'cursor=%00',
    // ["jobs","",-8640000000000000,"1"]: a time that JavaScript has and PostgreSQL has not
    'cursor=WyJqb2JzIiwiIiwtODY0MDAwMDAwMDAwMDAwMCwiMSJd',
    'status=foo',
    'status=ongoing&status=failed',
    'from=yesterday',
    'from=2024-11-16',
    'to=2024-11-16T00:00:00',
    `store_id=${'x'.repeat(65)}`,
    'store_id=%00',
    'reference=%00',
  ])('a list with %s is refused, and the error names the parameter', async (query) => {
    const answer = await shelfline.get(`/api/jobs?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json.details[0].path).toBe(query.split('=')[0]);
  });

  it('parameters without a value are ignored', async () => {
    const answer = await shelfline.get('/api/jobs?status=&store_id=&reference=&from=&to=&limit=&cursor=');
    expect(answer.json.items).toHaveLength(13);
  });

  it('jobs come newest first, and pages neither repeat nor skip while more come in', async () => {
    const first = (await shelfline.get('/api/jobs?limit=5&store_id=RP00007')).json;
    ids.push(await shelfline.submit([{ store_id: 'RP00009', image_url: [IMAGE_URL] }]));
    const rest = await pages(
      `/api/jobs?limit=5&store_id=RP00007&cursor=${first.next_cursor}`.replace(/&cursor=.*/, ''),
    );
    expect(rest).toEqual(ids.slice(0, 12).toReversed());
    expect(await pages('/api/jobs?limit=4')).toEqual(ids.toReversed());
  });

  it('jobs are filtered by status, store, reference and time', async () => {
    expect(await pages('/api/jobs?status=failed')).toEqual([ids[12]]);
    expect(await pages('/api/jobs?store_id=RP00003&limit=2')).toEqual([ids[9], ids[6], ids[3], ids[0]]);
    expect(await pages('/api/jobs?store_id=RP00003&status=failed')).toEqual([]);
    const answer = await shelfline.post('/api/jobs', {
      count: 1,
      reference: 'spring round',
      visits: [{ store_id: 'RP00002', image_url: [IMAGE_URL], visit_time: '2024-11-16T12:00:00Z' }],
    });
    expect(await pages('/api/jobs?reference=spring%20round')).toEqual([answer.json.job_id]);
    const at = (await shelfline.get(`/api/jobs/${ids[5]}`)).json.created_at;
    expect(await pages(`/api/jobs?to=${at}&limit=3`)).toEqual(ids.slice(0, 5).toReversed());
    expect(await pages(`/api/jobs?from=${at}`)).not.toContain(ids[4]);
    expect(await pages(`/api/jobs?from=${at}`)).toContain(ids[5]);
    ids.push(answer.json.job_id);
  });

  it('results are filtered by status and store, in the order of submission', async () => {
    const all = await pages(`/api/jobs/${ids[0]}/images?limit=1`);
    expect(all).toHaveLength(3);
    expect(await pages(`/api/jobs/${ids[0]}/images?store_id=RP00007`)).toEqual([all[2]]);
    expect(await pages(`/api/jobs/${ids[0]}/images?store_id=RP00003&limit=1&status=pending`)).toEqual(
      all.slice(0, 2),
    );
    expect(await pages(`/api/jobs/${ids[0]}/images?status=failed`)).toEqual([]);
    expect(await pages(`/api/jobs/${ids[12]}/images?status=skipped`)).toHaveLength(1);
  });

  it('a cursor of another list or another job is refused', async () => {
    const stores = (await shelfline.get('/api/stores?limit=1')).json.next_cursor;
    const results = (await shelfline.get(`/api/jobs/${ids[0]}/images?limit=1`)).json.next_cursor;
    for (const path of [
      `/api/jobs?cursor=${stores}`,
      `/api/jobs/${ids[1]}/images?cursor=${results}`,
      `/api/stores?cursor=${results}`,
    ]) {
      const answer = await shelfline.get(path);
      expect([answer.status, answer.json.code]).toEqual([400, 'bad_cursor']);
    }
  });

  it.each([
    'HELLO\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`,
    'GET / HTTP/1.1\r\n\r\n',
    'GET http://[::1/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  ])('an invalid request (%#) is answered in JSON', async (bytes) => {
    const answer = await exchange(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 4(00|04|31) /);
    expect(answer).toMatch(/\{"error":".+","code":"\w+","details":\[\]\}/);
  });

  it.each([
    'POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"count"',
    'POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"c',
  ])('a request that ends early (%#) gets an error that says so', async (bytes) => {
    const answer = await exchange(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"incomplete_request"');
  });

  it.each([
    'GET /health/live HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
    'GET http://127.0.0.1/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  ])('an unusual request (%#) is answered like any other', async (bytes) => {
    expect(await exchange(bytes)).toMatch(/^HTTP\/1\.1 200 [^]*"status":"ok"/);
  });

  it('the server serves the OpenAPI document and Swagger UI', async () => {
    const { json } = await shelfline.get('/openapi.json');
    expect(Object.keys(json.paths)).toEqual(
      expect.arrayContaining(['/api/jobs', '/api/submit', '/api/status', '/api/stores/import']),
    );
    expect((await shelfline.get('/docs')).text).toContain('swagger-ui');
    const { examples } = json.paths['/api/jobs'].post.requestBody.content['application/json'];
    expect(examples.visits.value).toEqual({
      count: 2,
      visits: Array.from({ length: 2 }, () => ({
        store_id: 'RP00002',
        image_url: ['https://www.gstatic.com/webp/gallery/2.jpg'],
        visit_time: '2024-11-16T12:00:00Z',
      })),
    });
  });

  it('health has the version, and names what is missing', async () => {
    expect((await shelfline.get('/health/live')).json).toMatchObject({
      status: 'ok',
      version: expect.any(String),
    });
    expect((await shelfline.get('/health/ready')).status).toBe(200);
    await shelfline.database.query(`UPDATE shelfline.migration SET name = 'of a later version ' || name`);
    // The database is asked at most once a second.
    const answer = await until(async () => {
      const now = await shelfline.get('/health/ready');
      return now.status === 503 ? now : undefined;
    }, 'the server to be not ready');
    expect(answer.json).toMatchObject({ code: 'not_ready', details: [{ path: 'migrations' }] });
  });
});
