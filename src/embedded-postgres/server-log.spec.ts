import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ServerLog } from './server-log.js';

describe("a server's log", () => {
  let folder: string;
  let log: ServerLog;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shelfline-log-'));
    log = new ServerLog(join(folder, 'server.log'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('contains nothing of earlier starts', async () => {
    await log.writeFrom(async (fd) => writeSync(fd, 'first'));
    await log.writeFrom(async (fd) => writeSync(fd, 'second'));
    await expect(log.read()).resolves.toBe('second');
  });

  it('is emptied when it is long, and goes on from its new end', async () => {
    await log.writeFrom(async (fd) => {
      writeSync(fd, 'x'.repeat(100));
      await log.emptyIfTooLong(100);
      await expect(log.read()).resolves.toHaveLength(100);
      await log.emptyIfTooLong(99);
      writeSync(fd, 'new');
    });
    await expect(readFile(log.path, 'utf8')).resolves.toBe('new');
  });
});
