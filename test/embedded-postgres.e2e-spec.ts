/** The embedded PostgreSQL under hard conditions: real applications, real servers, real signals. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileLock } from '../src/app/embedded-postgres/file-lock.js';
import { readPidFile } from '../src/app/embedded-postgres/pid-file.js';
import { App, type End, query, until } from './support/embedded-postgres-app.js';

const isRoot = process.geteuid?.() === 0;
let folders: string;

beforeAll(async () => {
  folders = await mkdtemp(join(tmpdir(), 'shelfline-embedded-'));
  await chmod(folders, 0o755);
});

afterAll(async () => {
  await App.killAll();
  await rm(folders, { recursive: true, force: true, maxRetries: 10 });
});

/** A place for a data folder that is not there yet. */
const newFolder = async (name = 'data'): Promise<string> => join(await mkdtemp(join(folders, 'x-')), name);

/** Waits until no process of a server, nor of the making of one, is left: each of them holds this lock. */
const nobodyIsLeft = (dataDir: string): Promise<void> =>
  until(async () => {
    const lock = await FileLock.tryAcquire(join(dataDir, 'server.lock'));
    lock?.release();
    return lock !== undefined;
  });

const serverPid = async (dataDir: string): Promise<number> =>
  (await readPidFile(join(dataDir, 'postgres')))?.pid ?? -1;

/** The processes that watch a server: the shell that started it, and the part of it that waits for the end. */
const watchersOf = (server: number): number[] => {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const shell = processes.find(([pid]) => pid === server)?.[1] ?? -1;
  return [
    shell,
    ...processes.flatMap(([pid = -1, parent]) => (parent === shell && pid !== server ? pid : [])),
  ];
};

const isRunning = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

/** Starts an application that is expected to fail, and answers the line it says then. */
const failure = async (dataDir: string, options = {}): Promise<string> => {
  const app = App.run(dataDir, options);
  const { name, message } = await app.says('failed');
  await app.end('return');
  expect(name).toBe('EmbeddedPostgresError');
  expect(message).not.toMatch(/\n/);
  return String(message);
};

describe('a data folder with an awkward name', () => {
  let dataDir: string;
  let app: App & { url: string };

  beforeAll(async () => {
    dataDir = await newFolder(`it's a "data" $HOME folder`);
    app = await App.up(dataDir);
  });

  it('gets an empty database on the first start', async () => {
    await expect(app.says('up')).resolves.toMatchObject({ firstStart: true });
    expect(new URL(app.url)).toMatchObject({ hostname: '127.0.0.1', pathname: '/shelfline' });
    const [settings] = await query(
      app.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
              current_setting('synchronous_commit') AS synchronous_commit, current_setting('timezone') AS timezone,
              current_setting('listen_addresses') AS listen_addresses,
              current_setting('unix_socket_directories') AS sockets, current_setting('server_encoding') AS encoding,
              upper('é') AS upper, (SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public') AS tables`,
    );
    expect(settings).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      timezone: 'UTC',
      listen_addresses: '127.0.0.1',
      sockets: '',
      encoding: 'UTF8',
      upper: 'É',
      tables: 0,
    });
  });

  it('asks for a password that only its owner can read', async () => {
    const url = new URL(app.url);
    expect(url.password.length).toBeGreaterThanOrEqual(32);
    const { mode, uid } = await stat(join(dataDir, 'password'));
    expect(mode & 0o777).toBe(0o600);
    expect(uid).toBe(process.geteuid?.());
    url.password = 'wrong';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    url.password = '';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password/);
  });

  const account = isRoot
    ? 'another account than root, and others cannot enter the database'
    : "the user's account";
  it(`runs the server under ${account}`, async () => {
    const { stdout } = spawnSync('ps', ['-o', 'uid=', '-p', String(await serverPid(dataDir))], {
      encoding: 'utf8',
    });
    const { uid, mode } = await stat(join(dataDir, 'postgres'));
    expect(Number(stdout)).toBe(uid);
    expect(uid === process.geteuid?.()).toBe(!isRoot);
    expect(mode & 0o777).toBe(0o700);
  });

  it('keeps its data from one start to the next', async () => {
    await query(app.url, 'CREATE TABLE kept AS SELECT 42 AS value');
    await app.end('stop');
    await nobodyIsLeft(dataDir);
    app = await App.up(dataDir);
    await expect(app.says('up')).resolves.toMatchObject({ firstStart: false });
    await expect(query(app.url, 'SELECT value FROM kept')).resolves.toEqual([{ value: 42 }]);
    await app.end('stop');
  });
});

