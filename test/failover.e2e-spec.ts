/** A primary that dies and a standby that takes its place: real servers, real replication. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Pool } from 'pg';
import { isDatabaseOutage } from '../src/database/database-faults.js';
import { impatientClient } from '../src/database/impatient-client.js';
import type { Job } from './support/application.js';
import { Gate, ImageHost } from './support/image-host.js';
import { Installation } from './support/installation.js';
import { ReplicatedDatabase } from './support/replicated-database.js';
import type { ServerProcess } from './support/server-process.js';
import { until } from './support/until.js';

let database: ReplicatedDatabase;
let host: ImageHost;
let shelfline: Installation;

beforeAll(async () => {
  database = await ReplicatedDatabase.start();
}, 60_000);

afterAll(async () => {
  await database.remove();
});

beforeEach(async () => {
  await database.restore();
  host = await ImageHost.start();
  shelfline = new Installation(database.url, host);
}, 60_000);

afterEach(async () => {
  await shelfline.close();
  await host.close();
});

const SETTINGS = { IMAGE_HOST_CONCURRENCY: '128', DATABASE_POOL_SIZE: '6' };

/** What a job that ends within seconds says of itself. */
const finished = (server: ServerProcess, jobId: string): Promise<Job> =>
  shelfline.finished(server, jobId, 30_000);

const get = (server: ServerProcess, path: string): Promise<Response> => fetch(`${server.origin}${path}`);

/** Submits a job of a store that nobody knows: it has ended when it is accepted. */
async function submitUnknown(server: ServerProcess): Promise<string | undefined> {
  const answer = await fetch(`${server.origin}/api/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      count: 1,
      visits: [{ store_id: 'NOWHERE', visit_time: '2024-11-16T12:00:00Z', image_url: [host.url('/a.gif')] }],
    }),
  });
  const body = (await answer.json()) as Pick<Job, 'job_id'>;
  return answer.status === 201 ? body.job_id : undefined;
}

const acceptedUnknown = (server: ServerProcess): Promise<string> =>
  until(() => submitUnknown(server), 'a submission that is accepted');

/** The ids of the images of a job. */
async function imageIds(server: ServerProcess, jobId: string): Promise<string[]> {
  const answer = await get(server, `/api/jobs/${jobId}/images`);
  const { items } = (await answer.json()) as { items: { image_id: string }[] };
  return items.map(({ image_id }) => image_id);
}

describe('a promoted standby that had everything', () => {
  it('every accepted job survives a failover to a synchronous standby, and ends', async () => {
    await database.primary.setSynchronous(true);
    const server = await shelfline.start(SETTINGS);
    const urls = shelfline.serve('free', 30);
    const accepted: string[] = [];
    const refused = new Set<number | undefined>();
    const clients = Array.from({ length: 4 }, async () => {
      while (accepted.length < 60) {
        const answer = await shelfline.submit(server, urls).catch(() => undefined);
        if (answer?.status === 201) accepted.push(((await answer.json()) as Job).job_id);
        else refused.add(answer?.status);
      }
    });
    await until(async () => (accepted.length >= 20 ? true : undefined), 'the first jobs');
    await database.failOver();
    await Promise.all(clients);
    expect([503]).toEqual(expect.arrayContaining([...refused]));
    for (const jobId of accepted)
      expect(await finished(server, jobId)).toMatchObject({ status: 'completed', images: { succeeded: 30 } });
    expect((await shelfline.atRest()).broken).toEqual([]);
  }, 90_000);
});

describe('a commit that the synchronous standby does not confirm', () => {
  it('a commit whose synchronous replication is cancelled is reported as failed', async () => {
    await database.primary.setSynchronous(true);
    await database.standby.stop();
    const pool = new Pool({ connectionString: database.primary.url, Client: impatientClient(0) as never });
    // As TypeORM and pg-boss listen.
    pool.on('error', () => undefined);
    const operator = new Client({ connectionString: database.primary.url });
    await operator.connect();
    try {
      const committing = pool.query('CREATE TABLE confirmed ()').catch((reason: unknown) => reason);
      await until(async () => {
        const { rowCount } = await operator.query(
          `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
        );
        return rowCount === 0 ? undefined : true;
      }, 'a commit that waits for the standby');
      const error = await committing;
      expect(error).toMatchObject({ code: '57014', message: expect.stringContaining('standby') });
      expect(isDatabaseOutage(error)).toBe(true);
      expect(pool.totalCount).toBe(0);
    } finally {
      await pool.end();
      await operator.end();
      await database.primary.setSynchronous(false);
      await database.standby.start();
    }
  }, 60_000);
});

