import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ImageResult } from '../src/images/images.repository.js';
import { BatchProcessor } from '../src/processing/batch.processor.js';
import { BatchRecorder } from '../src/processing/batch-recorder.js';
import type { Batch } from '../src/processing/batch.js';
import { ResultWriter } from '../src/processing/result-writer.js';
import type { HeldTask } from '../src/queue/task-runner.js';
import { type Job, TestApplication } from './support/application.js';
import { Gate, ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

/** A batch that runs twice at once, as after its worker was taken for dead: gates at the host force the order. */
describe('a batch of two holders', () => {
  let host: ImageHost;
  /** Nothing takes tasks off its queue: the tests run the batches. */
  let api: TestApplication;
  let gates: Gate[] = [];

  beforeAll(async () => {
    host = await ImageHost.start();
    api = await TestApplication.start({ ROLE: 'api' });
  });

  afterEach(() => {
    for (const gate of gates) gate.open();
    gates = [];
  });

  afterAll(async () => {
    await api.close();
    await host.close();
  });

  /** An image whose requests are answered one by one, each when its gate opens. */
  function gated(path: string, bytes: Buffer = GIF): readonly [url: string, first: Gate, second: Gate] {
    const own = [new Gate(), new Gate()] as const;
    gates.push(...own);
    let requests = 0;
    const url = host.handle(path, (_request, response) => {
      const gate = own[Math.min(requests, 1)];
      requests += 1;
      void gate?.opened.then(() => response.end(bytes));
    });
    return [url, ...own];
  }

  async function submit(urls: readonly string[]): Promise<{ jobId: string; batch: Batch }> {
    const jobId = await api.submit([{ store_id: 'RP00002', image_url: urls }]);
    const [row] = await api.database.query<{ id: string }>('SELECT id FROM shelfline.job WHERE job_id = $1', [
      jobId,
    ]);
    return { jobId, batch: { job: row?.id ?? '', run: 1, from: 0, to: urls.length } };
  }

  const job = async (jobId: string): Promise<Job> => (await api.get(`/api/jobs/${jobId}`)).json;

  /** @param isHeld whether the queue still takes it for this holder's when it ends */
  function getTask(batch: Batch, isHeld: boolean): HeldTask<Batch> {
    const { signal } = new AbortController();
    return { id: 'task', payload: batch, stopping: signal, signal, complete: async () => isHeld };
  }

  /** Tasks that follow the first one of a job. */
  async function followUps(batch: Batch): Promise<number> {
    const rows = await api.database.query(
      `SELECT FROM shelfline_queue.job WHERE name = 'images' AND data ->> 'job' = $1`,
      [batch.job],
    );
    return rows.length - 1;
  }

  it('two holders of a batch move the counters once for each image, whoever is last', async () => {
    const [url, first, second] = gated('/twice.gif');
    const { jobId, batch } = await submit([url, host.serve('/other.gif', GIF)]);
    const processor = api.app.get(BatchProcessor);
    const slow = processor.run(getTask({ ...batch, to: 1 }, false));
    await host.arrived(1, '/twice.gif');
    const fast = processor.run(getTask({ ...batch, to: 1 }, true));
    await host.arrived(2, '/twice.gif');
    second.open();
    await fast;
    const images = { total: 2, pending: 1, succeeded: 1, failed: 0, skipped: 0 };
    expect(await job(jobId)).toMatchObject({ status: 'ongoing', images });
    first.open();
    await slow;
    expect(await job(jobId)).toMatchObject({ status: 'ongoing', images });
    const { items } = (await api.get(`/api/jobs/${jobId}/images`)).json;
    expect(items.map(({ status, attempts }: Record<string, unknown>) => [status, attempts])).toEqual([
      ['succeeded', 1],
      ['pending', 0],
    ]);
  });

  it('the result that was recorded first is kept', async () => {
    const [url, first, second] = gated('/differs.gif', Buffer.from('no image'));
    const { jobId, batch } = await submit([url]);
    const processor = api.app.get(BatchProcessor);
    const slow = processor.run(getTask(batch, false));
    await host.arrived(1, '/differs.gif');
    const fast = processor.run(getTask(batch, true));
    await host.arrived(2, '/differs.gif');
    first.open();
    await slow;
    const before = await job(jobId);
    expect(before).toMatchObject({ status: 'failed', images: { failed: 1 } });
    host.serve('/differs.gif', GIF);
    second.open();
    await fast;
    expect(await job(jobId)).toEqual(before);
  });

  it('two holders of a batch leave one follow-up task, of the holder that the queue knows', async () => {
    const [url, first, second] = gated('/later.gif');
    host.handle('/later.gif', (_request, response) => {
      const gate = host.requestsFor('/later.gif').length === 1 ? first : second;
      void gate.opened.then(() => response.writeHead(503).end());
    });
    const { batch } = await submit([url]);
    const processor = api.app.get(BatchProcessor);
    const slow = processor.run(getTask(batch, false));
    await host.arrived(1, '/later.gif');
    const fast = processor.run(getTask(batch, true));
    await host.arrived(2, '/later.gif');
    first.open();
    await slow;
    expect(await followUps(batch)).toBe(0);
    second.open();
    await fast;
    expect(await followUps(batch)).toBe(1);
  });

  it('a holder of a batch records nothing of an earlier run', async () => {
    const [url, first] = gated('/over.gif');
    const { jobId, batch } = await submit([url]);
    const running = api.app.get(BatchProcessor).run(getTask(batch, true));
    await host.arrived(1, '/over.gif');
    await api.post(`/api/jobs/${jobId}/cancel`, '');
    await api.post(`/api/jobs/${jobId}/retry`, '');
    first.open();
    await running;
    expect(await job(jobId)).toMatchObject({ status: 'ongoing', images: { pending: 1, succeeded: 0 } });
    expect(await followUps(batch)).toBe(0);
  });

  describe('whose results can not be written for a while', () => {
    const succeeded = (seq: number): ImageResult => ({
      seq,
      status: 'succeeded',
      attempted: true,
      width: 2,
      height: 3,
      perimeter: 10,
      format: 'gif',
      mime: 'image/gif',
      orientation: null,
      content_length: 14,
      pause_ms: null,
      held: false,
      error: null,
      error_code: null,
    });

    beforeEach(async () => {
      // A sequence keeps what a transaction that was rolled back took from it.
      await api.database.query(`
        CREATE SEQUENCE refusals;
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM nextval('refusals'); RAISE EXCEPTION 'no row like this'; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON shelfline.image FOR EACH ROW EXECUTE FUNCTION refuse()`);
    });

    afterEach(async () => {
      await api.database.query(
        'DROP TRIGGER IF EXISTS refuse ON shelfline.image; DROP FUNCTION refuse; DROP SEQUENCE refusals',
      );
    });

    async function refused(): Promise<void> {
      await until(async () => {
        const [row] = await api.database.query<{ is_called: boolean }>('SELECT is_called FROM refusals');
        return row?.is_called === true ? true : undefined;
      }, 'a refused write');
      await api.database.query('DROP TRIGGER refuse ON shelfline.image');
    }

    it('a batch whose results cannot be written fails as a whole, and its task is not completed', async () => {
      const { jobId, batch } = await submit([host.serve('/a.gif', GIF), host.serve('/b.gif', GIF)]);
      const recorder = new BatchRecorder(api.app.get(ResultWriter), batch, undefined);
      recorder.add(succeeded(0));
      await refused();
      recorder.add(succeeded(1));
      let isSettled = false;
      const finished = recorder.finish(async () => {
        isSettled = true;
      });
      await expect(finished).rejects.toThrow('no row like this');
      expect(isSettled).toBe(false);
      expect(await job(jobId)).toMatchObject({ images: { pending: 2, succeeded: 0 } });
    });

    it('a batch whose results could not be written runs again, and its job ends', async () => {
      const [url, first] = gated('/gated.gif');
      const { jobId, batch } = await submit([host.serve('/a.gif', GIF), url]);
      const processor = api.app.get(BatchProcessor);
      const failing = processor.run(getTask(batch, true));
      await refused();
      first.open();
      await failing;
      expect(await job(jobId)).toMatchObject({ status: 'ongoing', images: { pending: 2 } });
      expect(await followUps(batch)).toBe(1);
      for (const gate of gates) gate.open();
      await processor.run(getTask(batch, true));
      expect(await job(jobId)).toMatchObject({ status: 'completed', images: { succeeded: 2 } });
    });
  });
});
