/** What a platform changes by code, in transactions of its own. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import {
  InvalidInputError,
  JobControlService,
  JobNotFoundError,
  JobsService,
  NotFoundError,
  StoresService,
  VisitsService,
  type WriteOptions,
} from '../src/index.js';
import { Heard, TestPlatform } from './support/platform.js';
import { until } from './support/until.js';

const UNKNOWN = 'job_20241116100000_00000000000000000000';
const STORE = { store_id: 'A1', store_name: 'Corner', area_code: '7' };

let platform: TestPlatform;
let jobs: JobsService;
let control: JobControlService;
let visits: VisitsService;
let stores: StoresService;

beforeAll(async () => {
  platform = await TestPlatform.start({
    // Nothing processes the jobs, so that their state is that of the calls.
    options: { role: 'api', callbacks: { secrets: `whsec_${Buffer.alloc(24).toString('base64')}` } },
    controllers: false,
  });
  jobs = platform.app.get(JobsService, { strict: false });
  control = platform.app.get(JobControlService, { strict: false });
  visits = platform.app.get(VisitsService, { strict: false });
  stores = platform.app.get(StoresService, { strict: false });
  await stores.put(STORE);
});
afterAll(() => platform.stop());

async function submit(callback_url: string | null = null): Promise<string> {
  const image_url = ['http://127.0.0.1:9/1.gif'];
  const visit = { store_id: 'A1', image_url, visit_time: new Date('2026-11-16T12:00:00Z') };
  return (await jobs.submit({ visits: [visit], callback_url })).jobId;
}

async function findVisit(jobId: string): Promise<string> {
  const { items } = await visits.list({ jobId });
  return items[0]?.visit_id ?? '';
}

/** Makes a change in a transaction that is rolled back. Returns the result of the change. */
async function rolledBack<T>(change: (options: WriteOptions) => Promise<T>): Promise<T> {
  let result: Promise<T> | undefined;
  const transaction = platform.dataSource.transaction(async (manager) => {
    result = change({ manager });
    await result;
    throw new Error('roll back');
  });
  await expect(transaction).rejects.toThrow('roll back');
  if (result === undefined) throw new Error('nothing was changed');
  return result;
}