describe('a promoted standby that lacks the last rows', () => {
  it('a job ends with all results although the new primary lacks some of them', async () => {
    const [first, second] = [new Gate(), new Gate()];
    const server = await shelfline.start(SETTINGS);
    const jobId = await shelfline.accepted(server, [
      ...shelfline.serve('first', 2, () => first.opened),
      ...shelfline.serve('second', 2, () => second.opened),
    ]);
    await host.arrived(4);
    await database.cutReplication();
    first.open();
    await until(
      async () => ((await shelfline.job(server, jobId)).images.succeeded === 2 ? true : undefined),
      'the results that are to be lost',
    );
    await database.failOver();
    second.open();
    expect(await finished(server, jobId)).toMatchObject({
      status: 'completed',
      images: { total: 4, succeeded: 4 },
    });
    expect((await shelfline.atRest()).broken).toEqual([]);
  }, 90_000);

  it('a job has its start although the new primary lacks it', async () => {
    const [first, second] = [new Gate(), new Gate()];
    const api = await shelfline.start({ ...SETTINGS, ROLE: 'api' });
    const jobId = await shelfline.accepted(api, [
      ...shelfline.serve('first', 2, () => first.opened),
      ...shelfline.serve('second', 2, () => second.opened),
    ]);
    await database.cutReplication();
    await shelfline.start({ ...SETTINGS, ROLE: 'worker' });
    await host.arrived(4);
    first.open();
    await until(
      async () => ((await shelfline.job(api, jobId)).images.succeeded === 2 ? true : undefined),
      'the results that are to be lost',
    );
    await database.failOver();
    second.open();
    expect(await finished(api, jobId)).toMatchObject({
      status: 'completed',
      images: { succeeded: 4 },
      started_at: expect.any(String),
    });
    expect((await shelfline.atRest()).broken).toEqual([]);
  }, 90_000);

  it('the id of a job that the new primary lacks leads to nothing, and never to a later job', async () => {
    const server = await shelfline.start(SETTINGS);
    await acceptedUnknown(server);
    await database.cutReplication();
    const lost: string[] = [];
    const lostImages: string[] = [];
    // More than a sequence writes ahead: the standby will give their numbers once more.
    for (let n = 0; n < 80; n += 1) {
      const jobId = await acceptedUnknown(server);
      lost.push(jobId);
      lostImages.push(...(await imageIds(server, jobId)));
    }
    await database.failOver();
    const later: string[] = [];
    for (let n = 0; n < 80; n += 1) later.push(await acceptedUnknown(server));

    for (const jobId of lost) {
      expect((await get(server, `/api/jobs/${jobId}/images`)).status).toBe(404);
      expect((await get(server, `/api/jobs/${jobId}`)).status).toBe(404);
    }
    const laterImages = await Promise.all(later.map((jobId) => imageIds(server, jobId)));
    expect(laterImages.flat().filter((id) => lostImages.includes(id))).toEqual([]);
    expect((await shelfline.atRest()).broken).toEqual([]);
  }, 90_000);

  it('a streamed submission is refused without a trace if the new primary lacks a part of it', async () => {
    const server = await shelfline.start({ ...SETTINGS, BODY_GRACE_MS: '60000' });
    const visit = {
      store_id: 'RP00002',
      visit_time: '2024-11-16T12:00:00Z',
      image_url: [host.url('/x.gif')],
    };
    const lines = (visits: number): string => `${JSON.stringify(visit)}\n`.repeat(visits);
    const sending = request(`${server.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
    });
    const answer = once(sending, 'response') as Promise<[IncomingMessage]>;
    // Rows are written in steps, each when the next one has come. How many lines that takes depends on how they arrive.
    const sendUntilWritten = (images: number): Promise<number> =>
      until(async () => {
        const [upload] = await shelfline.query<{ images: number }>('SELECT images FROM shelfline.upload');
        if (upload !== undefined && upload.images >= images) return upload.images;
        sending.write(lines(500));
        return undefined;
      }, `${images} images of the submission`);
    const kept = await sendUntilWritten(1);
    await database.cutReplication();
    await sendUntilWritten(kept + 5_000);
    await database.failOver();
    sending.end(lines(100));
    const [refused] = await answer;
    // The primary may go while a step is being written, which is an outage like any other.
    expect([refused.statusCode, JSON.parse(await text(refused))]).toMatchObject([
      503,
      { code: expect.stringMatching(/^(submission_lost|unavailable)$/) },
    ]);
    expect((await shelfline.atRest()).broken).toEqual([]);
    expect(await shelfline.query('SELECT FROM shelfline.image WHERE seq > 1000')).toEqual([]);
  }, 90_000);
});

describe('connections that land on a standby', () => {
  it('connections to a standby are closed at the first write, and the process is not ready meanwhile', async () => {
    const server = await shelfline.start(SETTINGS);
    database.leadToStandby();
    await until(
      async () => ((await submitUnknown(server)) === undefined ? true : undefined),
      'a refused submission',
    );
    const unready = await until(async () => {
      const answer = await get(server, '/health/ready');
      return answer.status === 503 ? answer : undefined;
    }, 'a process that is not ready');
    expect(await unready.json()).toMatchObject({
      code: 'not_ready',
      details: [{ path: 'database', message: 'is read-only' }],
    });
    database.leadToPrimary();
    await acceptedUnknown(server);
    await until(
      async () => ((await get(server, '/health/ready')).status === 200 ? true : undefined),
      'a process that is ready again',
    );
  }, 90_000);
});
