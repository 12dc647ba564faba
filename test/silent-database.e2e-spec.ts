/** A network that loses every packet, or a database whose machine is gone: no connection ends, and none answers. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { DatabaseProxy } from './support/database-proxy.js';
import { Gate, ImageHost } from './support/image-host.js';
import { Installation } from './support/installation.js';
import { until } from './support/until.js';

let database: TestDatabase;
let proxy: DatabaseProxy;
let host: ImageHost;
let shelfline: Installation;

beforeEach(async () => {
  database = await createTestDatabase();
  proxy = await DatabaseProxy.start(database.url);
  host = await ImageHost.start();
  shelfline = new Installation(database.url, host);
});

afterEach(async () => {
  await shelfline.close();
  await host.close();
  await proxy.close();
  await database.drop();
});

it('a process closes connections that no longer answer, and continues with new ones', async () => {
  const gate = new Gate();
  const server = await shelfline.start({ DATABASE_URL: proxy.url, DATABASE_SILENCE_MS: '1000' });
  const jobId = await shelfline.accepted(
    server,
    shelfline.serve('gated', 4, () => gate.opened),
  );
  await host.arrived(4);
  expect(proxy.fallSilent()).toBeGreaterThan(1);
  gate.open();
  const answers = new Set<number>();
  await until(async () => {
    const { status } = await fetch(`${server.origin}/api/jobs/${jobId}`);
    answers.add(status);
    return status === 200 ? true : undefined;
  }, 'an answer over a new connection');
  expect([200, 503]).toEqual(expect.arrayContaining([...answers]));
  await expect(shelfline.finished(server, jobId)).resolves.toMatchObject({ status: 'completed' });
  expect((await shelfline.atRest()).broken).toEqual([]);
}, 120_000);
