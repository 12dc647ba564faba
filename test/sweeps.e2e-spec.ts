import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findBrokenInvariants, untilTasksEnd } from './support/broken-invariants.js';
import { type Answer, TestApplication } from './support/application.js';
import { ImageHost } from './support/image-host.js';
import { HeldLocks, waitsForLock, waitsOrAnswers } from './support/locks.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

/** Steps of a sweep, and what comes in while one is under way: the order is forced by locks that a test holds. */
describe('the step of a sweep', () => {
  let host: ImageHost;
  /** Takes jobs, and processes nothing. */
  let api: TestApplication;
  let running: TestApplication[] = [];
  let held: HeldLocks[] = [];

  beforeAll(async () => {
    host = await ImageHost.start();
    host.serve('/a.gif', GIF);
  });

  afterAll(async () => host.close());

  beforeEach(async () => {
    api = await TestApplication.start({ ROLE: 'api' });
  });

  afterEach(async () => {
    await Promise.all(held.map((locks) => locks.release()));
    await Promise.all(running.map((worker) => worker.stop()));
    held = [];
    running = [];
    await api.close();
  });

  const cancel = (jobId: string): Promise<Answer> => api.post(`/api/jobs/${jobId}/cancel`, '');
  const retry = (jobId: string): Promise<Answer> => api.post(`/api/jobs/${jobId}/retry`, '');
  const submit = (images: number, store_id = 'RP00002'): Promise<string> =>
    api.submit([{ store_id, image_url: Array.from({ length: images }, () => host.url('/a.gif')) }]);

  async function startWorker(): Promise<void> {
    running.push(await TestApplication.startOn(api.database, { ROLE: 'worker' }));
  }

  /** Locks the last image of a job: a step has locked all else that it locks when it comes to wait for this. */
  async function holdLastImage(): Promise<HeldLocks> {
    const locks = await HeldLocks.hold(
      api.database,
      'SELECT FROM shelfline.image ORDER BY job DESC, seq DESC LIMIT 1 FOR UPDATE',
    );
    held.push(locks);
    return locks;
  }

  const brokenInvariants = async (): Promise<string[]> => findBrokenInvariants(api.database);
  const atRest = async (): Promise<void> => untilTasksEnd(api.database);

  it('a retry waits for the sweep of a cancelled job, and fetches all images', async () => {
    const jobId = await submit(3);
    await cancel(jobId);
    const locks = await holdLastImage();
    await startWorker();
    await waitsForLock(api.database, '%UPDATE shelfline.image%skipped%');
    const retried = retry(jobId);
    const first = await waitsOrAnswers(retried, api.database, '%UPDATE shelfline.job%');
    await locks.release();
    expect(first).toBe('waits');
    expect((await retried).status).toBe(202);
    expect(await api.finished(jobId)).toMatchObject({
      status: 'completed',
      images: { total: 3, pending: 0, succeeded: 3, failed: 0, skipped: 0 },
    });
    await atRest();
    expect(await brokenInvariants()).toEqual([]);
  });

  it('a cancel waits for the sweep of a retried job, and nothing is fetched afterwards', async () => {
    const jobId = await submit(3);
    await cancel(jobId);
    await retry(jobId);
    const locks = await holdLastImage();
    await startWorker();
    await waitsForLock(api.database, '%UPDATE shelfline.image%earlier_attempts%');
    const cancelled = cancel(jobId);
    const first = await waitsOrAnswers(cancelled, api.database, '%UPDATE shelfline.job%');
    await locks.release();
    expect(first).toBe('waits');
    expect((await cancelled).json).toMatchObject({
      status: 'cancelled',
      images: { pending: 0, skipped: 3 },
    });
    await atRest();
    expect(await brokenInvariants()).toEqual([]);
  });

  it('a step of a sweep changes nothing after the job changed its state again', async () => {
    const jobId = await submit(3);
    await cancel(jobId);
    const tasks = await api.database.query<{ data: object }>(
      `SELECT data FROM shelfline_queue.job WHERE name = 'sweeps'`,
    );
    expect(tasks).toEqual([{ data: expect.objectContaining({ kind: 'cancelled', run: 1, from: 0 }) }]);
    await retry(jobId);
    await startWorker();
    expect(await api.finished(jobId)).toMatchObject({ status: 'completed', images: { succeeded: 3 } });
    // The sweep of the first run comes once more, as after a worker was taken for dead.
    await api.database.query(
      `UPDATE shelfline_queue.job SET state = 'created', started_on = NULL, completed_on = NULL
        WHERE name = 'sweeps' AND data ->> 'kind' = 'cancelled'`,
    );
    await atRest();
    expect((await api.get(`/api/jobs/${jobId}`)).json).toMatchObject({
      status: 'completed',
      images: { succeeded: 3, skipped: 0 },
    });
    expect(await brokenInvariants()).toEqual([]);
  });

  it('a sweep continues to the last image of a large job', async () => {
    const done = Array.from({ length: 1_000 }, () => host.url('/a.gif'));
    const jobId = await api.submit(
      Array.from({ length: 5 }, () => ({ store_id: 'RP00002', image_url: done })),
    );
    await cancel(jobId);
    await startWorker();
    await atRest();
    const rows = await api.database.query<{ status: string; rows: number; rows_behind: boolean }>(
      `SELECT image.status, rows_behind, count(*)::int AS rows
         FROM shelfline.image JOIN shelfline.job ON job.id = image.job GROUP BY 1, 2`,
    );
    expect(rows).toEqual([{ status: 'skipped', rows_behind: false, rows: 5_000 }]);
    expect(await brokenInvariants()).toEqual([]);
  });

  describe('of a retried job', () => {
    const getArea = async (jobId: string): Promise<string | null> =>
      (await api.get(`/api/visits?job_id=${jobId}`)).json.items[0].area_code;

    it('a retry leaves a visit the area that its store had when the job was submitted', async () => {
      await api.send('PUT', '/api/stores/MOVED', { store_name: 'Corner', area_code: 'old' });
      const jobId = await submit(1, 'MOVED');
      await cancel(jobId);
      await api.send('PUT', '/api/stores/MOVED', { store_name: 'Corner', area_code: 'new' });
      await retry(jobId);
      await startWorker();
      expect(await api.finished(jobId)).toMatchObject({ status: 'completed' });
      expect(await getArea(jobId)).toBe('old');
      expect((await api.get('/api/visits?area_code=new')).json.items).toEqual([]);
    });

    it('a retry gives a visit the area of a store that was unknown before', async () => {
      const jobId = await submit(1, 'CAME');
      expect(await getArea(jobId)).toBeNull();
      await api.send('PUT', '/api/stores/CAME', { store_name: 'Corner', area_code: 'new' });
      await retry(jobId);
      await startWorker();
      expect(await api.finished(jobId)).toMatchObject({ status: 'completed' });
      expect(await getArea(jobId)).toBe('new');
    });

    it('a retry does not change the visits and images of other jobs', async () => {
      const [other, jobId] = [await submit(2, 'CAME'), await submit(2, 'CAME')];
      await api.send('PUT', '/api/stores/CAME', { store_name: 'Corner', area_code: 'new' });
      await retry(jobId);
      await startWorker();
      expect(await api.finished(jobId)).toMatchObject({ status: 'completed' });
      expect((await api.get(`/api/jobs/${other}`)).json).toMatchObject({
        status: 'failed',
        images: { total: 2, pending: 0, skipped: 2 },
        error_count: 1,
      });
      expect(await getArea(other)).toBeNull();
      expect(await brokenInvariants()).toEqual([]);
    });
  });
});
