/** A process whose clock is wrong, beside a database whose clock is right. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { ImageHost } from './support/image-host.js';
import { Installation } from './support/installation.js';
import { until } from './support/until.js';

const HOUR_MS = 3_600_000;
const MONTH_MS = 31 * 24 * HOUR_MS;
const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

let database: TestDatabase;
let host: ImageHost;
let shelfline: Installation;

beforeEach(async () => {
  database = await createTestDatabase();
  host = await ImageHost.start();
  shelfline = new Installation(database.url, host);
});

afterEach(async () => {
  await shelfline.close();
  await host.close();
  await database.drop();
});

const skewed = (skewMs: number): Record<string, string> => ({
  NODE_OPTIONS: `--import=${new URL('support/skewed-clock.mjs', import.meta.url).href}`,
  TEST_CLOCK_SKEW_MS: String(skewMs),
});

/** Serves an image that is answered with `503` so many times first. */
function serveFlaky(path: string, refusals: number): string {
  let asked = 0;
  return host.handle(path, (_request, response) => {
    asked += 1;
    if (asked > refusals) response.end(GIF);
    else response.writeHead(503).end();
  });
}

it.each([
  ['an hour ahead', HOUR_MS],
  ['an hour behind', -HOUR_MS],
])(
  'a worker %s retries when the pause is over, and runs no batch before',
  async (_, skewMs) => {
    const server = await shelfline.start({ ...skewed(skewMs), IMAGE_RETRY_BASE_MS: '3000' });
    const jobId = await shelfline.accepted(server, [serveFlaky('/flaky.gif', 1)]);
    const job = await shelfline.finished(server, jobId, 20_000);
    expect(job).toMatchObject({ status: 'completed' });
    const [tasks] = await shelfline.query<{ tasks: number }>(
      `SELECT count(*)::int AS tasks FROM shelfline_queue.job WHERE name = 'images'`,
    );
    expect(tasks?.tasks).toBe(2);
    const [row] = await shelfline.query<{ is_now: boolean; id_is_right: boolean }>(
      `SELECT greatest(abs(extract(epoch FROM now() - created_at)), abs(extract(epoch FROM now() - finished_at))) < 600
              AS is_now,
            job_id LIKE 'job\\_' || to_char(created_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS') || '\\_%' AS id_is_right
       FROM shelfline.job`,
    );
    expect(row).toEqual({ is_now: true, id_is_right: true });
    expect((await shelfline.atRest()).broken).toEqual([]);
  },
  60_000,
);

it('a worker a month ahead deletes only jobs that ended before the retention time', async () => {
  const server = await shelfline.start();
  const urls = (name: string): string[] => [host.serve(`/${name}.gif`, GIF)];
  const [old, recent] = [
    await shelfline.accepted(server, urls('a')),
    await shelfline.accepted(server, urls('b')),
  ];
  for (const jobId of [old, recent]) await shelfline.finished(server, jobId);
  await shelfline.query(
    `UPDATE shelfline.job SET created_at = created_at - interval '8 days', finished_at = finished_at - interval '8 days'
      WHERE job_id = $1`,
    [old],
  );
  await shelfline.start({ ROLE: 'worker', JOB_RETENTION_DAYS: '7', ...skewed(MONTH_MS) });
  await until(
    async () => ((await fetch(`${server.origin}/api/jobs/${old}`)).status === 404 ? true : undefined),
    'the end of the old job',
  );
  expect((await fetch(`${server.origin}/api/jobs/${recent}`)).status).toBe(200);
}, 120_000);
