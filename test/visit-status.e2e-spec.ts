import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { ImageHost } from './support/image-host.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

/** A visit of each status, with its own store. */
describe('visits', () => {
  let host: ImageHost;
  let shelfline: TestApplication;
  let failed: string;

  beforeAll(async () => {
    host = await ImageHost.start();
    shelfline = await TestApplication.start();
    const good = host.serve('/a.gif', GIF);
    failed = await shelfline.submit([
      { store_id: 'RP00002', image_url: [good, host.serve('/b.gif', GIF)] },
      { store_id: 'RP00003', image_url: [good, host.url('/missing.gif')] },
      { store_id: 'NOWHERE', image_url: [good] },
    ]);
    await shelfline.finished(failed);
    await shelfline.stop();
    shelfline = await TestApplication.startOn(shelfline.database, { ROLE: 'api' });
    await shelfline.submit([{ store_id: 'RP00004', image_url: [good] }]);
    const cancelled = await shelfline.submit([{ store_id: 'RP00005', image_url: [good] }]);
    await shelfline.post(`/api/jobs/${cancelled}/cancel`, '');
  });

  afterAll(async () => {
    await shelfline.close();
    await host.close();
  });

  /** The stores of the visits with a status, read in pages of one. */
  async function storesWith(query: string): Promise<string[]> {
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { json } = await shelfline.get(`/api/visits?limit=1&${query}${cursor}`);
      seen.push(...json.items.map((item: { store_id: string }) => item.store_id));
      if (json.next_cursor === null) return seen.toSorted();
      cursor = `&cursor=${json.next_cursor}`;
    }
  }

  const count = async (query: string): Promise<unknown> =>
    (await shelfline.get(`/api/visits/count?${query}`)).json;

  it('are found by their status, which is that of the answer', async () => {
    expect(await storesWith('status=completed')).toEqual(['RP00002']);
    expect(await storesWith('status=failed')).toEqual(['RP00003', 'RP00005']);
    expect(await storesWith('status=ongoing')).toEqual(['RP00004']);
    expect(await storesWith('status=unknown_store')).toEqual(['NOWHERE']);
    expect(await storesWith('status=failed&store_id=RP00003')).toEqual(['RP00003']);
    for (const status of ['completed', 'failed', 'ongoing', 'unknown_store']) {
      const { items } = (await shelfline.get(`/api/visits?status=${status}`)).json;
      expect(new Set(items.map((item: { status: string }) => item.status))).toEqual(new Set([status]));
    }
    const unknown = await shelfline.get('/api/visits?status=pending');
    expect([unknown.status, unknown.json.details[0].path]).toEqual([400, 'status']);
  });

  it('are counted with the same filters', async () => {
    expect(await count('')).toEqual({ count: 5, at_least: false });
    expect(await count('status=failed')).toEqual({ count: 2, at_least: false });
    expect(await count(`job_id=${failed}`)).toEqual({ count: 3, at_least: false });
    expect(await count('store_id=RP00004&from=2024-11-16T12:00:00Z')).toEqual({ count: 1, at_least: false });
    expect(await count('store_id=RP00004&to=2024-11-16T12:00:00Z')).toEqual({ count: 0, at_least: false });
    expect(await count('review=none&area_code=none')).toEqual({ count: 0, at_least: false });
    expect(await count('job_id=job_20241116100000_00000000000000000000')).toEqual({
      count: 0,
      at_least: false,
    });
    expect((await shelfline.get('/api/visits/count?limit=5')).json.code).toBe('unknown_parameter');
  });

  it('of which a retry starts over are ongoing at once', async () => {
    await shelfline.post(`/api/jobs/${failed}/retry`, '');
    expect(await storesWith('status=ongoing')).toEqual(['NOWHERE', 'RP00003', 'RP00004']);
    expect(await storesWith('status=completed')).toEqual(['RP00002']);
    await shelfline.post(`/api/jobs/${failed}/cancel`, '');
    expect(await storesWith('status=ongoing')).toEqual(['RP00004']);
    expect(await storesWith('status=failed')).toEqual(['NOWHERE', 'RP00003', 'RP00005']);
  });

  it('are counted up to 10,000, and not those of an upload', async () => {
    const visits = (job: string, number: number): Promise<unknown> =>
      shelfline.database.query(
        `INSERT INTO shelfline.visit (job, seq, store_id, visit_time, unknown_store, first_image, image_count, succeeded, usable)
         SELECT ${job}, n, 'MANY', '2020-01-01Z', false, n, 1, 0, 0 FROM generate_series(1000, ${number + 999}) AS n`,
      );
    await visits('1', 10);
    expect(await count('store_id=MANY')).toEqual({ count: 0, at_least: false });
    await visits('(SELECT min(id) FROM shelfline.job)', 10_000);
    expect(await count('store_id=MANY')).toEqual({ count: 10_000, at_least: false });
    await visits('(SELECT max(id) FROM shelfline.job)', 1);
    expect(await count('store_id=MANY')).toEqual({ count: 10_000, at_least: true });
    // More than a request looks through, none of which it counts.
    await visits('2', 50_000);
    await shelfline.database.query(
      `DELETE FROM shelfline.visit WHERE store_id = 'MANY' AND job NOT IN (1, 2)`,
    );
    expect(await count('store_id=MANY')).toEqual({ count: 0, at_least: true });
  });
});
