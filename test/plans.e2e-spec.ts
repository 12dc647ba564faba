/** Every list, filter and look-up is served by an index, in its order: what PostgreSQL plans for tables of some size. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Database, type PreparedStatement } from '../src/database/database.js';
import { dataSourceOptions } from '../src/database/data-source.js';
import { runMigrations } from '../src/database/migration-runner.js';
import { ImageBatchesRepository } from '../src/images/image-batches.repository.js';
import { ComparisonRepository } from '../src/images/flags/comparison.repository.js';
import { EvidenceRepository } from '../src/images/flags/evidence.repository.js';
import { ImagesRepository } from '../src/images/images.repository.js';
import { JobsRepository } from '../src/jobs/jobs.repository.js';
import { SubmissionsRepository } from '../src/jobs/submission/submissions.repository.js';
import { type VisitFilter, VisitsRepository } from '../src/visits/visits.repository.js';
import { entities } from '../src/store-visits.entities.js';
import { StoresRepository } from '../src/stores/stores.repository.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'CTE Name'?: string;
  readonly 'Plan Rows': number;
  readonly Plans?: readonly PlanNode[];
}

/** Plans the statements of a repository instead of running them. */
class PlanningDatabase extends Database {
  readonly plans: PlanNode[] = [];

  override async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const [row] = await super.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (FORMAT JSON) ${sql}`,
      parameters,
    );
    if (row !== undefined) this.plans.push(row['QUERY PLAN'][0].Plan);
    return [];
  }

  override async run<T = unknown>({ text }: PreparedStatement, parameters: readonly unknown[]): Promise<T[]> {
    return this.query<T>(text, parameters);
  }
}

const NO_FILTER = {
  status: undefined,
  storeId: undefined,
  reference: undefined,
  from: undefined,
  to: undefined,
};
const TIME = new Date('2026-01-15T00:00:00Z');
const LIMIT = 101;
/** The job that has nearly all of the images. */
const LARGE = '1';
const LARGE_ID = 'job_1';

const ALL_VISITS: VisitFilter = {
  job: undefined,
  storeId: undefined,
  areaCode: undefined,
  from: undefined,
  to: undefined,
};
const WEEK = { from: new Date('2026-01-12T00:00:00Z'), to: new Date('2026-01-19T00:00:00Z') };
/** What visits are narrowed to, and the indexes of which one serves that. */
const VISITS: readonly (readonly [string, VisitFilter, RegExp])[] = [
  ['all', ALL_VISITS, /^visit_by_time$/],
  ['those of a week', { ...ALL_VISITS, ...WEEK }, /^visit_by_time$/],
  ['those of an area', { ...ALL_VISITS, areaCode: 'A7' }, /^visit_by_area_time$/],
  ['those of an area in a week', { ...ALL_VISITS, ...WEEK, areaCode: 'A7' }, /^visit_by_area_time$/],
  ['those of no area', { ...ALL_VISITS, areaCode: 'none' }, /^visit_by_area_time$/],
  ['those with a reference', { ...ALL_VISITS, reference: 'V-8' }, /^visit_by_reference$/],
  ['those with a reference in a week', { ...ALL_VISITS, ...WEEK, reference: 'V-8' }, /^visit_by_reference$/],
  ['those with a review', { ...ALL_VISITS, review: 'approved' }, /^visit_by_review$/],
  ['those with a review in a week', { ...ALL_VISITS, ...WEEK, review: 'rejected' }, /^visit_by_review$/],
  ['those without a review', { ...ALL_VISITS, review: 'none' }, /^visit_by_time$/],
  [
    'those of a store without a review',
    { ...ALL_VISITS, storeId: 'S7', review: 'none' },
    /^visit_by_store_time$/,
  ],
  [
    'those of a store with a review',
    { ...ALL_VISITS, storeId: 'S7', review: 'approved' },
    /^visit_by_(store_time|review)$/,
  ],
  [
    'those of a job with a review',
    { ...ALL_VISITS, job: LARGE, review: 'approved' },
    /^visit_by_(job_time|review)$/,
  ],
  ['those with a flag', { ...ALL_VISITS, flag: 'common_image' }, /^visit_by_flags$/],
  ['those with any flag in a week', { ...ALL_VISITS, ...WEEK, flag: 'any' }, /^visit_by_flags$/],
  ['those with a flag, without a review', { ...ALL_VISITS, flag: 'any', review: 'none' }, /^visit_by_flags$/],
  ['those of a store with a flag', { ...ALL_VISITS, storeId: 'S7', flag: 'any' }, /^visit_by_store_time$/],
  ['those of a store', { ...ALL_VISITS, storeId: 'S7' }, /^visit_by_store_time$/],
  ['those of a store in a week', { ...ALL_VISITS, ...WEEK, storeId: 'S7' }, /^visit_by_store_time$/],
  [
    'those of a store in an area',
    { ...ALL_VISITS, storeId: 'S7', areaCode: 'A7' },
    /^visit_by_(store|area)_time$/,
  ],
  ['those of a job', { ...ALL_VISITS, job: LARGE }, /^visit_by_job_time$/],
  ['those of a small job', { ...ALL_VISITS, job: '30000' }, /^visit_/],
  ['those of a job in a week', { ...ALL_VISITS, ...WEEK, job: LARGE }, /^visit_by_(job_)?time$/],
  ['those of a job in an area', { ...ALL_VISITS, job: LARGE, areaCode: 'A7' }, /^visit_by_(job|area)_time$/],
  ['those of a job in a store', { ...ALL_VISITS, job: LARGE, storeId: 'S7' }, /^visit_by_(job|store)/],
  ['those of a job in no store', { ...ALL_VISITS, job: LARGE, storeId: 'none' }, /^visit_by_(job|store)/],
];

describe('PostgreSQL', () => {
  let database: TestDatabase;
  let source: DataSource;
  const withoutStatistics = new Map<string, PlanNode[]>();

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = dataSourceOptions(
      { url: database.url, poolSize: 2, silenceMs: 75_000, applicationName: 'test' },
      entities,
    );
    source = await new DataSource(options).initialize();
    await runMigrations(source);
    await database.query(`
      INSERT INTO shelfline.job (job_id, reference, status, run, count, total, pending, succeeded, failed, skipped,
                                 unknown_visits, created_at, finished_at)
      SELECT 'job_' || n, CASE WHEN n % 10 = 0 THEN 'ref-' || n % 500 END,
             CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'completed' END, 1, 1, 4, 0, 3, 1, 0, 0,
             timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-01' + n * interval '2 minutes'
        FROM generate_series(1, 40000) AS n`);
    await database.query(`UPDATE shelfline.job SET callback_url = 'http://h/', run = 2 WHERE id % 2 = 0`);
    await database.query(`
      INSERT INTO shelfline.callback (job, run, webhook_id, url, body, state)
      SELECT id, ended, 'msg_' || id, callback_url, '{}', 'delivered'
        FROM shelfline.job, generate_series(1, run) AS ended WHERE callback_url IS NOT NULL`);
    await database.query(`
      INSERT INTO shelfline.job_store (store_id, job_created_at, job)
      SELECT 'S' || id % 300, created_at, id FROM shelfline.job`);
    await database.query(`
      INSERT INTO shelfline.visit (job, seq, store_id, area_code, visit_time, unknown_store, first_image, image_count,
                                   reference, review_state, flags)
      SELECT CASE WHEN n < 20000 THEN 1 ELSE n END, n % 20000, 'S' || n % 300, 'A' || n % 20,
             timestamptz '2026-01-01Z' + n * 7919 % 40000 * interval '1 minute', n % 100 = 0, n % 20000 * 4, 4,
             CASE WHEN n % 2 = 0 THEN 'V-' || n % 1000 END,
             (ARRAY['approved', 'rejected', 'needs_attention'])[n % 9 + 1],
             CASE WHEN n % 10 = 0 THEN 8 WHEN n % 997 = 0 THEN 1 END
        FROM generate_series(0, 39999) AS n`);
    await database.query(`
      INSERT INTO shelfline.image (job, seq, visit, url, status, run, file_key, picture_key, flags)
      SELECT visit.job, visit.first_image + n, visit.seq, 'http://h/' || n,
             CASE WHEN n = 0 AND visit.seq % 50 = 0 THEN 'failed' ELSE 'succeeded' END, 1,
             -- One file is a placeholder that every visit has.
             CASE n WHEN 3 THEN 7 ELSE visit.job * 1000000 + visit.first_image + n END,
             CASE n WHEN 3 THEN 7 ELSE visit.job * 1000000 + visit.first_image + n END,
             CASE WHEN n = 3 THEN visit.flags END
        FROM shelfline.visit AS visit, generate_series(0, 3) AS n`);
    await database.query(`
      INSERT INTO shelfline.store SELECT 'S' || n, 'Store ' || n, 'A' || n % 200 FROM generate_series(1, 20000) AS n`);
    // As they are for a minute in a database that is new: autovacuum has not come by yet. A job is a few rows then, to be
    // sorted; a large one has statistics made.
    for (const [name, filter] of VISITS)
      if (filter.job === undefined) withoutStatistics.set(name, await visitPlans(filter));
    await database.query('ANALYZE');
  });

  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  /** The nodes of the plans of what is asked. */
  async function planned(ask: (database: PlanningDatabase) => Promise<unknown>): Promise<PlanNode[]> {
    const planning = new PlanningDatabase(source);
    await ask(planning);
    const flat = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flat)];
    return planning.plans.flatMap(flat);
  }

  /** The plans of the first page of visits, and of one far behind it. */
  const visitPlans = async (filter: VisitFilter): Promise<PlanNode[]> =>
    planned(async (db) => {
      for (const after of [undefined, { visit_time: new Date('2026-01-14T00:00:00Z'), job: '1', seq: 7 }]) {
        await new VisitsRepository(db).list(filter, after, LIMIT);
      }
    });

  /** Whether a node merges the pages of the combinations of flags that occur, of which there are few. */
  const mergesFlags = (node: PlanNode): boolean =>
    node['CTE Name'] === 'occurring' || (node.Plans ?? []).some(mergesFlags);

  /** What grows with the table: reading all of it, or sorting more rows than a few pages hold. */
  const growing = (nodes: readonly PlanNode[]): string[] =>
    nodes
      .filter(
        (node) =>
          node['Node Type'] === 'Seq Scan' ||
          (node['Node Type'] === 'Sort' && node['Plan Rows'] > 1_000 && !mergesFlags(node)),
      )
      .map((node) => `${node['Node Type']} ${node['Relation Name'] ?? ''} of ${node['Plan Rows']} rows`);
  const getIndexes = (nodes: readonly PlanNode[]): string[] =>
    nodes.flatMap((node) => node['Index Name'] ?? []);

  const jobs = { ...NO_FILTER };
  it.each([
    ['all', jobs, 'job_by_time'],
    ['those of a status', { ...jobs, status: 'failed' as const }, 'job_by_status'],
    ['those of a reference', { ...jobs, reference: 'ref-100' }, 'job_by_reference'],
    ['those of a time', { ...jobs, from: TIME, to: new Date('2026-01-20T00:00:00Z') }, 'job_by_time'],
    ['those of a store', { ...jobs, storeId: 'S7' }, 'job_store_pkey'],
  ])('PostgreSQL lists jobs in the order of an index, from any cursor: %s', async (_which, filter, index) => {
    for (const after of [undefined, [TIME, '9000'] as const]) {
      const nodes = await planned((db) => new JobsRepository(db).list(filter, after, LIMIT, 100));
      expect(getIndexes(nodes)).toContain(index);
      expect(growing(nodes)).toEqual([]);
    }
  });

  const results = { status: undefined, storeId: undefined };
  it.each([
    ['all', results, /^image_pkey$/],
    ['those of a status', { ...results, status: 'failed' as const }, /^image_by_status$/],
    ['those of a store', { ...results, storeId: 'S7' }, /^visit_by_store$/],
    ['those of a store and a status', { storeId: 'S7', status: 'succeeded' as const }, /^visit_by_store$/],
    ['those with a flag', { ...results, flag: 'same_file' as const }, /^image_by_flags$/],
    ['those with any flag', { ...results, flag: 'any' as const }, /^image_by_flags$/],
    ['those of a store with a flag', { ...results, storeId: 'S7', flag: 'any' as const }, /^visit_by_store$/],
  ])(
    'PostgreSQL lists the results of a job by ranges of indexes, from any cursor: %s',
    async (_which, filter, index) => {
      for (const after of [[0, -1] as const, [15_000, 60_000] as const]) {
        const nodes = await planned((db) => new ImagesRepository(db).results(LARGE_ID, filter, after, LIMIT));
        expect(getIndexes(nodes)).toContainEqual(expect.stringMatching(index));
        const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan');
        expect(scanned.map((node) => node['Relation Name'])).toEqual([]);
      }
    },
  );

  it.each(['succeeded', 'failed'] as const)(
    'PostgreSQL finds what %s by an index also during a sweep',
    async (status) => {
      const nodes = await planned((db) =>
        new ImagesRepository(db).results(LARGE_ID, { status, storeId: undefined }, [0, -1], LIMIT, true),
      );
      const scan = nodes.find((node) => node['Relation Name'] === 'image');
      expect(scan?.['Index Name']).toBe('image_by_status');
    },
  );

  it('PostgreSQL finds the faults of a job without reading succeeded images', async () => {
    const nodes = await planned((db) => new JobsRepository(db).findWithFaults('job_1', 1_000));
    expect(getIndexes(nodes)).toEqual(expect.arrayContaining(['image_by_status', 'visit_unknown']));
    expect(growing(nodes)).toEqual([]);
  });

  it('PostgreSQL finds the due images of a batch, and a job by its id and its key, by a unique index', async () => {
    const images = { job: LARGE, run: 1, from: 400, to: 600 };
    const due = await planned((db) => new ImageBatchesRepository(db).due(images));
    const visits = await planned((db) => new ImageBatchesRepository(db).findVisits(images));
    const byId = await planned((db) => new JobsRepository(db).findByJobId('job_77'));
    const forEvents = await planned((db) => new JobsRepository(db).findForEvents(['job_77', 'job_1'], 100));
    const byKey = await planned((db) => new SubmissionsRepository(db).findByKey({ caller: '', key: 'k' }));
    for (const [nodes, index] of [
      [due, /^(?:image_pkey|image_by_status|job_pkey|job_by_status)$/],
      [visits, /^(?:image_pkey|image_by_status|visit_pkey|store_pkey|job_pkey)$/],
      [byId, /^job_job_id_key$|^UQ_|^callback_pkey$/],
      [forEvents, /^job_job_id_key$|^UQ_|^image_by_status$|^visit_|^callback_pkey$/],
      [byKey, /^job_by_idempotency_key$|^callback_pkey$/],
    ] as const) {
      expect(getIndexes(nodes).filter((name) => !index.test(name))).toEqual([]);
      expect(growing(nodes)).toEqual([]);
    }
  });

  it.each(VISITS)(
    'PostgreSQL lists visits in the order of an index, from any cursor, with statistics and without: %s',
    async (name, filter, index) => {
      const plans = [await visitPlans(filter), withoutStatistics.get(name)];
      for (const nodes of plans.filter((plan) => plan !== undefined)) {
        const used = getIndexes(nodes).filter((each) => each.startsWith('visit'));
        expect(used.length).toBeGreaterThanOrEqual(2);
        expect(used.filter((each) => !index.test(each))).toEqual([]);
        expect(growing(nodes)).toEqual([]);
      }
    },
  );

  it('PostgreSQL reads visits and their images by their keys', async () => {
    const keys = Array.from({ length: 100 }, (_, n) => ({ visit_time: TIME, job: LARGE, seq: n * 7 }));
    const nodes = await planned((db) => new VisitsRepository(db).read(keys));
    expect(getIndexes(nodes)).toEqual(expect.arrayContaining(['visit_pkey', 'image_pkey']));
    expect(growing(nodes)).toEqual([]);
  });

  it.each(['file_key', 'picture_key'] as const)(
    'finds the uses of a file by the index of its %s, however often it was used',
    async (column) => {
      const range = { job: LARGE, from: 2_000, to: 4_000 };
      const wanted = [{ key: '7', store_id: 'S7', visit_time: TIME, file_key: '7' }];
      const nodes = await planned(async (db) => {
        const comparisons = new ComparisonRepository(db);
        await comparisons.findShared(column, range, 0);
        await comparisons.findWanted(db, column, ['7', '1000001'], range, 15);
        await comparisons.findUsesAfter(db, column, '7', { job: LARGE, seq: 4_000 });
        await new EvidenceRepository(db).findOthers(column, wanted);
      });
      expect(getIndexes(nodes)).toContain(`image_by_${column}`);
      expect(growing(nodes).filter((each) => !each.startsWith('Sort'))).toEqual([]);
    },
  );

  it('looks up the other evidence by the index of the file', async () => {
    const nodes = await planned(async (db) => {
      const evidence = new EvidenceRepository(db);
      await evidence.findInVisit([{ key: '7', job: LARGE, visit: 9 }]);
      await evidence.countStores(['7', '1000001']);
    });
    expect(getIndexes(nodes)).toContain('image_by_file_key');
    expect(growing(nodes)).toEqual([]);
  });

  it('PostgreSQL lists stores in the order of an index, also those of an area', async () => {
    const all = await planned((db) =>
      new StoresRepository(db).list({ areaCode: undefined, q: undefined }, 'S5', LIMIT),
    );
    const area = await planned((db) =>
      new StoresRepository(db).list({ areaCode: 'A7', q: undefined }, 'S5', LIMIT),
    );
    expect(getIndexes(all)).toContain('store_pkey');
    expect(getIndexes(area)).toContain('store_by_area');
    expect(growing([...all, ...area])).toEqual([]);
  });
});
