/** What a platform reads by code, without HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource, type EntityManager } from 'typeorm';
import {
  ImagesService,
  InvalidInputError,
  JobNotFoundError,
  JobsService,
  NotFoundError,
  type ReadOptions,
  StoresService,
  type SubmissionVisit,
  VisitsService,
} from '../src/index.js';
import { collect } from './support/collect.js';
import { TestPlatform } from './support/platform.js';
import { until } from './support/until.js';

const UNKNOWN = 'job_20241116100000_00000000000000000000';
/** More than two pages. */
const MANY = 2_050;
const POOL_SIZE = 4;

/** What TypeScript would not let through, where it looks. */
function misspelt(given: unknown): object {
  return given as object; // oxlint-disable-line no-unsafe-type-assertion -- what platforms in JavaScript may write
}

function visit(store_id: string, images = 1): SubmissionVisit {
  const image_url = Array.from({ length: images }, (_, n) => `http://127.0.0.1:9/${n}.gif`);
  return { store_id, image_url, visit_time: new Date('2026-11-16T12:00:00Z') };
}

let platform: TestPlatform;
let jobs: JobsService;
let images: ImagesService;
let visits: VisitsService;
let stores: StoresService;

beforeAll(async () => {
  platform = await TestPlatform.start({ options: { role: 'api' }, controllers: false });
  jobs = platform.app.get(JobsService, { strict: false });
  images = platform.app.get(ImagesService, { strict: false });
  visits = platform.app.get(VisitsService, { strict: false });
  stores = platform.app.get(StoresService, { strict: false });
  for (const store_id of ['A1', 'A2'])
    await stores.put({ store_id, store_name: `Store ${store_id}`, area_code: '7' });
});
afterAll(() => platform.stop());

describe('the results of a job', () => {
  let jobId: string;
  beforeAll(async () => {
    const large = [visit('A1', 1_000), visit('A2', 1_000), visit('A1', MANY - 2_000)];
    ({ jobId } = await jobs.submit({ visits: [...large, visit('NOWHERE')] }));
  });

  it('come one by one in the order of submission, however many pages they fill', async () => {
    const urls = (await collect(images.iterate(jobId))).map(({ image_url }) => image_url);
    const [first, second] = [visit('', 1_000).image_url, visit('', MANY - 2_000).image_url];
    expect(urls).toEqual([...first, ...first, ...second, 'http://127.0.0.1:9/0.gif']);
  });

  it.each([
    [{ status: 'skipped' }, 1],
    [{ status: 'pending', storeId: 'A1' }, MANY - 1_000],
    [{ storeId: 'A2' }, 1_000],
    [{ status: 'succeeded' }, 0],
  ] as const)('are those that match %j', async (filter, count) => {
    expect(await collect(images.iterate(jobId, filter))).toHaveLength(count);
  });

  it('come in pages, of a hundred unless more are asked for', async () => {
    const page = await images.list(jobId);
    expect(page.items).toHaveLength(100);
    const next = await images.list(jobId, { limit: 1_000, cursor: page.next_cursor ?? '' });
    expect(next.items).toHaveLength(1_000);
    expect(next.items[0]?.image_url).toBe('http://127.0.0.1:9/100.gif');
  });

  it('are those of its id only, and not of its number or of no job', async () => {
    const [row] = await platform.database.query<{ id: string }>(
      'SELECT id FROM shelfline.job WHERE job_id = $1',
      [jobId],
    );
    for (const id of [UNKNOWN, row?.id ?? '', '\0', ''])
      await expect(images.list(id)).rejects.toThrow(JobNotFoundError);
    await expect(collect(images.iterate(UNKNOWN))).rejects.toThrow(JobNotFoundError);
  });

  it('end with an error if the job is deleted before the last of them is read', async () => {
    const { jobId: deleted } = await jobs.submit({ visits: [visit('A1', 1_000), visit('A1')] });
    const results = images.iterate(deleted);
    expect(await results.next()).toMatchObject({ done: false });
    await platform.database.query('DELETE FROM shelfline.job WHERE job_id = $1', [deleted]);
    await expect(collect(results)).rejects.toThrow(JobNotFoundError);
  });

  it('are found by the methods of earlier releases, by its number too', async () => {
    const number = await jobs.numberOf(jobId);
    await expect(jobs.numberOf(UNKNOWN)).rejects.toThrow(JobNotFoundError);
    for (const job of [jobId, number]) {
      expect((await images.page(job, { storeId: 'A2' }, { limit: 3 }))?.items).toHaveLength(3);
      const parts = await images.all(job, {});
      expect(parts && (await collect(parts)).map((part) => part.length)).toEqual([1_000, 1_000, 51]);
    }
    expect(await images.page(UNKNOWN, {}, { limit: 3 })).toBeUndefined();
    expect(await images.all(UNKNOWN, {})).toBeUndefined();
  });
});