describe('after an application that ended without stopping its server', () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await newFolder();
    await (await App.up(dataDir)).end('stop');
  });

  it.each<End>(['exit', 'throw', 'return'])('no server is left (%s)', async (end) => {
    const app = await App.up(dataDir);
    await app.end(end);
    await nobodyIsLeft(dataDir);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  it('no server is left by kill -9, and the next start is not kept waiting', async () => {
    const app = await App.up(dataDir);
    await query(app.url, 'CREATE TABLE IF NOT EXISTS committed (value int)');
    await app.kill();
    const next = await App.up(dataDir);
    await expect(query(next.url, 'SELECT value FROM committed')).resolves.toEqual([]);
    await next.kill();
    await nobodyIsLeft(dataDir);
  });

  it('a server that outlived its watch is stopped by the next start', async () => {
    const app = await App.up(dataDir);
    const pid = await serverPid(dataDir);
    // Stopped first, so that the application cannot see that its server is watched no more.
    process.kill(app.pid, 'SIGSTOP');
    watchersOf(pid).forEach((watcher) => process.kill(watcher, 'SIGKILL'));
    await app.kill();
    expect(isRunning(pid)).toBe(true);
    const next = await App.up(dataDir);
    expect(next.said).toContainEqual({ event: 'embedded_postgres_leftover', pid });
    expect(isRunning(pid)).toBe(false);
    await next.end('stop');
  });

  it('a stale pid file that names a process of somebody else harms neither', async () => {
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
    await writeFile(
      join(dataDir, 'postgres', 'postmaster.pid'),
      `${stranger.pid}\n/elsewhere\n0\n5432\n\n\n\nready\n`,
    );
    const app = await App.up(dataDir);
    expect(stranger.exitCode).toBeNull();
    expect(await serverPid(dataDir)).not.toBe(stranger.pid);
    await app.end('stop');
    expect(stranger.kill()).toBe(true);
  });

  it('a server whose watch is killed goes too, and the application is told', async () => {
    const app = await App.up(dataDir);
    const pid = await serverPid(dataDir);
    watchersOf(pid).forEach((watcher) => process.kill(watcher, 'SIGKILL'));
    await app.says('embedded_postgres_exited');
    await app.says('gone');
    expect(isRunning(pid)).toBe(false);
    await app.end('stop');
  });

  it('a server that is killed is reported, and recovers at the next start', async () => {
    const app = await App.up(dataDir);
    process.kill(await serverPid(dataDir), 'SIGKILL');
    await expect(app.says('embedded_postgres_exited')).resolves.toMatchObject({ status: 137 });
    await app.end('stop');
    await (await App.up(dataDir)).end('stop');
  });
});

describe('applications that start on one data folder at once', () => {
  it('find that one of them has it, which the others name', async () => {
    let dataDir = '';
    for (const isFirstStart of [true, true, false, false]) {
      dataDir = isFirstStart ? await newFolder() : dataDir;
      const apps = [1, 2, 3, 4].map(() => App.run(dataDir));
      const first = (app: App): Promise<unknown> =>
        until(() => app.said.some(({ event }) => /^(up|failed)$/.test(event)));
      await Promise.all(apps.map(first));
      const [owner, ...more] = apps.filter((app) => app.said.some(({ event }) => event === 'up'));
      expect(more).toEqual([]);
      for (const app of apps.filter((other) => other !== owner)) {
        const { message } = await app.says('failed');
        expect(message).toBe(
          `DATA_DIR ${dataDir} is in use by another Shelfline (pid ${owner?.pid}): stop that one, or choose another DATA_DIR`,
        );
        await app.end('return');
      }
      await expect(query(String((await owner?.says('up'))?.['url']), 'SELECT 1 AS one')).resolves.toEqual([
        { one: 1 },
      ]);
      await owner?.end('stop');
    }
  });
});

/** What the folder holds at the moments of a first start that are worth an interruption. */
const MOMENTS = [
  'application.lock',
  'server.lock',
  'password',
  'postgres.new/data/PG_VERSION',
  'postgres.new/data/global/pg_control',
  'postgres.new/data/base/5',
  'postgres/PG_VERSION',
  'postgres/postmaster.pid',
];

describe('a first start that is interrupted', () => {
  it.each(MOMENTS)('by kill -9 when there is %s leaves nobody, and is begun anew', async (moment) => {
    const dataDir = await newFolder();
    const app = App.run(dataDir);
    await until(() => existsSync(join(dataDir, moment)));
    await app.kill();
    await nobodyIsLeft(dataDir);
    const next = await App.up(dataDir);
    await expect(query(next.url, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    await next.end('stop');
    expect(await readdir(dataDir)).not.toContain('postgres.new');
  });

  it.each(MOMENTS)('by Ctrl-C when there is %s leaves nobody and nothing half made', async (moment) => {
    const dataDir = await newFolder();
    const app = App.run(dataDir);
    await until(() => existsSync(join(dataDir, moment)));
    await app.interrupt();
    await expect(app.says('failed')).resolves.toMatchObject({ message: 'interrupted' });
    await nobodyIsLeft(dataDir);
    expect(await readdir(dataDir)).not.toContain('postgres.new');
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  });
});

describe('a data folder that cannot be used', () => {
  it('because another major version made it is left alone, and the error says what to do', async () => {
    const dataDir = await newFolder();
    await (await App.up(dataDir)).end('stop');
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    expect(await failure(dataDir)).toMatch(
      /was made by PostgreSQL 17, and this is PostgreSQL 18\.\d+: dump it with version 17 .* or set DATABASE_URL/,
    );
    await expect(readFile(join(dataDir, 'postgres', 'PG_VERSION'), 'utf8')).resolves.toBe('17\n');
  });

  it('because it holds something else is not touched', async () => {
    const dataDir = await newFolder();
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'thesis.txt'), 'mine');
    expect(await failure(dataDir)).toBe(
      `DATA_DIR ${dataDir} is not empty and was not made by Shelfline: choose an empty or a new folder`,
    );
    await expect(readdir(dataDir)).resolves.toEqual(['thesis.txt']);
  });

  it('because it is a file is said so', async () => {
    const dataDir = await newFolder();
    await writeFile(dataDir, '');
    expect(await failure(dataDir)).toMatch(/a part of the path is a file, not a folder$/);
  });

  it('because a server that somebody started by hand uses it is left to that one', async () => {
    const dataDir = await newFolder();
    await (await App.up(dataDir)).end('stop');
    // Stands for the server: a process that is called postgres, and is not Shelfline's.
    const other = spawn('sleep', ['600'], { argv0: 'postgres', stdio: 'ignore' });
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${other.pid}\n`);
    expect(await failure(dataDir)).toMatch(
      new RegExp(`that Shelfline did not start \\(pid ${other.pid}\\) uses DATA_DIR`),
    );
    expect(other.kill()).toBe(true);
  });
});
