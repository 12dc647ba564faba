import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from './support/application.js';
import { UNPROVEN_LIMIT } from '../src/images/hosts/concurrency-limit.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { Gate, ImageHost } from './support/image-host.js';
import { Installation } from './support/installation.js';
import { until } from './support/until.js';

describe('four workers and two APIs on one database', () => {
  let host: ImageHost;
  let database: TestDatabase;
  let shelfline: Installation;

  beforeEach(async () => {
    host = await ImageHost.start();
    database = await createTestDatabase();
    shelfline = new Installation(database.url, host);
  });

  afterEach(async () => {
    await shelfline.close();
    await host.close();
    await database.drop();
  });

  it('two APIs and four workers share all jobs, and either API answers for all of them', async () => {
    const [one, two] = await Promise.all([
      shelfline.start({ ROLE: 'api' }),
      shelfline.start({ ROLE: 'api' }),
    ]);
    const workers = await Promise.all(
      Array.from({ length: 4 }, async () => shelfline.start({ ROLE: 'worker', IMAGE_CONCURRENCY: '8' })),
    );
    const gate = new Gate();
    const urls = shelfline.serve('shared', 4000, () => gate.opened);
    const jobIds = await Promise.all([
      shelfline.accepted(one, urls.slice(0, 2000)),
      shelfline.accepted(two, urls.slice(2000)),
    ]);
    // So many downloads are in flight that no three of the workers can have them.
    await host.arrived(4 * UNPROVEN_LIMIT);
    expect(host.requests).toHaveLength(4 * UNPROVEN_LIMIT);
    gate.open();
    for (const api of [two, one]) {
      for (const jobId of jobIds) {
        expect(await shelfline.finished(api, jobId)).toMatchObject({
          status: 'completed',
          images: { total: 2000, pending: 0, succeeded: 2000 },
        });
      }
    }
    expect(host.requests).toHaveLength(4000);
    expect(await shelfline.atRest()).toEqual({ attempts: { 1: 4000 }, broken: [] });

    const held = new Gate();
    const again = shelfline.serve('cancelled', 2000, () => held.opened);
    const cancelled = await shelfline.accepted(one, again);
    await until(
      async () => ((await shelfline.job(two, cancelled)).started_at === null ? undefined : true),
      'the start of the job',
    );
    const answer = await fetch(`${two.origin}/api/jobs/${cancelled}/cancel`, { method: 'POST' });
    expect(((await answer.json()) as Job).status).toBe('cancelled');
    expect((await shelfline.job(one, cancelled)).images).toMatchObject({ pending: 0, skipped: 2000 });
    held.open();
    expect(workers.every((worker) => worker.isAlive)).toBe(true);
  }, 90_000);
});
