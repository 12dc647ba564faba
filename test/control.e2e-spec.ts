import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { Gate, ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const UNKNOWN = 'job_20241116100000_00000000000000000000';
const MISSING = '/missing.gif';

describe('the control of jobs', () => {
  let host: ImageHost;
  /** Takes jobs and answers, and processes nothing. */
  let api: TestApplication;
  /** Processes as well. */
  let all: TestApplication;
  const workers: TestApplication[] = [];

  beforeAll(async () => {
    host = await ImageHost.start();
    host.serve('/a.gif', GIF);
    api = await TestApplication.start({ ROLE: 'api' });
    all = await TestApplication.start();
  });

  afterAll(async () => {
    await Promise.all([api.close(), all.close()]);
    await host.close();
  });

  /** A worker beside `api`, for the rest of the test. */
  async function startWorker(environment: Readonly<Record<string, string>> = {}): Promise<TestApplication> {
    const worker = await TestApplication.startOn(api.database, { ...environment, ROLE: 'worker' });
    workers.push(worker);
    return worker;
  }

  // One that a failed test left would process the jobs of the next.
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  });

  const cancel = (at: TestApplication, jobId: string) => at.post(`/api/jobs/${jobId}/cancel`, '');
  const retry = (at: TestApplication, jobId: string) => at.post(`/api/jobs/${jobId}/retry`, '');
  const remove = (at: TestApplication, jobId: string) =>
    fetch(`${at.origin}/api/jobs/${jobId}`, { method: 'DELETE' });

  async function statuses(at: TestApplication, jobId: string, query = ''): Promise<string[]> {
    const { json } = await at.get(`/api/jobs/${jobId}/images?limit=1000${query}`);
    return json.items.map((image: { status: string }) => image.status);
  }

  /** The statuses of the rows as they are, whatever they are read as. */
  async function rows(at: TestApplication, jobId: string): Promise<Record<string, number>> {
    const found = await at.database.query<{ status: string; rows: number }>(
      `SELECT image.status, count(*)::int AS rows FROM shelfline.image JOIN shelfline.job ON job.id = image.job
        WHERE job_id = $1 GROUP BY 1`,
      [jobId],
    );
    return Object.fromEntries(found.map((row) => [row.status, row.rows]));
  }

  async function getSwept(at: TestApplication, jobId: string): Promise<true> {
    return until(async () => {
      const [row] = await at.database.query<{ rows_behind: boolean }>(
        'SELECT rows_behind FROM shelfline.job WHERE job_id = $1',
        [jobId],
      );
      return row?.rows_behind === false ? true : undefined;
    }, `the rows of ${jobId}`);
  }

  describe('answers by the state of the job', () => {
    /** A job in each state, made anew for each call. */
    const inState = {
      ongoing: () => api.submit([{ store_id: 'RP00002', image_url: [host.url('/a.gif')] }]),
      completed: async () => {
        const jobId = await all.submit([{ store_id: 'RP00002', image_url: [host.url('/a.gif')] }]);
        await all.finished(jobId);
        return jobId;
      },
      failed: () => api.submit([{ store_id: 'NOWHERE', image_url: [host.url('/a.gif')] }]),
      cancelled: async () => {
        const jobId = await inState.ongoing();
        await cancel(api, jobId);
        return jobId;
      },
    };
    const at = (state: string): TestApplication => (state === 'completed' ? all : api);

    it.each([
      ['ongoing', 200, 409, 409],
      ['completed', 409, 409, 204],
      ['failed', 409, 202, 204],
      ['cancelled', 409, 202, 204],
    ] as const)(
      'the control routes answer by the state of the job: %s: cancel %d, retry %d, delete %d',
      async (state, cancelled, retried, deleted) => {
        const first = await cancel(at(state), await inState[state]());
        const second = await retry(at(state), await inState[state]());
        const third = await remove(at(state), await inState[state]());
        expect([first.status, second.status, third.status]).toEqual([cancelled, retried, deleted]);
        for (const answer of [first, second].filter(({ status }) => status === 409)) {
          expect(answer.json).toEqual({
            error: expect.stringMatching(new RegExp(`^The job is ${state}: .*\\.$`)),
            code: `job_${state}`,
            details: [],
          });
        }
      },
    );

    it.each([UNKNOWN, 'job_1', '%00', '%F0%9F%9B%92'])(
      'the control routes answer 404 for an unknown job: %s',
      async (id) => {
        const answers = [await cancel(api, id), await retry(api, id)];
        for (const { status, json } of answers) {
          expect({ status, json }).toEqual({
            status: 404,
            json: { error: 'Job not found', code: 'job_not_found', details: [] },
          });
        }
        expect((await remove(api, id)).status).toBe(404);
      },
    );
  });

  describe('cancel', () => {
    it('a cancel shows at once in the job and in every image, and the rows follow', async () => {
      const urls = Array.from({ length: 300 }, () => host.url('/a.gif'));
      const jobId = await api.submit([
        { store_id: 'RP00002', image_url: urls },
        { store_id: 'NOWHERE', image_url: urls },
      ]);
      const { json } = await cancel(api, jobId);
      expect(json).toMatchObject({
        status: 'cancelled',
        images: { total: 600, pending: 0, succeeded: 0, failed: 0, skipped: 600 },
        error: [{ store_id: 'NOWHERE', error: 'Store ID does not exist' }],
        error_count: 1,
      });
      expect(json.finished_at).not.toBeNull();
      expect((await api.get(`/api/status?jobid=${jobId}`)).json).toEqual({
        job_id: jobId,
        status: 'cancelled',
      });
      expect(await rows(api, jobId)).toEqual({ pending: 300, skipped: 300 });
      expect(await statuses(api, jobId)).toEqual(Array(600).fill('skipped'));
      expect(await statuses(api, jobId, '&status=skipped&store_id=RP00002')).toHaveLength(300);
      expect(await statuses(api, jobId, '&status=pending')).toEqual([]);
      const worker = await startWorker();
      await getSwept(api, jobId);
      await worker.stop();
      expect(await rows(api, jobId)).toEqual({ skipped: 600 });
      expect(await statuses(api, jobId, '&status=skipped')).toHaveLength(600);
    });

    it('a cancel keeps recorded results, and later results change nothing', async () => {
      const gate = new Gate();
      const held = host.serve('/held-cancel.gif', GIF, { gate });
      const jobId = await all.submit([{ store_id: 'RP00002', image_url: [host.url('/a.gif'), held] }]);
      await host.arrived(1, '/held-cancel.gif');
      await until(async () => {
        const [first] = await statuses(all, jobId);
        return first === 'succeeded' ? true : undefined;
      }, 'the first result');
      const images = { total: 2, pending: 0, succeeded: 1, failed: 0, skipped: 1 };
      expect((await cancel(all, jobId)).json.images).toEqual(images);
      gate.open();
      await getSwept(all, jobId);
      const next = await all.submit([{ store_id: 'RP00002', image_url: [host.url('/a.gif')] }]);
      await all.finished(next);
      expect((await all.get(`/api/jobs/${jobId}`)).json.images).toEqual(images);
      expect(await rows(all, jobId)).toEqual({ skipped: 1, succeeded: 1 });
    });
  });

  describe('retry', () => {
    it('a retry starts failed images over, and continues the count of attempts', async () => {
      const url = host.url('/late.gif');
      const jobId = await all.submit([{ store_id: 'RP00002', image_url: [host.url('/a.gif'), url] }]);
      const before = await all.finished(jobId);
      expect(before).toMatchObject({ status: 'failed', images: { succeeded: 1, failed: 1 } });
      host.serve('/late.gif', GIF);
      const { status, json } = await retry(all, jobId);
      expect(status).toBe(202);
      expect(json).toMatchObject({
        status: 'ongoing',
        images: { total: 2, pending: 1, succeeded: 1, failed: 0, skipped: 0 },
        started_at: before.started_at,
        finished_at: null,
        error: [],
        error_count: 0,
      });
      expect(await all.finished(jobId)).toMatchObject({ status: 'completed', images: { succeeded: 2 } });
      const { items } = (await all.get(`/api/jobs/${jobId}/images`)).json;
      expect(items.map((image: { attempts: number }) => image.attempts)).toEqual([1, 2]);
      expect(items[1]).toMatchObject({ status: 'succeeded', error: null, error_code: null, width: 2 });
    });

    it('a retried image has all its attempts again', async () => {
      const path = '/always-500.gif';
      const jobId = await all.submit([
        { store_id: 'RP00002', image_url: [host.serve(path, GIF, { status: 500 })] },
      ]);
      await all.finished(jobId);
      await retry(all, jobId);
      await all.finished(jobId);
      expect(host.requestsFor(path)).toHaveLength(8);
      const { items } = (await all.get(`/api/jobs/${jobId}/images`)).json;
      expect(items[0]).toMatchObject({ status: 'failed', attempts: 8 });
    });

    it('a retry looks up stores again: added ones and deleted ones', async () => {
      const visits = [
        { store_id: 'CAME', image_url: [host.url('/a.gif'), host.url('/a.gif')] },
        { store_id: 'WENT', image_url: [host.url(MISSING)] },
        { store_id: 'NEVER', image_url: [host.url('/a.gif')] },
      ];
      const store = { store_name: 'A', area_code: '1' };
      await all.send('PUT', '/api/stores/WENT', store);
      const jobId = await all.submit(visits);
      expect(await all.finished(jobId)).toMatchObject({
        status: 'failed',
        images: { failed: 1, skipped: 3 },
        error_count: 3,
      });
      await all.send('PUT', '/api/stores/CAME', store);
      await fetch(`${all.origin}/api/stores/WENT`, { method: 'DELETE' });
      await retry(all, jobId);
      const job = await all.finished(jobId);
      expect(job).toMatchObject({
        status: 'failed',
        images: { total: 4, pending: 0, succeeded: 2, failed: 0, skipped: 2 },
        error: [
          { store_id: 'WENT', error: 'Store ID does not exist' },
          { store_id: 'NEVER', error: 'Store ID does not exist' },
        ],
        error_count: 2,
      });
    });

    it('a retry ends a job at once if no image is to be fetched again', async () => {
      const jobId = await all.submit([{ store_id: 'NEVER', image_url: [host.url('/a.gif')] }]);
      expect((await retry(all, jobId)).json).toMatchObject({ status: 'ongoing', images: { pending: 1 } });
      expect(await all.finished(jobId)).toMatchObject({
        status: 'failed',
        images: { pending: 0, skipped: 1 },
        error_count: 1,
      });
    });

    it('a retried job that ends early has no unswept rows', async () => {
      const done = Array.from({ length: 1_000 }, () => host.url('/a.gif'));
      const jobId = await all.submit([
        { store_id: 'NEVER', image_url: [host.url('/a.gif')] },
        ...Array.from({ length: 6 }, () => ({ store_id: 'RP00002', image_url: done })),
      ]);
      await all.finished(jobId);
      await retry(all, jobId);
      expect(await all.finished(jobId)).toMatchObject({ status: 'failed', images: { succeeded: 6_000 } });
      await getSwept(all, jobId);
    });

    it('a retry shows at once in the job and in every image, also if cancelled again, and the rows follow', async () => {
      const jobId = await api.submit([
        { store_id: 'RP00002', image_url: [host.url('/a.gif')] },
        { store_id: 'NOWHERE', image_url: [host.url('/a.gif'), host.url('/a.gif')] },
      ]);
      await cancel(api, jobId);
      const { json } = await retry(api, jobId);
      expect(json).toMatchObject({ images: { total: 3, pending: 3, skipped: 0 }, error: [], error_count: 0 });
      expect(await statuses(api, jobId)).toEqual(['pending', 'pending', 'pending']);
      expect(await statuses(api, jobId, '&status=pending&store_id=NOWHERE')).toHaveLength(2);
      expect(await statuses(api, jobId, '&status=skipped')).toEqual([]);
      const again = await cancel(api, jobId);
      expect(again.json).toMatchObject({ images: { total: 3, pending: 0, skipped: 3 }, error: [] });
      expect(await statuses(api, jobId, '&status=skipped')).toHaveLength(3);
      await retry(api, jobId);
      const worker = await startWorker();
      expect(await api.finished(jobId)).toMatchObject({
        status: 'failed',
        images: { total: 3, pending: 0, succeeded: 1, failed: 0, skipped: 2 },
        error: [{ store_id: 'NOWHERE', error: 'Store ID does not exist' }],
        error_count: 1,
      });
      await worker.stop();
      expect(await rows(api, jobId)).toEqual({ succeeded: 1, skipped: 2 });
    });

    it('a job never shows other faults than it counts, and a failed job never none', async () => {
      const jobId = await all.submit(
        Array.from({ length: 20 }, () => ({ store_id: 'NEVER', image_url: [host.url('/a.gif')] })),
      );
      const seen = new Set<string>();
      const read = async (): Promise<void> => {
        for (let n = 0; n < 40; n += 1) {
          const [{ json: job }, { json: status }] = await Promise.all([
            all.get(`/api/jobs/${jobId}`),
            all.get(`/api/status?jobid=${jobId}`),
          ]);
          if (job.error.length !== job.error_count) seen.add(`${job.error.length} of ${job.error_count}`);
          if (status.error?.length === 0) seen.add('failed, for nothing');
        }
      };
      const control = async (): Promise<void> => {
        for (let n = 0; n < 40; n += 1) {
          await retry(all, jobId);
          await all.finished(jobId);
        }
      };
      await Promise.all([...Array.from({ length: 8 }, read), control()]);
      expect([...seen]).toEqual([]);
    });

    it('two concurrent retries begin one run', async () => {
      const jobId = await api.submit([{ store_id: 'NOWHERE', image_url: [host.url('/a.gif')] }]);
      const answers = await Promise.all([retry(api, jobId), retry(api, jobId)]);
      expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([202, 409]);
    });
  });

  describe('delete', () => {
    it('a delete removes all rows of the job, and of no other', async () => {
      const urls = Array.from({ length: 400 }, () => host.url('/a.gif'));
      const kept = await all.submit([{ store_id: 'RP00004', image_url: urls }]);
      const gone = await all.submit([
        { store_id: 'RP00004', image_url: urls },
        { store_id: 'RP00005', image_url: urls },
      ]);
      await Promise.all([all.finished(kept), all.finished(gone)]);
      const [row] = await all.database.query<{ id: string }>(
        'SELECT id FROM shelfline.job WHERE job_id = $1',
        [gone],
      );
      expect((await remove(all, gone)).status).toBe(204);
      expect((await all.get(`/api/jobs/${gone}`)).status).toBe(404);
      expect((await all.get(`/api/jobs/${gone}/images`)).status).toBe(404);
      expect((await all.get(`/api/status?jobid=${gone}`)).json).toEqual({ error: 'Job not found' });
      const listed = (await all.get('/api/jobs?store_id=RP00004')).json.items;
      expect(listed.map((job: { job_id: string }) => job.job_id)).toEqual([kept]);
      await until(async () => {
        const [left] = await all.database.query<{ rows: number }>(
          `SELECT (SELECT count(*) FROM shelfline.image WHERE job = $1)::int
                + (SELECT count(*) FROM shelfline.visit WHERE job = $1)::int
                + (SELECT count(*) FROM shelfline.job_store WHERE job = $1)::int AS rows`,
          [row?.id],
        );
        return left?.rows === 0 ? true : undefined;
      }, 'the end of the rows');
      expect(await statuses(all, kept)).toHaveLength(400);
    });

    it('a deleted job shows all of its results or does not exist', async () => {
      const urls = Array.from({ length: 900 }, () => host.url('/a.gif'));
      const jobId = await all.submit([{ store_id: 'RP00006', image_url: urls }]);
      await all.finished(jobId);
      const path = `/api/jobs/${jobId}/images?limit=1000`;
      const reads = Array.from({ length: 20 }, () => all.get(path));
      await remove(all, jobId);
      reads.push(...Array.from({ length: 20 }, () => all.get(path)));
      const seen = (await Promise.all(reads)).map(({ status, json }) => `${status} ${json.items?.length}`);
      expect(seen.filter((answer) => answer !== '200 900' && answer !== '404 undefined')).toEqual([]);
    });
  });

  it('a retry does not wait for the rows of deleted jobs', async () => {
    const unknown = [{ store_id: 'NOWHERE', image_url: [host.url('/a.gif')] }];
    const gone = await Promise.all(Array.from({ length: 20 }, () => api.submit(unknown)));
    const jobId = await api.submit(unknown);
    for (const id of gone) await remove(api, id);
    await retry(api, jobId);
    const worker = await startWorker();
    await api.finished(jobId);
    const [before] = await api.database.query<{ purges: number }>(
      `SELECT count(*)::int AS purges
         FROM shelfline_queue.job AS purge
         JOIN shelfline_queue.job AS retry ON retry.name = 'sweeps' AND retry.data ->> 'kind' = 'retried'
         JOIN shelfline.job AS job ON job.job_id = $1 AND job.id = (retry.data ->> 'job')::bigint
        WHERE purge.name = 'sweeps' AND purge.data ->> 'kind' LIKE 'deleted_%'
          AND purge.started_on >= retry.created_on AND purge.started_on < retry.started_on`,
      [jobId],
    );
    await worker.stop();
    expect(before).toEqual({ purges: 0 });
  });

  it('retention deletes jobs that ended before its limit', async () => {
    const old = await api.submit([{ store_id: 'NOWHERE', image_url: [host.url('/a.gif')] }]);
    const young = await api.submit([{ store_id: 'NOWHERE', image_url: [host.url('/a.gif')] }]);
    const ongoing = await api.submit([{ store_id: 'RP00002', image_url: [host.url('/a.gif')] }]);
    await api.database.query(
      `UPDATE shelfline.job SET created_at = now() - interval '40 days',
              finished_at = CASE WHEN job_id = $1 THEN now() - interval '31 days' END
        WHERE job_id IN ($1, $2)`,
      [old, ongoing],
    );
    const worker = await startWorker({ JOB_RETENTION_DAYS: '30' });
    await until(
      async () => ((await api.get(`/api/jobs/${old}`)).status === 404 ? true : undefined),
      'the purge',
    );
    await worker.stop();
    expect((await api.get(`/api/jobs/${young}`)).status).toBe(200);
    expect((await api.get(`/api/jobs/${ongoing}`)).status).toBe(200);
  });
});