describe('a list', () => {
  let ids: string[];
  beforeAll(async () => {
    ids = [];
    for (const reference of ['week 1', 'week 2', 'week 2'])
      ids.unshift((await jobs.submit({ reference, visits: [visit('A2'), visit('A1')] })).jobId);
  });

  it('of jobs comes in pages and one by one', async () => {
    const page = await jobs.list({ reference: 'week 2', limit: 1 });
    expect(page.items.map(({ job_id }) => job_id)).toEqual([ids[0]]);
    const next = await jobs.list({ reference: 'week 2', limit: 1, cursor: page.next_cursor ?? '' });
    expect(next).toMatchObject({ items: [{ job_id: ids[1] }], next_cursor: null });
    const found = await collect(jobs.iterate({ storeId: 'A2', reference: 'week 2' }));
    expect(found.map(({ job_id }) => job_id)).toEqual(ids.slice(0, 2));
    expect((await collect(jobs.iterate())).length).toBeGreaterThanOrEqual(3);
  });

  it('of visits comes in pages and one by one', async () => {
    const jobId = ids[0] ?? '';
    const all = await collect(visits.iterate({ jobId }));
    expect(all.map(({ store_id }) => store_id)).toEqual(['A1', 'A2']);
    const page = await visits.list({ jobId, limit: 1 });
    expect(page.items).toEqual(all.slice(0, 1));
    expect(await visits.list({ jobId, limit: 1, cursor: page.next_cursor ?? '' })).toMatchObject({
      items: all.slice(1),
    });
    expect(await visits.list({ jobId: UNKNOWN })).toEqual({ items: [], next_cursor: null });
    expect(await visits.get(all[0]?.visit_id ?? '')).toEqual(all[0]);
  });

  it('of stores comes in pages and one by one', async () => {
    const page = await stores.list({ areaCode: '7', limit: 1 });
    expect(page.items.map(({ store_id }) => store_id)).toEqual(['A1']);
    const next = await stores.list({ areaCode: '7', limit: 1, cursor: page.next_cursor ?? '' });
    expect(next).toMatchObject({ items: [{ store_id: 'A2' }], next_cursor: null });
    const found = await collect(stores.iterate({ q: 'store a2' }));
    expect(found.map(({ store_id }) => store_id)).toEqual(['A2']);
  });

  it('takes its page beside the filters, and `part` for `q`, as in earlier releases', async () => {
    expect((await jobs.list({}, { limit: 1 })).items).toHaveLength(1);
    expect((await visits.list({ jobId: ids[0] }, { limit: 1 })).items).toHaveLength(1);
    expect((await stores.list({ part: 'store a2' }, { limit: 5 })).items).toHaveLength(1);
  });

  it.each<[string, (given: object) => Promise<unknown>, object]>([
    ['jobs', (query) => jobs.list(query), { status: 'finished' }],
    ['jobs', (query) => jobs.list(query), { reference: '\0' }],
    ['jobs', (query) => jobs.list(query), { store_id: 'A1' }],
    ['jobs', (query) => jobs.list(query), { from: new Date('x') }],
    ['images', (query) => images.list(UNKNOWN, query), { status: 'ongoing' }],
    ['images', (query) => images.list(UNKNOWN, query), { limit: 1_001 }],
    ['visits', (query) => visits.list(query), { areacode: '7' }],
    ['visits', (query) => visits.list(query), { cursor: 'x' }],
    ['stores', (query) => stores.list(query), { q: '' }],
    ['stores', (query) => collect(stores.iterate(query)), { area: '7' }],
  ])('of %s refuses a wrong query as HTTP does: %#', async (_list, read, query) => {
    await expect(read(misspelt(query))).rejects.toThrow(InvalidInputError);
  });

  it('has no store with an id that no store can have', async () => {
    for (const id of ['', '\0', 'x'.repeat(65)]) {
      await expect(stores.get(id)).rejects.toThrow(NotFoundError);
      await expect(stores.delete(id)).rejects.toThrow(NotFoundError);
    }
  });
});

