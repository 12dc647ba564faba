import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, TestApplication } from './support/application.js';
import { counted } from './support/photo-scenario.js';
import { ImageHost } from './support/image-host.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const UNKNOWN_JOB = 'job_20241116100000_00000000000000000000';

interface NewVisit {
  store_id: string;
  image_url: readonly string[];
  visit_time?: string;
}

interface Visit {
  visit_id: string;
  job_id: string;
  store_id: string;
  area_code: string | null;
  visit_time: string;
  status: string;
  images: { image_url: string; status: string; error: string | null }[];
}

describe('the visits', () => {
  let host: ImageHost;
  /** Takes jobs and answers, and processes nothing. */
  let shelfline: TestApplication;
  /** Stores of a test's own, so that no other test's visits are in the way. */
  let stores = 0;

  beforeAll(async () => {
    host = await ImageHost.start();
    host.serve('/a.gif', GIF);
    shelfline = await TestApplication.start({ ROLE: 'api' });
  });

  afterAll(async () => {
    await shelfline.close();
    await host.close();
  });

  /** Makes a store. @returns its id */
  async function storeIn(area: string): Promise<string> {
    const id = `VISITED-${(stores += 1)}`;
    await moveTo(area, id);
    return id;
  }

  const moveTo = async (area_code: string, id: string): Promise<Answer> =>
    shelfline.send('PUT', `/api/stores/${id}`, { store_name: `Store ${id}`, area_code });

  const list = async (query: string): Promise<{ items: Visit[]; next_cursor: string | null }> => {
    const answer = await shelfline.get(`/api/visits?${query}`);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json;
  };

  async function all(query: string): Promise<Visit[]> {
    const seen: Visit[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await list(`${query}&cursor=${cursor}`);
      seen.push(...page.items);
      cursor = page.next_cursor;
    }
    return seen;
  }

  const statuses = async (query: string): Promise<unknown[]> =>
    (await all(query)).map(({ status, images }) => [status, ...images.map((image) => image.status)]);

  it('a visit shows the outcome of each image, with every field of the contract', async () => {
    const store = await storeIn('area 1');
    const missing = host.url('/missing.gif');
    const visits = [
      { store_id: store, image_url: [host.url('/a.gif')], visit_time: '2024-11-16T13:30:00+01:30' },
      { store_id: store, image_url: [host.url('/a.gif'), missing], visit_time: '2024-11-17T12:00:00Z' },
      { store_id: 'NOWHERE', image_url: [missing], visit_time: '2024-11-15T12:00:00Z' },
    ];
    const jobId = await shelfline.submit(visits);
    const worker = await TestApplication.startOn(shelfline.database, { ROLE: 'worker' });
    await counted(shelfline, jobId);
    await worker.stop();
    const flags = [
      // The file is the same in both visits.
      { code: 'same_file', evidence: { count: 1, images: [expect.objectContaining({ store_id: store })] } },
      { code: 'not_a_camera_format', evidence: { format: 'gif' } },
      { code: 'too_small', evidence: { side: 2 } },
    ];
    const codes = flags.map(({ code }) => code);
    const measured = {
      image_id: expect.stringMatching(/^img_\d+_\d+$/),
      image_url: host.url('/a.gif'),
      status: 'succeeded',
      width: 2,
      height: 3,
      perimeter: 10,
      error: null,
      flags,
    };
    const nothing = {
      image_id: expect.any(String),
      image_url: missing,
      width: null,
      height: null,
      perimeter: null,
      flags: [],
    };
    const visited = { store_id: store, store_name: `Store ${store}`, area_code: 'area 1', job_id: jobId };
    expect(await list(`job_id=${jobId}`)).toEqual({
      items: [
        {
          ...visited,
          visit_id: expect.any(String),
          visit_time: '2024-11-17T12:00:00.000Z',
          reference: null,
          metadata: {},
          status: 'failed',
          flags: codes,
          review: null,
          images: [
            measured,
            { ...nothing, status: 'failed', error: expect.stringContaining('404 Not Found') },
          ],
        },
        {
          ...visited,
          visit_id: expect.any(String),
          visit_time: '2024-11-16T12:00:00.000Z',
          reference: null,
          metadata: {},
          status: 'completed',
          flags: codes,
          review: null,
          images: [measured],
        },
        {
          visit_id: expect.any(String),
          job_id: jobId,
          store_id: 'NOWHERE',
          store_name: null,
          area_code: null,
          visit_time: '2024-11-15T12:00:00.000Z',
          reference: null,
          metadata: {},
          status: 'unknown_store',
          flags: [],
          review: null,
          images: [
            {
              ...nothing,
              status: 'skipped',
              error: 'The store master has no store NOWHERE, so the image was not fetched',
            },
          ],
        },
      ],
      next_cursor: null,
    });
  });

  it('visits show the state of their job before its sweep, after a cancel, a retry and a delete', async () => {
    const store = await storeIn('area 2');
    const visit = { image_url: [host.url('/a.gif'), host.url('/a.gif')] };
    const lost = `LOST-${store}`;
    const jobId = await shelfline.submit([
      { ...visit, store_id: store },
      { ...visit, store_id: lost },
    ]);
    const unknown = ['unknown_store', 'skipped', 'skipped'];
    expect(await statuses(`job_id=${jobId}`)).toEqual([unknown, ['ongoing', 'pending', 'pending']]);
    await shelfline.post(`/api/jobs/${jobId}/cancel`, '');
    expect(await statuses(`job_id=${jobId}`)).toEqual([unknown, ['failed', 'skipped', 'skipped']]);
    const errors = (await all(`store_id=${store}`)).flatMap(({ images }) => images.map(({ error }) => error));
    expect(errors).toEqual(Array(2).fill('The job was cancelled before the image was fetched'));
    await shelfline.post(`/api/jobs/${jobId}/retry`, '');
    // The store is to be looked up anew.
    expect(await statuses(`store_id=${lost}`)).toEqual([['ongoing', 'pending', 'pending']]);
    expect(await statuses(`store_id=${store}`)).toEqual([['ongoing', 'pending', 'pending']]);
    await shelfline.post(`/api/jobs/${jobId}/cancel`, '');
    await shelfline.send('DELETE', `/api/jobs/${jobId}`, '');
    const [rows] = await shelfline.database.query<{ visits: number }>(
      'SELECT count(*)::int AS visits FROM shelfline.visit WHERE store_id = $1',
      [lost],
    );
    expect(rows).toEqual({ visits: 1 });
    for (const query of [`job_id=${jobId}`, `store_id=${store}`, 'area_code=area%202']) {
      expect(await list(query)).toEqual({ items: [], next_cursor: null });
    }
  });

  it('visits are found by the area of their store at submission', async () => {
    const [before, after] = ['area 3', 'area 4'];
    const store = await storeIn(before);
    const visit = { store_id: store, image_url: [host.url('/a.gif')] };
    const first = await shelfline.submit([visit]);
    await moveTo(after, store);
    const second = await shelfline.submit([visit]);
    expect(await all(`area_code=${before}`)).toMatchObject([{ job_id: first, area_code: before }]);
    expect(await all(`area_code=${after}`)).toMatchObject([{ job_id: second, area_code: after }]);
    expect(await all(`area_code=${after}&store_id=${store}`)).toHaveLength(1);
    expect(await all(`area_code=${after}&job_id=${first}`)).toEqual([]);
    expect(await all(`store_id=${store}`)).toHaveLength(2);
  });

  it('visits come newest first in pages that neither repeat nor skip, while others are added and deleted', async () => {
    const store = await storeIn('area 5');
    // Many at one time, in several jobs.
    const visits = (n: number): NewVisit[] =>
      Array.from({ length: 9 }, (_, seq) => ({
        store_id: store,
        image_url: [`http://127.0.0.1:9/${n}-${seq}.gif`],
        visit_time: `2024-11-${10 + ((seq * 7 + n) % 4)}T12:00:00Z`,
      }));
    for (let n = 0; n < 3; n += 1) await shelfline.submit(visits(n));
    const expected = await all(`store_id=${store}&limit=1000`);
    expect(expected).toHaveLength(27);
    const times = expected.map(({ visit_time }) => visit_time);
    expect(times).toEqual(times.toSorted().toReversed());
    const seen: string[] = [];
    for (let cursor: string | null = '', n = 0; cursor !== null; n += 1) {
      const page = await list(`area_code=area%205&limit=4&cursor=${cursor}`);
      expect(page.items.length).toBeLessThanOrEqual(4);
      seen.push(...page.items.map(({ visit_id }) => visit_id));
      cursor = page.next_cursor;
      // Newer than where the pages are.
      await shelfline.submit([{ store_id: store, image_url: ['http://127.0.0.1:9/x.gif'] }]);
    }
    expect(seen).toEqual(expected.map(({ visit_id }) => visit_id));
  });

  it('visits are filtered by time, from inclusive and to exclusive', async () => {
    const store = await storeIn('area 6');
    const times = [
      '0001-01-01T00:00:00Z',
      '2024-11-10T00:00:00Z',
      '2024-11-17T00:00:00Z',
      '9999-12-31T23:59:59.999Z',
    ];
    await shelfline.submit(
      times.map((visit_time) => ({ store_id: store, image_url: ['http://127.0.0.1:9/x.gif'], visit_time })),
    );
    const inTime = async (query: string): Promise<string[]> =>
      (await all(`area_code=area%206&limit=1&${query}`)).map(({ visit_time }) => visit_time.slice(0, 10));
    expect(await inTime('from=2024-11-10T00:00:00Z&to=2024-11-17T00:00:00Z')).toEqual(['2024-11-10']);
    expect(await inTime('from=2024-11-10T00:00:00.001Z&to=2024-11-17T01:00:00%2B01:00')).toEqual([]);
    expect(await inTime('from=2024-11-17T00:00:00Z')).toEqual(['9999-12-31', '2024-11-17']);
    expect(await inTime('to=2024-11-17T00:00:00Z')).toEqual(['2024-11-10', '0001-01-01']);
    expect(await inTime('')).toHaveLength(4);
  });

  it('visits of an unknown job, store or area are an empty list', async () => {
    for (const query of [`job_id=${UNKNOWN_JOB}`, 'job_id=7', 'store_id=nobody', 'area_code=nowhere']) {
      expect(await list(query)).toEqual({ items: [], next_cursor: null });
    }
  });

  it.each([
    'limit=0',
    'cursor=abc',
    // ["visits","",-8640000000000000,"1",0]: a time that no visit has
    `cursor=${Buffer.from('["visits","",-8640000000000000,"1",0]').toString('base64url')}`,
    `cursor=${Buffer.from('["visits","",0,"x",0]').toString('base64url')}`,
    `cursor=${Buffer.from('["visits","",0,"1",-1]').toString('base64url')}`,
    `cursor=${Buffer.from('["jobs","",0,"1"]').toString('base64url')}`,
    'from=2024-11-16',
    'to=tomorrow',
    'job_id=%00',
    `area_code=${'x'.repeat(65)}`,
    'store_id=a&store_id=b',
  ])('visits with %s are refused, and the error names the parameter', async (query) => {
    const answer = await shelfline.get(`/api/visits?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json.details[0].path).toBe(query.split('=')[0]);
  });

  it('a page of visits is shorter if its images would need too much memory', async () => {
    const store = await storeIn('area 7');
    const urls = Array.from({ length: 1000 }, (_, n) => `http://127.0.0.1:9/${n}-${'x'.repeat(2000)}.gif`);
    await shelfline.submit(Array.from({ length: 4 }, () => ({ store_id: store, image_url: urls })));
    const first = await list(`area_code=area%207&limit=1000`);
    expect(first.items.length).toBeGreaterThan(0);
    expect(first.items.length).toBeLessThan(4);
    const seen = await all(`area_code=area%207&limit=1000`);
    expect(seen).toHaveLength(4);
    for (const { images } of seen) expect(images.map(({ image_url }) => image_url)).toEqual(urls);
  });

  it('visits of an upload in progress do not appear, and do not delay others', async () => {
    const store = await storeIn('area 8');
    const jobId = await shelfline.submit([{ store_id: store, image_url: ['http://127.0.0.1:9/x.gif'] }]);
    const stream = async (from: number, to: number): Promise<unknown> =>
      shelfline.database.query(
        `WITH upload AS (
           INSERT INTO shelfline.upload (job) SELECT nextval(pg_get_serial_sequence('shelfline.job', 'id')) RETURNING job)
         INSERT INTO shelfline.visit (job, seq, store_id, area_code, visit_time, unknown_store, first_image, image_count)
         SELECT upload.job, n, $3, 'area 8', timestamptz '2024-12-01Z', false, n, 1
           FROM upload, generate_series($1::int, $2) AS n`,
        [from, to, store],
      );
    await stream(1, 3_000);
    expect(await list(`store_id=${store}&limit=1`)).toMatchObject({ items: [{ job_id: jobId }] });
    // More than one request looks through.
    await stream(1, 50_000);
    expect(await list(`store_id=${store}`)).toEqual({ items: [], next_cursor: expect.any(String) });
    expect(await all(`store_id=${store}`)).toMatchObject([{ job_id: jobId }]);
  });
});