describe('a change in a transaction of the platform', () => {
  it('a store that is changed in a transaction is changed after its commit only', async () => {
    const id = { store_id: 'NEW' };
    expect(await rolledBack((options) => stores.put({ ...STORE, ...id }, options))).toBe(true);
    await expect(stores.get('NEW')).rejects.toThrow(NotFoundError);
    await rolledBack((options) => stores.delete('A1', options));
    expect(await stores.get('A1')).toMatchObject(STORE);
    await platform.dataSource.transaction(async (manager) => {
      await stores.put({ ...STORE, ...id }, { manager });
      const changed = await stores.change({ ...id, store_name: 'Renamed' }, { manager });
      expect(changed).toMatchObject({ isNew: false, store: { store_name: 'Renamed' } });
      await expect(stores.get('NEW')).rejects.toThrow(NotFoundError);
    });
    expect(await stores.get('NEW')).toMatchObject({ store_name: 'Renamed' });
    await platform.dataSource.transaction((manager) => stores.delete('NEW', { manager }));
    await expect(stores.get('NEW')).rejects.toThrow(NotFoundError);
  });

  it('a review that is written in a transaction is there after its commit only', async () => {
    const visit = await findVisit(await submit());
    const seen = await rolledBack((options) => visits.review(visit, { state: 'approved' }, options));
    expect(seen.review).toMatchObject({ state: 'approved' });
    expect((await visits.get(visit)).review).toBeNull();
    await platform.dataSource.transaction((manager) =>
      visits.review(visit, { state: 'rejected' }, { by: 'Desk 4', manager }),
    );
    await rolledBack((options) => visits.deleteReview(visit, options));
    expect((await visits.get(visit)).review).toMatchObject({ state: 'rejected', by: 'Desk 4' });
    await platform.dataSource.transaction((manager) => visits.deleteReview(visit, { manager }));
    expect((await visits.get(visit)).review).toBeNull();
  });

  it('a job that is cancelled in a transaction is ongoing, and has no event, unless it commits', async () => {
    const [kept, cancelled] = [await submit(), await submit()];
    expect(await rolledBack((options) => control.cancel(kept, options))).toMatchObject({
      status: 'cancelled',
    });
    await platform.dataSource.transaction((manager) => control.cancel(cancelled, { manager }));
    const { finished } = platform.app.get(Heard);
    await until(async () => finished.find(({ job_id }) => job_id === cancelled), 'the event');
    expect(finished.filter(({ job_id }) => job_id === kept)).toEqual([]);
    expect((await jobs.get(kept)).status).toBe('ongoing');
    expect((await jobs.get(cancelled)).status).toBe('cancelled');
  });

  it('a job that is retried, called back or deleted in a transaction is so after its commit only', async () => {
    const jobId = await submit('https://example.com/hook');
    await control.cancel(jobId);
    await rolledBack((options) => control.retry(jobId, options));
    await rolledBack((options) => control.sendCallbackAgain(jobId, options));
    await rolledBack((options) => control.delete(jobId, options));
    expect((await jobs.get(jobId)).status).toBe('cancelled');
    await platform.dataSource.transaction(async (manager) => {
      await control.sendCallbackAgain(jobId, { manager });
      expect((await control.retry(jobId, { manager })).status).toBe('ongoing');
      expect((await control.cancel(jobId, { manager })).status).toBe('cancelled');
      await control.delete(jobId, { manager });
      await expect(control.delete(jobId, { manager })).rejects.toThrow(JobNotFoundError);
    });
    await expect(jobs.get(jobId)).rejects.toThrow(JobNotFoundError);
  });

  it('a refused change leaves the transaction usable', async () => {
    const ongoing = await submit();
    await platform.dataSource.transaction(async (manager) => {
      await expect(control.retry(ongoing, { manager })).rejects.toMatchObject({ status: 409 });
      await expect(control.cancel(UNKNOWN, { manager })).rejects.toThrow(JobNotFoundError);
      await expect(stores.put({ store_id: 'A\0' }, { manager })).rejects.toThrow(InvalidInputError);
      await expect(stores.delete('NOWHERE', { manager })).rejects.toThrow(NotFoundError);
      await expect(visits.deleteReview('visit_0_0', { manager })).rejects.toThrow(NotFoundError);
      await stores.put({ ...STORE, store_name: 'Committed' }, { manager });
    });
    expect(await stores.get('A1')).toMatchObject({ store_name: 'Committed' });
  });

  it('a manager of another DataSource is refused', async () => {
    const jobId = await submit();
    const visit = await findVisit(jobId);
    const other = await new DataSource({ type: 'postgres', url: platform.database.url }).initialize();
    try {
      await other.transaction(async (manager) => {
        const changes = [
          () => stores.put(STORE, { manager }),
          () => stores.delete('A1', { manager }),
          () => visits.review(visit, { state: 'approved' }, { manager }),
          () => visits.deleteReview(visit, { manager }),
          () => control.cancel(jobId, { manager }),
          () => control.retry(jobId, { manager }),
          () => control.delete(jobId, { manager }),
          () => control.sendCallbackAgain(jobId, { manager }),
        ];
        for (const change of changes) await expect(change()).rejects.toThrow('another DataSource');
      });
    } finally {
      await other.destroy();
    }
  });
});

it.each(['A\0', '\0', '', 'x'.repeat(65), '\uD800'])(
  'a store with the id %j is refused as an invalid input',
  async (store_id) => {
    await expect(stores.put({ ...STORE, store_id })).rejects.toThrow(InvalidInputError);
  },
);
