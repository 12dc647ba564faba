/** Completed tasks are no use to anybody, and a table of them makes each look for the next task slower. */
import { expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { until } from './support/until.js';

it('completed tasks are deleted within seconds once they have been kept for a minute', async () => {
  const shelfline = await TestApplication.start();
  try {
    // Completed so long ago, by the clock that counts; the rest is the service's. All but a thousand are due.
    await shelfline.database.query(
      `INSERT INTO shelfline_queue.job (name, state, deletion_seconds, data, created_on, started_on, completed_on)
       SELECT 'images', 'completed', 60, '{"job":"1","run":1,"from":0,"to":1}', now() - interval '3 minutes',
              now() - interval '3 minutes', now() - interval '50 seconds' - n * interval '10 milliseconds'
         FROM generate_series(1, 10000) AS n`,
    );
    const kept = await until(
      async () => {
        const [row] = await shelfline.database.query<{ tasks: number }>(
          `SELECT count(*)::int AS tasks FROM shelfline_queue.job WHERE state = 'completed'`,
        );
        return row !== undefined && row.tasks < 10_000 ? row : undefined;
      },
      'a deletion of completed tasks',
      60_000,
    );
    expect(kept.tasks).toBeLessThan(2_000);
    expect(kept.tasks).toBeGreaterThan(0);
  } finally {
    await shelfline.close();
  }
}, 90_000);
