import { rm } from 'node:fs/promises';

export default async function tearDown() {
  const embedded = globalThis.embeddedPostgres;
  if (embedded === undefined) return;
  await embedded.server.stop();
  await rm(embedded.dataDir, { recursive: true, force: true });
}
