/** The built server as it stands alone: on an embedded PostgreSQL, which it starts and stops itself. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Folders, nobodyIsLeft, getServer } from './support/embedded-postgres-folder.js';
import { ServerProcess } from './support/server-process.js';

const JOB = {
  count: 1,
  visits: [{ store_id: 'NOWHERE', image_url: ['http://127.0.0.1:9/x'], visit_time: '2024-11-16T12:00:00Z' }],
};

describe('the server on an embedded database', () => {
  let folders: Folders;
  let dataDir: string;
  let server: ServerProcess;

  beforeAll(async () => {
    folders = await Folders.make();
    dataDir = await folders.next();
    server = await ServerProcess.start({ DATA_DIR: dataDir });
  });

  afterAll(async () => {
    await server.kill('SIGKILL');
    await nobodyIsLeft(dataDir);
    await folders.remove();
  });

  it('the server prints its address, version, commit and data folder in three lines', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    const { commit } = JSON.parse(
      await readFile(new URL('../dist/build-info.json', import.meta.url), 'utf8'),
    );
    const said = server.text.trim().split('\n');
    expect(said.map((line) => JSON.parse(line).message)).toEqual([
      `Shelfline ${version}${commit === null ? '' : ` (${commit})`} serves ${server.origin}/api (role all)`,
      `Open it in the browser: ${server.origin}/ (the API: ${server.origin}/docs)`,
      `Data: embedded PostgreSQL, kept in ${dataDir}`,
    ]);
    const health = await fetch(`${server.origin}/health/live`);
    expect(await health.json()).toEqual({ status: 'ok', version, commit });
  });

  it('a second server on the same data is refused in one line, and the first continues', async () => {
    const { status, text } = await ServerProcess.refusal({ DATA_DIR: dataDir, PORT: '0' });
    expect(status).toBe(1);
    expect(text).toBe(
      `DATA_DIR ${dataDir} is in use by another Shelfline (pid ${server.pid}): stop that one, or choose another DATA_DIR\n`,
    );
    expect((await fetch(`${server.origin}/health/ready`)).status).toBe(200);
  });

  it('the server has its jobs again after a stop, and after kill -9', async () => {
    const answer = await fetch(`${server.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(JOB),
    });
    const { job_id: jobId } = (await answer.json()) as { job_id: string };
    expect(await server.kill('SIGTERM')).toBe(0);
    await nobodyIsLeft(dataDir);
    for (const again of [1, 2]) {
      server = await ServerProcess.start({ DATA_DIR: dataDir });
      const job = await fetch(`${server.origin}/api/jobs/${jobId}`);
      expect(await job.json()).toMatchObject({ job_id: jobId, status: 'failed' });
      if (again === 1) await server.kill('SIGKILL');
    }
  });

  it('the server stops with the npm that started it', async () => {
    const started = await ServerProcess.start({ DATA_DIR: await folders.next() }, ['npm', 'start']);
    // Its output ends with the last process that shares it, which is the server.
    await started.kill('SIGTERM');
    await expect(fetch(started.origin)).rejects.toThrow('fetch failed');
  });

  it('the server exits with 1 and a message when its database is gone, and the next start recovers', async () => {
    process.kill(await getServer(dataDir), 'SIGKILL');
    expect(await server.end()).toBe(1);
    expect(server.text.trim().split('\n').at(-1)).toBe(
      `The embedded PostgreSQL in DATA_DIR ${dataDir} ended by itself (why: ${dataDir}/server.log). ` +
        'Start Shelfline again: what was committed is kept',
    );
    server = await ServerProcess.start({ DATA_DIR: dataDir });
    const jobs = await fetch(`${server.origin}/api/jobs`);
    expect(((await jobs.json()) as { items: unknown[] }).items).toHaveLength(1);
  });
});
