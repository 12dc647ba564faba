/** A worker that is frozen in the midst of a transaction, which holds the row of a job locked. */
import { expect, it } from '@jest/globals';
import { createTestDatabase } from './support/database.js';
import { Gate, ImageHost } from './support/image-host.js';
import { Installation } from './support/installation.js';
import { until } from './support/until.js';

it('a worker that is frozen inside a transaction does not block a cancel, and changes nothing when it continues', async () => {
  const host = await ImageHost.start();
  const database = await createTestDatabase();
  const shelfline = new Installation(database.url, host);
  try {
    const api = await shelfline.start({ ROLE: 'api' });
    const worker = await shelfline.start({ ROLE: 'worker' });
    const gate = new Gate();
    const jobId = await shelfline.accepted(
      api,
      shelfline.serve('gated', 4, () => gate.opened),
    );
    await host.arrived(4);
    // The worker records its results, which locks the row of the job, and then waits for the row of its task.
    const unlock = await shelfline.lock(`SELECT FROM shelfline_queue.job WHERE state = 'active' FOR UPDATE`);
    gate.open();
    await shelfline.waitsForLock('%');
    process.kill(worker.pid, 'SIGSTOP');
    await unlock();
    await until(async () => {
      const [idle] = await shelfline.query(
        `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND state = 'idle in transaction' AND application_name = 'shelfline-worker'`,
      );
      return idle;
    }, 'a transaction whose process is frozen');

    // The database ends the transaction after 5 seconds.
    const cancelled = await fetch(`${api.origin}/api/jobs/${jobId}/cancel`, {
      method: 'POST',
      signal: AbortSignal.timeout(10_000),
    });
    expect([cancelled.status, await cancelled.json()]).toMatchObject([200, { status: 'cancelled' }]);
    process.kill(worker.pid, 'SIGCONT');
    expect(await shelfline.atRest()).toMatchObject({ broken: [] });
    expect(await shelfline.job(api, jobId)).toMatchObject({ status: 'cancelled', images: { skipped: 4 } });
    expect(worker.isAlive).toBe(true);
  } finally {
    await shelfline.close();
    await host.close();
    await database.drop();
  }
}, 90_000);
