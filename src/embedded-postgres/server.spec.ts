import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ClusterOptions, ensureCluster } from './cluster.js';
import { DataFolder } from './data-folder.js';
import { FileLock } from './file-lock.js';
import { findBinaries } from './find-binaries.js';
import { findInstalledPackage } from './installed-package.js';
import { findFreePort } from './free-port.js';
import { Server } from './server.js';
import { findServerAccount } from './server-account.js';

describe('a server', () => {
  let folder: DataFolder;
  let lock: FileLock | undefined;
  let options: ClusterOptions;

  beforeAll(async () => {
    folder = await DataFolder.open(await mkdtemp(join(tmpdir(), 'shelfline-server-')));
    const account = await findServerAccount(folder);
    const binaries = await findBinaries(await findInstalledPackage(), folder.path, account, () => undefined);
    lock = await FileLock.tryAcquire(folder.serverLock);
    options = { folder, binaries, account, lock: lock?.fd ?? -1, signal: undefined };
    await ensureCluster(options, 'secret');
  });

  afterAll(async () => {
    lock?.release();
    await rm(folder.path, { recursive: true });
  });

  it('takes another port when somebody took the free one first', async () => {
    const rival = createServer().listen(0, '127.0.0.1');
    await once(rival, 'listening');
    const address = rival.address();
    const taken = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const ports = [taken, taken];
    const server = await Server.start(options, async () => ports.pop() ?? findFreePort());
    expect(ports).toEqual([]);
    expect(server.port).not.toBe(taken);
    await server.stop();
    rival.close();
  });

  it('that does not start reports why, in one line, and where to read more', async () => {
    await appendFile(join(folder.cluster, 'postgresql.conf'), 'wrong_setting = 1\n');
    await expect(Server.start(options)).rejects.toThrow(
      /^PostgreSQL did not start in DATA_DIR \S+: .*contains errors.* \(more in \S+server\.log\)$/,
    );
  });
});
