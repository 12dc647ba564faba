/** A person's verdict on a visit, beside what was found in its photos. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VisitsService } from '../src/index.js';
import { type Answer, TestApplication } from './support/application.js';
import { until } from './support/until.js';

const KEYS = { office: 'of-the-office-0123456789', other: 'of-another-0123456789' };
const OFFICE = { 'x-api-key': KEYS.office };
const OTHER = { 'x-api-key': KEYS.other };

describe('a review', () => {
  /** Works on no image. */
  let shelfline: TestApplication;
  let visits = 0;

  beforeAll(async () => {
    shelfline = await TestApplication.start({
      ROLE: 'api',
      API_KEYS: `office:read+submit+review+manage:${KEYS.office},other:read+review:${KEYS.other}`,
    });
  });

  afterAll(async () => {
    await shelfline.close();
  });

  /** Submits a job with this number of visits that nobody else has. */
  async function submit(count = 1): Promise<{ readonly jobId: string; readonly ids: readonly string[] }> {
    const submitted = await shelfline.post(
      '/api/jobs',
      {
        count,
        visits: Array.from({ length: count }, () => ({
          store_id: 'RP00002',
          image_url: ['http://127.0.0.1:9/1.gif'],
          visit_time: new Date(Date.UTC(2025, 0, 1) + (visits += 1) * 60_000).toISOString(),
        })),
      },
      OFFICE,
    );
    const jobId: string = submitted.json.job_id;
    const { items } = (await shelfline.get(`/api/visits?job_id=${jobId}&limit=1000`, OFFICE)).json;
    return { jobId, ids: items.map(({ visit_id }: { visit_id: string }) => visit_id) };
  }

  const review = async (id: string, body: unknown, key = OFFICE): Promise<Answer> =>
    shelfline.send('PUT', `/api/visits/${id}/review`, body, key);
  const get = async (id: string): Promise<Answer> => shelfline.get(`/api/visits/${id}`, OFFICE);
  const remove = async (id: string): Promise<Answer> =>
    shelfline.send('DELETE', `/api/visits/${id}/review`, '', OFFICE);
  const listed = async (query: string): Promise<string[]> =>
    (await shelfline.get(`/api/visits?${query}`, OFFICE)).json.items.map(
      ({ visit_id }: { visit_id: string }) => visit_id,
    );

  it('a review appears in its visit with author and time, and the last one counts', async () => {
    const { jobId, ids } = await submit();
    const [id = ''] = ids;
    expect((await get(id)).json).toMatchObject({ visit_id: id, review: null });
    const note = 'Wrong shelf.\n\tSee photo 2 — 店 🛒';
    const first = await review(id, { state: 'rejected', note });
    const saved = { state: 'rejected', note, by: 'office', at: expect.any(String), outdated: false };
    expect([first.status, first.json.review]).toEqual([200, saved]);
    expect(new Date(first.json.review.at).toISOString()).toBe(first.json.review.at);
    expect((await get(id)).json).toEqual(first.json);
    expect((await shelfline.get(`/api/visits?job_id=${jobId}`, OFFICE)).json.items).toEqual([first.json]);
    const second = await review(id, { state: 'approved' }, OTHER);
    expect(second.json.review).toMatchObject({ state: 'approved', note: null, by: 'other' });
    expect([(await remove(id)).status, (await remove(id)).status]).toEqual([204, 204]);
    expect((await get(id)).json.review).toBeNull();
  });

  it.each([
    ['state', { state: 'good' }],
    ['state', { note: 'no state' }],
    ['note', { state: 'approved', note: 'x'.repeat(2_001) }],
    ['note', { state: 'approved', note: 'a\0b' }],
    ['note', { state: 'approved', note: '\u009b' }],
    ['note', { state: 'approved', note: ['x'] }],
  ])('a review is refused if %s is wrong (%#)', async (path, body) => {
    const { ids } = await submit();
    const [id = ''] = ids;
    const answer = await review(id, body);
    expect([answer.status, answer.json.details[0].path]).toEqual([400, path]);
    expect((await get(id)).json.review).toBeNull();
  });

  it('the note of a review may have 2,000 characters that are two UTF-16 units each', async () => {
    const { ids } = await submit();
    const note = '🛒'.repeat(2_000);
    expect((await review(ids[0] ?? '', { state: 'needs_attention', note })).json.review.note).toBe(note);
  });

  it.each([
    'visit_999999_0',
    'visit__0',
    'visit_01_0',
    'visit_1_99999999999',
    'visit_1',
    'x',
    'visit_1_0%00',
  ])('a review of the unknown visit %s answers 404, as the visit does', async (id) => {
    const answers = [await get(id), await review(id, { state: 'approved' }), await remove(id)];
    for (const { status, json } of answers)
      expect([status, json.code, json.error]).toEqual([404, 'visit_not_found', 'Visit not found']);
  });

  it('reviews filter the list of visits, page by page', async () => {
    const { jobId, ids } = await submit(6);
    for (const id of ids.slice(0, 3)) await review(id, { state: 'approved' });
    await review(ids[3] ?? '', { state: 'rejected' });
    expect(await listed(`job_id=${jobId}&review=approved`)).toEqual(ids.slice(0, 3));
    expect(await listed(`job_id=${jobId}&review=rejected`)).toEqual(ids.slice(3, 4));
    expect(await listed(`job_id=${jobId}&review=needs_attention`)).toEqual([]);
    expect(await listed(`job_id=${jobId}&review=none`)).toEqual(ids.slice(4));
    const page = (await shelfline.get(`/api/visits?job_id=${jobId}&review=approved&limit=2`, OFFICE)).json;
    expect(page.items).toHaveLength(2);
    expect(await listed(`job_id=${jobId}&review=approved&cursor=${page.next_cursor}`)).toEqual([ids[2]]);
    const wrong = await shelfline.get('/api/visits?review=good', OFFICE);
    expect([wrong.status, wrong.json.details[0].path]).toEqual([400, 'review']);
  });

  it('a retry of its job keeps a review as outdated, until it is written again', async () => {
    const { jobId, ids } = await submit();
    const [id = ''] = ids;
    await review(id, { state: 'rejected', note: 'blurred' });
    await shelfline.post(`/api/jobs/${jobId}/cancel`, '', OFFICE);
    expect((await get(id)).json.review.outdated).toBe(false);
    expect((await shelfline.post(`/api/jobs/${jobId}/retry`, '', OFFICE)).status).toBe(202);
    expect((await get(id)).json.review).toMatchObject({ state: 'rejected', note: 'blurred', outdated: true });
    expect((await review(id, { state: 'approved' })).json.review.outdated).toBe(false);
  });

  it('a review is deleted with its job', async () => {
    const { jobId, ids } = await submit();
    const [id = ''] = ids;
    await review(id, { state: 'approved' });
    await shelfline.post(`/api/jobs/${jobId}/cancel`, '', OFFICE);
    expect((await shelfline.send('DELETE', `/api/jobs/${jobId}`, '', OFFICE)).status).toBe(204);
    expect([(await get(id)).status, (await review(id, { state: 'approved' })).status]).toEqual([404, 404]);
    expect(await listed('review=approved')).not.toContain(id);
    const worker = await TestApplication.startOn(shelfline.database, { ROLE: 'worker' });
    await until(async () => {
      const rows = await shelfline.database.query(
        `SELECT 1 FROM shelfline.visit WHERE 'visit_' || job || '_' || seq = $1`,
        [id],
      );
      return rows.length === 0 ? true : undefined;
    }, 'the deletion of its visit');
    await worker.stop();
  });

  it('writing a review needs the scope "review"', async () => {
    const { ids } = await submit();
    const strangers = await TestApplication.startOn(shelfline.database, {
      ROLE: 'api',
      API_KEYS: `reader:read+manage:${KEYS.other}`,
    });
    const answer = await strangers.send('PUT', `/api/visits/${ids[0]}/review`, { state: 'approved' }, OTHER);
    await strangers.stop();
    expect([answer.status, answer.json.code]).toEqual([403, 'missing_scope']);
  });

  it('the module writes a review with a name from the platform, and validates it', async () => {
    const { ids } = await submit();
    const [id = ''] = ids;
    const service = shelfline.app.get(VisitsService, { strict: false });
    const written = await service.review(id, { state: 'approved', note: 'fine' }, { by: 'Desk 4' });
    expect(written.review).toMatchObject({ state: 'approved', note: 'fine', by: 'Desk 4' });
    expect(await service.get(id)).toEqual(written);
    await service.deleteReview(id);
    expect((await service.review(id, { state: 'rejected' })).review).toMatchObject({ by: null, note: null });
    await expect(service.review(id, { state: 'rejected' }, { by: '' })).rejects.toMatchObject({
      status: 400,
    });
    await expect(service.get('visit_0_0')).rejects.toMatchObject({ status: 404 });
  });
});

describe('a visit without a review', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api' });
  });

  afterAll(async () => {
    await shelfline.close();
  });

  it('a visit without a review is found behind any number of reviewed ones, and no request reads all of them', async () => {
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: ['http://127.0.0.1:9/1.gif'], visit_time: '2024-01-01T00:00:00Z' },
    ]);
    await shelfline.database.query(
      `INSERT INTO shelfline.visit (job, seq, store_id, visit_time, unknown_store, first_image, image_count, review_state,
                                    reviewed_at, reviewed_run)
       SELECT id, n, 'RP00002', timestamptz '2025-01-01Z', false, n, 1, 'approved', now(), 1
         FROM shelfline.job, generate_series(1, 52000) AS n WHERE job_id = $1`,
      [jobId],
    );
    const first = (await shelfline.get('/api/visits?review=none&limit=10')).json;
    expect(first).toEqual({ items: [], next_cursor: expect.any(String) });
    const second = (await shelfline.get(`/api/visits?review=none&cursor=${first.next_cursor}`)).json;
    expect(second).toMatchObject({ items: [{ job_id: jobId, review: null }], next_cursor: null });
  });
});
