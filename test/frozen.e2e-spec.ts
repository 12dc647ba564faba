import { expect, it } from '@jest/globals';
import { createTestDatabase } from './support/database.js';
import { Gate, ImageHost } from './support/image-host.js';
import { Installation } from './support/installation.js';
import { until } from './support/until.js';

/** Hosts answered in time, and the process alone was late to read it: IMAGE_TIMEOUT_MS must not run while it stands still. */
it('a process that was frozen counts no attempt for answers that arrived meanwhile', async () => {
  const host = await ImageHost.start();
  const database = await createTestDatabase();
  const shelfline = new Installation(database.url, host);
  const gate = new Gate();
  try {
    const server = await shelfline.start({ IMAGE_TIMEOUT_MS: '3000', IMAGE_RETRY_BASE_MS: '50' });
    const jobId = await shelfline.accepted(
      server,
      shelfline.serve('gated', 4, () => gate.opened),
    );
    await host.arrived(4);
    process.kill(server.pid, 'SIGSTOP');
    gate.open();
    // Longer than the timeout, shorter than the heartbeats by which others would take it for dead.
    const frozenAt = performance.now();
    await until(
      async () => (performance.now() - frozenAt > 4_000 ? true : undefined),
      'the end of the timeout while nobody can see it',
    );
    process.kill(server.pid, 'SIGCONT');
    await shelfline.finished(server, jobId);
    expect(await shelfline.atRest()).toEqual({ attempts: { 1: 4 }, broken: [] });
  } finally {
    await shelfline.close();
    await host.close();
    await database.drop();
  }
}, 90_000);
