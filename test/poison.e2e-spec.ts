import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { createTestDatabase } from './support/database.js';
import { ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const PNG = readFileSync(new URL('fixtures/images/endcap.png', import.meta.url));

describe('an image whose result can not be written', () => {
  let host: ImageHost;
  let shelfline: TestApplication;
  const lines: unknown[] = [];

  beforeAll(async () => {
    host = await ImageHost.start();
    shelfline = await TestApplication.startOn(
      await createTestDatabase(),
      { LOG_LEVEL: 'error' },
      { write: (line) => void lines.push(JSON.parse(line)) },
    );
    await shelfline.database.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no row like this'; END $$;
      CREATE TRIGGER refuse BEFORE UPDATE ON shelfline.image FOR EACH ROW
        WHEN (NEW.status = 'succeeded' AND NEW.url LIKE '%/poison-%') EXECUTE FUNCTION refuse()`);
  });

  afterAll(async () => {
    await shelfline.close();
    await host.close();
  });

  it('an image whose result cannot be written fails alone, and leaves a dead letter', async () => {
    const urls = Array.from({ length: 450 }, (_, n) =>
      host.serve(n === 77 || n === 78 || n === 401 ? `/poison-${n}.png` : `/${n}.png`, PNG),
    );
    const jobId = await shelfline.submit([{ store_id: 'RP00002', image_url: urls }]);
    const job = await shelfline.finished(jobId, 60_000);
    expect(job).toMatchObject({
      status: 'failed',
      images: { total: 450, pending: 0, succeeded: 447, failed: 3, skipped: 0 },
    });
    expect(job.error[0]?.error).toBe(
      `Image download failed: ${urls[77]}: an unexpected fault of this service`,
    );
    const { items } = (await shelfline.get(`/api/jobs/${jobId}/images?status=failed`)).json;
    expect(items.map((item: { error_code: string }) => item.error_code)).toEqual(Array(3).fill('internal'));
    const letters = await shelfline.database.query<{ seq: string; error: string }>(
      `SELECT data ->> 'seq' AS seq, data ->> 'error' AS error
         FROM shelfline_queue.job WHERE name = 'images-dead-letters' ORDER BY 1`,
    );
    expect(letters).toEqual(['401', '77', '78'].map((seq) => ({ seq, error: 'no row like this' })));
    expect(lines).toHaveLength(3);
    expect(lines).toContainEqual({
      level: 'error',
      time: expect.any(String),
      pid: process.pid,
      hostname: expect.any(String),
      context: 'Processor',
      event: 'image_given_up',
      job_id: jobId,
      batch: '77-77',
      faults: expect.any(Number),
      image_id: items[0].image_id,
      error: 'no row like this',
      stack: expect.stringContaining('no row like this'),
    });
    const left = await shelfline.database.query(
      `SELECT 1 FROM shelfline_queue.job WHERE name = 'images' AND state <> 'completed'`,
    );
    expect(left).toEqual([]);
  }, 70_000);

  it('an image whose failure cannot be written either is retried until it can', async () => {
    await shelfline.database.query(`
      CREATE TRIGGER refuse_all BEFORE UPDATE ON shelfline.image FOR EACH ROW
        WHEN (NEW.url LIKE '%/cursed.png') EXECUTE FUNCTION refuse()`);
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: [host.serve('/cursed.png', PNG)] },
    ]);
    const isNotNarrowed = (line: unknown): boolean =>
      typeof line === 'object' && line !== null && 'event' in line && line.event === 'batch_not_narrowed';
    await until(
      async () => (lines.some(isNotNarrowed) ? true : undefined),
      'a failure that can not be written',
      40_000,
    );
    await shelfline.database.query('DROP TRIGGER refuse_all ON shelfline.image');
    expect(await shelfline.finished(jobId, 60_000)).toMatchObject({
      status: 'completed',
      images: { succeeded: 1 },
    });
  }, 110_000);
});
