import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FileLock } from './file-lock.js';

describe('a lock on a file', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shelfline-lock-'));
    path = join(folder, 'lock');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is held by one at a time, of one process as of several', async () => {
    const locks = await Promise.all([1, 2, 3, 4].map(() => FileLock.tryAcquire(path)));
    const [held, ...more] = locks.filter((lock) => lock !== undefined);
    expect(more).toEqual([]);
    await expect(FileLock.tryAcquire(path)).resolves.toBeUndefined();
    held?.release();
    const next = await FileLock.tryAcquire(path);
    expect(next).toBeDefined();
    next?.release();
  });

  it('is held for as long as a child lives that it was handed to', async () => {
    const lock = await FileLock.tryAcquire(path);
    const child = spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', 'ignore', lock?.fd] });
    await once(child, 'spawn');
    lock?.release();
    await expect(FileLock.tryAcquire(path)).resolves.toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = await FileLock.tryAcquire(path);
    expect(next).toBeDefined();
    next?.release();
  });

  it('is taken by a program that a Ctrl-C does not reach', async () => {
    const path0 = process.env['PATH'] ?? '';
    await writeFile(join(folder, 'flock'), '#!/bin/sh\nps -o pid=,pgid= -p $$ >&3\n', { mode: 0o700 });
    process.env['PATH'] = `${folder}:${path0}`;
    try {
      (await FileLock.tryAcquire(path))?.release();
    } finally {
      process.env['PATH'] = path0;
    }
    const [pid, group] = (await readFile(path, 'utf8')).trim().split(/\s+/);
    expect(pid).toMatch(/^\d+$/);
    expect(group).toBe(pid);
  });

  it("is in a file for the owner's eyes, and in no file that a link leads to", async () => {
    (await FileLock.tryAcquire(path))?.release();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await symlink(path, `${path}.link`);
    await expect(FileLock.tryAcquire(`${path}.link`)).rejects.toThrow(/cannot open the lock file/);
  });
});
