import { expect, it } from '@jest/globals';
import { createTestDatabase } from './support/database.js';
import { ImageHost } from './support/image-host.js';
import { Installation } from './support/installation.js';

it('an export of many pages writes no warning of Node', async () => {
  const host = await ImageHost.start();
  const database = await createTestDatabase();
  const shelfline = new Installation(database.url, host);
  try {
    const server = await shelfline.start({ ROLE: 'api' });
    const urls = Array.from({ length: 20_000 }, (_, n) => `http://127.0.0.1:9/${n}/${'x'.repeat(100)}.gif`);
    const jobId = await shelfline.accepted(server, urls);
    const answer = await fetch(`${server.origin}/api/jobs/${jobId}/images`, {
      headers: { accept: 'application/x-ndjson' },
    });
    expect((await answer.text()).trim().split('\n')).toHaveLength(20_000);
    expect(server.text).not.toContain('MaxListenersExceededWarning');
  } finally {
    await shelfline.close();
    await host.close();
    await database.drop();
  }
}, 90_000);
