/** Data folders of the embedded PostgreSQL, and the processes that live on them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { FileLock } from '../../src/embedded-postgres/file-lock.js';
import { readPidFile } from '../../src/embedded-postgres/pid-file.js';
import { until } from './until.js';

/** A folder for data folders, which other accounts may enter. */
export class Folders {
  private constructor(private readonly path: string) {}

  static async make(): Promise<Folders> {
    const path = await mkdtemp(join(tmpdir(), 'shelfline-embedded-'));
    await chmod(path, 0o755);
    return new Folders(path);
  }

  /** A place for a data folder that is not there yet, in a folder that is. */
  async next(name = 'data'): Promise<string> {
    return join(await mkdtemp(join(this.path, 'x-')), name);
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Waits until no process of a server, nor of the making of one, is left: each of them holds this lock. */
export const nobodyIsLeft = (dataDir: string): Promise<null> =>
  until(async () => {
    const lock = await FileLock.tryAcquire(join(dataDir, 'server.lock'));
    lock?.release();
    return lock ? null : undefined;
  }, `the end of all processes in ${dataDir}`);

/** Waits until a path is there. */
export const appears = (path: string): Promise<true> =>
  until(async () => (existsSync(path) ? true : undefined), path);

/** The process of the server that runs on a data folder. */
export const getServer = async (dataDir: string): Promise<number> =>
  (await readPidFile(join(dataDir, 'postgres')))?.pid ?? 0;

/** The processes that watch a server: the shell that started it, and the part of it that waits for the end. */
export const getWatchers = (server: number): number[] => {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const shell = processes.find(([pid]) => pid === server)?.[1] ?? 0;
  return [
    shell,
    ...processes.flatMap(([pid = 0, parent]) => (parent === shell && pid !== server ? pid : [])),
  ];
};

export const isRunning = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

/** The account that a process runs under. */
export const getAccount = (pid: number): number =>
  Number(spawnSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' }).stdout);

/** The database of a data folder for the superuser of its cluster, which the application does not connect as. */
export async function asSuperuser(applicationUrl: string, dataDir: string): Promise<string> {
  const url = new URL(applicationUrl);
  url.username = 'shelfline';
  url.password = (await readFile(join(dataDir, 'password'), 'utf8')).trim();
  return url.href;
}

/** Runs one statement on a database and answers its rows. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
