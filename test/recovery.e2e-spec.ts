import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UNPROVEN_LIMIT } from '../src/images/hosts/concurrency-limit.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { Gate, ImageHost } from './support/image-host.js';
import { Installation } from './support/installation.js';

describe('a process that is killed', () => {
  let host: ImageHost;
  let database: TestDatabase;
  let shelfline: Installation;
  let gate: Gate;

  beforeEach(async () => {
    gate = new Gate();
    host = await ImageHost.start();
    database = await createTestDatabase();
    shelfline = new Installation(database.url, host);
  });

  afterEach(async () => {
    await shelfline.close();
    await host.close();
    await database.drop();
  });

  const gated = (count: number): string[] => shelfline.serve('gated', count, () => gate.opened);

  it('a worker that is killed before its batch begins leaves the batch unchanged', async () => {
    const api = await shelfline.start({ ROLE: 'api' });
    const jobId = await shelfline.accepted(api, shelfline.serve('free', 250));
    await api.kill('SIGKILL');
    const unlock = await shelfline.lock('SELECT FROM shelfline.job FOR UPDATE');
    const first = await shelfline.start();
    await shelfline.waitsForLock('%started_at%');
    await first.kill('SIGKILL');
    await unlock();
    await shelfline.letTimePass();
    const second = await shelfline.start();
    expect(await shelfline.finished(second, jobId)).toMatchObject({
      status: 'completed',
      images: { total: 250, succeeded: 250, failed: 0 },
    });
    expect(await shelfline.atRest()).toEqual({ attempts: { 1: 250 }, broken: [] });
  }, 90_000);

  it('a worker that is killed before it records its results loses them, and counts no attempt', async () => {
    const first = await shelfline.start();
    const jobId = await shelfline.accepted(first, gated(250));
    await host.arrived(UNPROVEN_LIMIT);
    const unlock = await shelfline.lock('SELECT FROM shelfline.job FOR UPDATE');
    gate.open();
    await shelfline.waitsForLock('%FOR UPDATE%');
    await first.kill('SIGKILL');
    await unlock();
    await shelfline.letTimePass();
    const second = await shelfline.start();
    expect(await shelfline.finished(second, jobId)).toMatchObject({
      status: 'completed',
      images: { total: 250, succeeded: 250, failed: 0 },
    });
    expect(host.requests.length).toBeGreaterThan(250);
    expect(await shelfline.atRest()).toEqual({ attempts: { 1: 250 }, broken: [] });
  }, 90_000);

  it('a worker that is killed during the commit of its results has recorded all of them, or none', async () => {
    const first = await shelfline.start();
    const jobId = await shelfline.accepted(first, gated(150));
    await host.arrived(UNPROVEN_LIMIT);
    const unlock = await shelfline.lock(`SELECT FROM shelfline_queue.job WHERE state = 'active' FOR UPDATE`);
    gate.open();
    await shelfline.waitsForLock('%');
    await first.kill('SIGKILL');
    await unlock();
    await shelfline.letTimePass();
    const second = await shelfline.start();
    expect(await shelfline.finished(second, jobId)).toMatchObject({
      status: 'completed',
      images: { total: 150, succeeded: 150, failed: 0 },
    });
    expect(await shelfline.atRest()).toEqual({ attempts: { 1: 150 }, broken: [] });
  }, 90_000);

  it('a batch whose workers are killed again and again loses no attempt', async () => {
    const api = await shelfline.start({ ROLE: 'api' });
    const jobId = await shelfline.accepted(api, gated(40));
    const attempts = 2;
    const kills = attempts + 1;
    for (let kill = 1; kill <= kills; kill += 1) {
      const worker = await shelfline.start({ ROLE: 'worker', IMAGE_MAX_ATTEMPTS: String(attempts) });
      await host.arrived(UNPROVEN_LIMIT * kill);
      await worker.kill('SIGKILL');
      await shelfline.letTimePass();
    }
    expect(await shelfline.job(api, jobId)).toMatchObject({ status: 'ongoing', images: { pending: 40 } });
    gate.open();
    await shelfline.start({ ROLE: 'worker', IMAGE_MAX_ATTEMPTS: String(attempts) });
    expect(await shelfline.finished(api, jobId)).toMatchObject({ status: 'completed' });
    expect(await shelfline.atRest()).toEqual({ attempts: { 1: 40 }, broken: [] });
  }, 120_000);

  it('another worker ends the job of a killed worker within 20 seconds', async () => {
    const [api, first] = await Promise.all([
      shelfline.start({ ROLE: 'api' }),
      shelfline.start({ ROLE: 'worker' }),
      shelfline.start({ ROLE: 'worker' }),
    ]);
    const jobId = await shelfline.accepted(api, gated(2000));
    // Each has so many downloads in flight at a host that has not answered yet: so both are at work.
    await host.arrived(2 * UNPROVEN_LIMIT);
    await first.kill('SIGKILL');
    gate.open();
    expect(await shelfline.finished(api, jobId, 20_000)).toMatchObject({
      status: 'completed',
      images: { total: 2000, succeeded: 2000 },
    });
    expect(await shelfline.atRest()).toEqual({ attempts: { 1: 2000 }, broken: [] });
  }, 90_000);
});

describe('a rolling restart of the workers', () => {
  it('a rolling restart of the workers loses nothing and repeats nothing, and each exits with 0', async () => {
    const gate = new Gate();
    // So few that the job takes longer than the restart of a worker.
    const worker = { ROLE: 'worker', IMAGE_HOST_CONCURRENCY: '16' };
    const host = await ImageHost.start();
    const database = await createTestDatabase();
    const shelfline = new Installation(database.url, host);
    try {
      const [api, first, second] = await Promise.all([
        shelfline.start({ ROLE: 'api' }),
        shelfline.start(worker),
        shelfline.start(worker),
      ]);
      const slow = shelfline.serve('slow', 4000, () => Promise.race([gate.opened, pause(100)]));
      const jobId = await shelfline.accepted(api, slow);
      await host.arrived(200);
      expect(await first.kill('SIGTERM')).toBe(0);
      await shelfline.start(worker);
      expect((await shelfline.job(api, jobId)).status).toBe('ongoing');
      gate.open();
      expect(await second.kill('SIGTERM')).toBe(0);
      await shelfline.start(worker);
      expect(await shelfline.finished(api, jobId)).toMatchObject({
        status: 'completed',
        images: { total: 4000, succeeded: 4000 },
      });
      expect(host.requests).toHaveLength(4000);
      expect(await shelfline.atRest()).toEqual({ attempts: { 1: 4000 }, broken: [] });
    } finally {
      await shelfline.close();
      await host.close();
      await database.drop();
    }
  }, 90_000);
});