describe('a read in a transaction of the platform', () => {
  /** Each read of the services, which rejects or finds something of the job. */
  function reads(jobId: string, visitId: string, options: ReadOptions): (() => Promise<unknown>)[] {
    return [
      () => jobs.get(jobId, options),
      () => jobs.status(jobId, options),
      () => jobs.list({ reference: 'uncommitted' }, options),
      () => collect(jobs.iterate({ reference: 'uncommitted' }, options)),
      () => jobs.dryRun({ visits: [visit('NEW')] }, options),
      () => images.list(jobId, {}, options),
      () => collect(images.iterate(jobId, {}, options)),
      () => visits.list({ jobId }, options),
      () => collect(visits.iterate({ jobId }, options)),
      () => visits.get(visitId, options),
      () => stores.get('NEW', options),
      () => stores.list({ q: 'uncommitted' }, options),
      () => collect(stores.iterate({ q: 'uncommitted' }, options)),
    ];
  }

  /** The ids of a job and of its visit that are not committed, and of a store. */
  async function writeIn(manager: EntityManager): Promise<[string, string]> {
    await manager.insert('ShelflineStore', { store_id: 'NEW', store_name: 'Uncommitted', area_code: '8' });
    const submission = { reference: 'uncommitted', visits: [visit('NEW'), visit('NOWHERE')] };
    const { jobId } = await jobs.submit(submission, { manager });
    const { items } = await visits.list({ jobId, storeId: 'NEW' }, { manager });
    return [jobId, items[0]?.visit_id ?? ''];
  }

  it('sees what the transaction has written, and no other read does', async () => {
    const rolledBack = platform.dataSource.transaction(async (manager) => {
      const [jobId, visitId] = await writeIn(manager);
      const inside: unknown[] = [];
      for (const read of reads(jobId, visitId, { manager })) inside.push(await read());
      const page = (...items: object[]): object => ({ items: items.map(like), next_cursor: null });
      expect(inside).toEqual([
        like({ job_id: jobId, status: 'ongoing', error_count: 1 }),
        { job_id: jobId, status: 'ongoing' },
        page({ job_id: jobId }),
        [like({ job_id: jobId })],
        like({ valid: true, unknown_stores: [] }),
        page({ store_id: 'NEW', status: 'pending' }, { store_id: 'NOWHERE', status: 'skipped' }),
        [like({ store_id: 'NEW' }), like({ store_id: 'NOWHERE' })],
        page({ store_id: 'NOWHERE' }, { store_id: 'NEW', store_name: 'Uncommitted' }),
        [like({ store_id: 'NOWHERE' }), like({ store_id: 'NEW' })],
        like({ visit_id: visitId, job_id: jobId }),
        like({ store_id: 'NEW', area_code: '8' }),
        page({ store_id: 'NEW' }),
        [like({ store_id: 'NEW' })],
      ]);
      const outside = await Promise.allSettled(reads(jobId, visitId, {}).map((read) => read()));
      expect(outside.map((result) => (result.status === 'fulfilled' ? result.value : 'not found'))).toEqual([
        'not found',
        'not found',
        { items: [], next_cursor: null },
        [],
        like({ unknown_stores: [{ store_id: 'NEW', visits: 1 }] }),
        'not found',
        'not found',
        { items: [], next_cursor: null },
        [],
        'not found',
        'not found',
        { items: [], next_cursor: null },
        [],
      ]);
      throw new Error('roll back');
    });
    await expect(rolledBack).rejects.toThrow('roll back');
  });

  it('leaves the transaction usable where it finds nothing or is refused', async () => {
    await platform.dataSource.transaction(async (manager) => {
      for (const id of [UNKNOWN, '\0'])
        await expect(jobs.get(id, { manager })).rejects.toThrow(JobNotFoundError);
      await expect(stores.get('\0', { manager })).rejects.toThrow(NotFoundError);
      await expect(visits.get('visit_0_0', { manager })).rejects.toThrow(NotFoundError);
      await expect(jobs.list({ reference: '\0' }, { manager })).rejects.toThrow(InvalidInputError);
      expect(await manager.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  });

  it('is refused with a manager of another DataSource', async () => {
    const other = await new DataSource({ type: 'postgres', url: platform.database.url }).initialize();
    try {
      await other.transaction(async (manager) => {
        for (const read of reads(UNKNOWN, 'visit_0_0', { manager }))
          await expect(read()).rejects.toThrow('another DataSource');
      });
    } finally {
      await other.destroy();
    }
  });

  it('is refused with a manager that has no open transaction', async () => {
    for (const read of reads(UNKNOWN, 'visit_0_0', { manager: platform.dataSource.manager }))
      await expect(read()).rejects.toThrow('no open transaction');
  });

  it('goes on while all other reads wait for a connection', async () => {
    const begun: EntityManager[] = [];
    const mayRead = Promise.withResolvers<void>();
    const transactions = Array.from({ length: POOL_SIZE }, () =>
      platform.dataSource.transaction(async (manager) => {
        begun.push(manager);
        await mayRead.promise;
        return [
          (await jobs.list({ limit: 1 }, { manager })).items.length,
          (await visits.list({ limit: 1 }, { manager })).items.length,
        ];
      }),
    );
    await until(async () => (begun.length === POOL_SIZE ? true : undefined), 'the transactions');
    const others = Array.from({ length: 2 * POOL_SIZE }, () =>
      Promise.all([jobs.list({ limit: 1 }), visits.list({ limit: 1 })]),
    );
    mayRead.resolve();
    expect(await Promise.all(transactions)).toEqual(Array.from({ length: POOL_SIZE }, () => [1, 1]));
    expect(await Promise.all(others)).toHaveLength(2 * POOL_SIZE);
  });
});

function like(object: object): unknown {
  return expect.objectContaining(object);
}
