import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { MIGRATION_LOCK } from '../src/database/migration-runner.js';
import { PostgresServer } from './faults/postgres-server.ts';
import { EventReader } from './support/event-reader.js';
import { Gate, ImageHost } from './support/image-host.js';
import { Installation } from './support/installation.js';
import type { ServerProcess } from './support/server-process.js';
import { until } from './support/until.js';

describe('a PostgreSQL that goes away', () => {
  let postgres: PostgresServer;
  let host: ImageHost;
  let shelfline: Installation;

  beforeAll(async () => {
    postgres = await PostgresServer.make();
  }, 60_000);

  afterAll(async () => {
    await postgres.remove();
  });

  beforeEach(async () => {
    host = await ImageHost.start();
    shelfline = new Installation(postgres.url, host);
  });

  afterEach(async () => {
    await shelfline.close();
    await host.close();
  });

  const ready = async (server: ServerProcess): Promise<Response> => fetch(`${server.origin}/health/ready`);

  it('the start waits for PostgreSQL, with a log line every few seconds', async () => {
    const server = shelfline.launch();
    const waits = (): string[] =>
      server.text.split('\n').filter((line) => line.includes('waiting_for_database'));
    await until(async () => (waits().length >= 2 ? true : undefined), 'the second line', 30_000);
    const [first, second] = waits().map((line) => getTime(line));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(2_000);
    expect(server.isAlive).toBe(true);
    await postgres.start();
    await server.ready();
  }, 90_000);

  it('a process whose database disappears during the start waits for it', async () => {
    await postgres.start();
    // Whoever holds this lock keeps a start waiting at the migrations.
    const holder = new Client({ connectionString: postgres.url });
    holder.on('error', () => {});
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const server = shelfline.launch();
    await until(async () => {
      const { rowCount } = await holder.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`,
      );
      return rowCount === 1 ? true : undefined;
    }, 'a start at the migrations');
    await postgres.kill();
    await until(async () => (server.text.includes('start_broken_off') ? true : undefined), 'the line of it');
    await postgres.start();
    await server.ready();
    expect(server.isAlive).toBe(true);
  }, 90_000);

  it.each(['stop', 'kill'] as const)(
    'an outage of PostgreSQL (%s) during a job ends no process, and the job continues afterwards',
    async (way) => {
      await postgres.start();
      const [api, worker] = await Promise.all([
        shelfline.start({ ROLE: 'api' }),
        shelfline.start({ ROLE: 'worker' }),
      ]);
      const gate = new Gate();
      const urls = [
        ...shelfline.serve(`${way}-free`, 590),
        ...shelfline.serve(`${way}-gated`, 10, () => gate.opened),
      ];
      const jobId = await shelfline.accepted(api, urls);
      await until(
        async () => ((await shelfline.job(api, jobId)).images.succeeded > 0 ? true : undefined),
        'the first results',
      );
      const events = await EventReader.open(`${api.origin}/api/jobs/${jobId}/events`);
      const [before] = await shelfline.query<{ jobs: number }>(
        'SELECT count(*)::int AS jobs FROM shelfline.job',
      );
      await postgres[way]();

      const refused = await shelfline.submit(api, urls);
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await refused.json()).toEqual({
        error: expect.stringContaining('database'),
        code: 'unavailable',
        details: [],
      });
      for (const server of [api, worker]) {
        // What readiness says is up to a second old.
        const answer = await until(async () => {
          const latest = await ready(server);
          return latest.status === 503 ? latest : undefined;
        }, 'no readiness');
        expect(await answer.json()).toMatchObject({ code: 'not_ready', details: [{ path: 'database' }] });
      }
      // The answers of the hosts come while there is nowhere to write them to.
      gate.open();
      await until(
        async () => (/queue_error|task_failed/.test(worker.text) ? true : undefined),
        'a failed flush',
      );
      await postgres.start();

      const job = await shelfline.finished(api, jobId);
      expect(job).toMatchObject({ status: 'completed', images: { total: 600, succeeded: 600, failed: 0 } });
      // The last event waits for the flags to be counted.
      const end = (await events.rest()).at(-1);
      expect(end).toMatchObject({ name: 'finished', data: await shelfline.job(api, jobId) });
      expect(end).toMatchObject({ data: { flags: { not_a_camera_format: 600 } } });
      expect([api.isAlive, worker.isAlive]).toEqual([true, true]);
      for (const server of [api, worker]) expect((await ready(server)).status).toBe(200);
      const { attempts, broken } = await shelfline.atRest();
      expect(broken).toEqual([]);
      expect(Object.keys(attempts)).toEqual(['1']);
      expect(await shelfline.query('SELECT count(*)::int AS jobs FROM shelfline.job')).toEqual([before]);
    },
    90_000,
  );
});

/** When a line was logged, in milliseconds. */
function getTime(line: string): number {
  const entry: unknown = JSON.parse(line);
  if (typeof entry === 'object' && entry !== null && 'time' in entry) return Date.parse(String(entry.time));
  throw new Error(`no time in ${line}`);
}
