import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StoreCoverageView } from '../src/visits/store-coverage/coverage.service.js';
import { findBrokenInvariants, untilTasksEnd } from './support/broken-invariants.js';
import { TestApplication } from './support/application.js';
import { ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

/** 600 × 500 pixels. */
const GIF = Buffer.from('GIF89a\x58\x02\xf4\x01\0\0\0;', 'latin1');
const SMALL_GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const AREA = 'COVERED';
/** The week of Monday, 16 November 2026. */
const WEEK = `from=2026-11-16&to=2026-11-22&area_code=${AREA}`;

interface Visit {
  readonly store_id: string;
  readonly image_url: readonly string[];
  readonly visit_time: string;
}

describe('the coverage of stores', () => {
  let host: ImageHost;
  let shelfline: TestApplication;
  let good: string;
  let missing: string;

  beforeAll(async () => {
    host = await ImageHost.start();
    good = host.serve('/a.gif', GIF);
    missing = host.url('/missing.gif');
  });

  afterAll(async () => host.close());

  beforeEach(async () => {
    shelfline = await TestApplication.start({ PHOTO_FLAGS: 'too_small' });
    for (const id of ['C1', 'C2', 'C3', 'C4'])
      await shelfline.send('PUT', `/api/stores/${id}`, { store_name: `Store ${id}`, area_code: AREA });
  });

  afterEach(async () => shelfline.close());

  const visitTo = (store_id: string, date: string, ...image_url: string[]): Visit => ({
    store_id,
    image_url,
    visit_time: `${date}T12:00:00Z`,
  });

  async function submitAndFinish(...visits: Visit[]): Promise<string> {
    const jobId = await shelfline.submit(visits);
    await shelfline.finished(jobId);
    return jobId;
  }

  async function list(query = ''): Promise<StoreCoverageView[]> {
    const answer = await shelfline.get(`/api/coverage?${WEEK}${query}`);
    expect(answer.status).toBe(200);
    return answer.json.items;
  }

  /** The state and the reason of each store. */
  const states = async (query = ''): Promise<unknown> =>
    Object.fromEntries(
      (await list(query)).map(({ store_id, state, reason }) => [
        store_id,
        reason === null ? state : `${state}: ${reason}`,
      ]),
    );

  async function brokenInvariants(): Promise<string[]> {
    await untilTasksEnd(shelfline.database);
    return findBrokenInvariants(shelfline.database);
  }

  it('a photo that is too small is no usable photo, and the reason of its store', async () => {
    await submitAndFinish(visitTo('C1', '2026-11-16', host.serve('/small.gif', SMALL_GIF)));
    const [store] = await list();
    expect(store).toMatchObject({
      images: 1,
      usable: 0,
      flagged: 1,
      state: 'no_usable_photo',
      reason: 'too_small',
    });
    expect(await brokenInvariants()).toEqual([]);
  });

  it('is downloaded as a file', async () => {
    await submitAndFinish(visitTo('C1', '2026-11-16', good));
    const { text, headers } = await shelfline.get(`/api/coverage?${WEEK}&format=csv&state=covered`);
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="coverage-2026-11-16-to-2026-11-22-COVERED-covered.csv"',
    );
    expect(text.trim().split('\n')).toEqual([
      'store_id,store_name,area_code,state,visits,images,usable,flagged,last_visit_time,last_usable_time,reason',
      'C1,Store C1,COVERED,covered,1,1,1,0,2026-11-16T12:00:00.000Z,2026-11-16T12:00:00.000Z,',
    ]);
  });

  it('counts visits, images and usable images of each store in a period', async () => {
    await submitAndFinish(
      visitTo('C1', '2026-11-16', good, missing),
      visitTo('C1', '2026-11-18', missing),
      visitTo('C1', '2026-11-23', good),
      visitTo('C2', '2026-11-20', missing, `${missing}?2`, host.url('/a.gif?text')),
    );
    expect(await list()).toEqual([
      {
        store_id: 'C1',
        store_name: 'Store C1',
        area_code: AREA,
        visits: 2,
        images: 3,
        usable: 1,
        flagged: 0,
        last_visit_time: '2026-11-18T12:00:00.000Z',
        last_usable_time: '2026-11-16T12:00:00.000Z',
        reason: null,
        state: 'covered',
      },
      {
        store_id: 'C2',
        store_name: 'Store C2',
        area_code: AREA,
        visits: 1,
        images: 3,
        usable: 0,
        flagged: 0,
        last_visit_time: '2026-11-20T12:00:00.000Z',
        last_usable_time: null,
        reason: 'http_status',
        state: 'no_usable_photo',
      },
      expect.objectContaining({
        store_id: 'C3',
        visits: 0,
        images: 0,
        state: 'not_visited',
        last_visit_time: null,
      }),
      expect.objectContaining({ store_id: 'C4', state: 'not_visited' }),
    ]);
    expect(await brokenInvariants()).toEqual([]);
  });

  it('is listed in pages, by state, with totals on the first', async () => {
    await submitAndFinish(visitTo('C1', '2026-11-16', good), visitTo('C3', '2026-11-16', missing));
    const totals = { covered: 1, no_usable_photo: 1, not_visited: 2 };
    const first = (await shelfline.get(`/api/coverage?${WEEK}&state=not_visited&limit=1`)).json;
    expect(first).toMatchObject({ totals, items: [{ store_id: 'C2' }] });
    const second = (
      await shelfline.get(`/api/coverage?${WEEK}&state=not_visited&limit=1&cursor=${first.next_cursor}`)
    ).json;
    expect(second).toMatchObject({ totals: null, items: [{ store_id: 'C4' }], next_cursor: null });
    expect(await states('&state=covered')).toEqual({ C1: 'covered' });
    const all = (await shelfline.get('/api/coverage?from=2026-11-16&to=2026-11-22&limit=1')).json;
    const [stores] = await shelfline.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM shelfline.store',
    );
    expect(all.totals).toEqual({ covered: 1, no_usable_photo: 1, not_visited: (stores?.count ?? 0) - 2 });
  });

  it('is summarised by area and local day or ISO week', async () => {
    await submitAndFinish(
      visitTo('C1', '2026-11-16', good),
      visitTo('C1', '2026-11-16', missing),
      visitTo('C2', '2026-11-16', missing),
      { ...visitTo('C3', '2026-11-16', good), visit_time: '2026-11-16T20:00:00Z' },
      visitTo('C4', '2026-11-22', good),
    );
    const summary = async (query: string): Promise<unknown> =>
      (await shelfline.get(`/api/coverage/summary?${query}`)).json.items;
    const item = (start: string, covered: number, no_usable_photo: number): unknown => ({
      area_code: AREA,
      start,
      stores: 4,
      covered,
      no_usable_photo,
      not_visited: 4 - covered - no_usable_photo,
    });
    const days = `from=2026-11-16&to=2026-11-17&area_code=${AREA}`;
    expect(await summary(days)).toEqual([item('2026-11-16', 2, 1), item('2026-11-17', 0, 0)]);
    expect(await summary(`${days}&time_zone=Asia/Kolkata`)).toEqual([
      item('2026-11-16', 1, 1),
      item('2026-11-17', 1, 0),
    ]);
    // The second day is cut at its noon.
    expect(
      await summary(`from=2026-11-16T13:00:00Z&to=2026-11-22T12:00:00Z&area_code=${AREA}&interval=week`),
    ).toEqual([item('2026-11-16', 1, 0)]);
    expect(await summary(`${WEEK}&interval=week`)).toEqual([item('2026-11-16', 3, 1)]);
    await shelfline.database.query(
      `INSERT INTO shelfline.store (store_id, store_name, area_code) SELECT 'D' || n, 'D', 'D' || n FROM generate_series(1, 30) AS n`,
    );
    const everywhere = await shelfline.get('/api/coverage/summary?from=2026-01-01&to=2026-12-31');
    expect([everywhere.status, everywhere.json.code]).toEqual([400, 'summary_too_large']);
  });

  it('does not count rejected visits, deleted jobs and uploads', async () => {
    const jobId = await submitAndFinish(visitTo('C1', '2026-11-16', good), visitTo('C2', '2026-11-16', good));
    const [visit] = (await shelfline.get('/api/visits?store_id=C1')).json.items;
    await shelfline.send('PUT', `/api/visits/${visit.visit_id}/review`, { state: 'rejected' });
    expect(await states()).toMatchObject({ C1: 'no_usable_photo', C2: 'covered' });
    expect((await list('&state=no_usable_photo'))[0]).toMatchObject({
      visits: 1,
      usable: 0,
      flagged: 0,
      last_usable_time: null,
    });
    await shelfline.database.query(
      `INSERT INTO shelfline.visit (job, seq, store_id, visit_time, unknown_store, first_image, image_count, succeeded, usable)
       VALUES (1, 0, 'C3', '2026-11-16Z', false, 0, 1, 1, 1)`,
    );
    expect(await states()).toMatchObject({ C3: 'not_visited' });
    await shelfline.database.query('DELETE FROM shelfline.visit WHERE job = 1');
    await shelfline.send('DELETE', `/api/jobs/${jobId}`, '');
    expect(await states()).toEqual({
      C1: 'not_visited',
      C2: 'not_visited',
      C3: 'not_visited',
      C4: 'not_visited',
    });
    const { items } = (await shelfline.get(`/api/coverage/summary?${WEEK}&interval=week`)).json;
    expect(items).toMatchObject([{ covered: 0, no_usable_photo: 0, not_visited: 4 }]);
  });

  it('follows a retry', async () => {
    const jobId = await submitAndFinish(
      visitTo('C1', '2026-11-16', host.url('/late.gif'), good),
      visitTo('C2', '2026-11-16', host.url('/late.gif'), missing),
      visitTo('C9', '2026-11-16', good),
    );
    expect(await states()).toMatchObject({ C1: 'covered', C2: 'no_usable_photo: http_status' });
    host.serve('/late.gif', GIF);
    await shelfline.send('PUT', '/api/stores/C9', { store_name: 'Store C9', area_code: AREA });
    expect(await states()).toMatchObject({ C9: 'no_usable_photo: unknown_store' });
    await shelfline.post(`/api/jobs/${jobId}/retry`, '');
    await shelfline.finished(jobId);
    host.handle('/late.gif', (_request, response) => response.writeHead(404).end());
    expect(await list()).toEqual([
      expect.objectContaining({ store_id: 'C1', usable: 2 }),
      expect.objectContaining({ store_id: 'C2', usable: 1, state: 'covered' }),
      expect.objectContaining({ store_id: 'C3' }),
      expect.objectContaining({ store_id: 'C4' }),
      expect.objectContaining({ store_id: 'C9', usable: 1 }),
    ]);
    expect(await brokenInvariants()).toEqual([]);
  });

  it('follows a cancel, and the cancel of a retry', async () => {
    const failed = await submitAndFinish(visitTo('C1', '2026-11-16', missing, `${missing}?2`));
    await shelfline.stop();
    const api = await TestApplication.startOn(shelfline.database, { ROLE: 'api' });
    const jobId = await api.submit([visitTo('C2', '2026-11-16', good, good)]);
    await api.post(`/api/jobs/${jobId}/cancel`, '');
    await api.post(`/api/jobs/${failed}/retry`, '');
    const before = (await api.get(`/api/coverage?${WEEK}`)).json.items;
    // The failures of the earlier run do not count, and those of this run did not come yet.
    expect(before[0]).toMatchObject({ store_id: 'C1', state: 'no_usable_photo', reason: null });
    expect(before[1]).toMatchObject({ store_id: 'C2', state: 'no_usable_photo', reason: 'cancelled' });
    await api.post(`/api/jobs/${failed}/cancel`, '');
    await api.stop();
    shelfline = await TestApplication.startOn(shelfline.database);
    expect(await brokenInvariants()).toEqual([]);
    expect(await states()).toMatchObject({
      C1: 'no_usable_photo: cancelled',
      C2: 'no_usable_photo: cancelled',
    });
  });

  it('counts the visits of an earlier version after the start', async () => {
    host.serve('/second.gif', GIF);
    const jobId = await submitAndFinish(
      visitTo('C1', '2026-11-16', good, missing),
      visitTo('C2', '2026-11-16', host.url('/second.gif'), good),
      visitTo('C3', '2026-11-16', missing),
    );
    await shelfline.post(`/api/jobs/${jobId}/retry`, '');
    await shelfline.finished(jobId);
    const counted = await list();
    await shelfline.stop();
    await shelfline.database.query(
      'UPDATE shelfline.visit SET succeeded = NULL, usable = NULL, failures = NULL',
    );
    await shelfline.database.query('UPDATE shelfline.job SET visits_counted = false');
    shelfline = await TestApplication.startOn(shelfline.database);
    await until(async () => {
      const left = await shelfline.database.query('SELECT FROM shelfline.job WHERE NOT visits_counted');
      return left.length === 0 ? true : undefined;
    }, 'the count of earlier visits');
    expect(await list()).toEqual(counted);
    expect(await brokenInvariants()).toEqual([]);
  });

  it.each([
    ['', 'from'],
    ['from=2026-11-16', 'to'],
    ['from=2026-11-16&to=2026-11-31', 'to'],
    ['from=2026-11-16&to=2026-11-15', 'to'],
    ['from=2026-11-16&to=2027-11-17', 'to'],
    ['from=16/11/2026&to=2026-11-17', 'from'],
    ['from=2026-11-16&to=2026-11-17&time_zone=IST', 'time_zone'],
    ['from=2026-11-16&to=2026-11-17&state=visited', 'state'],
    ['from=2026-11-16&to=2026-11-17&cursor=abc', 'cursor'],
  ])('with %s is refused, by name', async (query, path) => {
    const answer = await shelfline.get(`/api/coverage?${query}`);
    expect([answer.status, answer.json.details[0].path]).toEqual([400, path]);
  });
});
