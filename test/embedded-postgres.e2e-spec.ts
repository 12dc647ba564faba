/** The life and death of the embedded PostgreSQL: real applications, real servers, real signals. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { App, type End } from './support/embedded-postgres-app.js';
import {
  getAccount,
  appears,
  Folders,
  isRunning,
  nobodyIsLeft,
  query,
  getServer,
  getWatchers,
  asSuperuser,
} from './support/embedded-postgres-folder.js';

const isRoot = process.geteuid?.() === 0;
let folders: Folders;

beforeAll(async () => {
  folders = await Folders.make();
});

afterAll(async () => {
  await App.killAll();
  await folders.remove();
});

describe('a data folder with an awkward name', () => {
  let dataDir: string;
  let app: App;

  beforeAll(async () => {
    dataDir = await folders.next(`it's a "data" $HOME folder`);
    app = await App.up(dataDir);
  });

  it('the first start creates an empty database in a folder with an awkward name', async () => {
    await expect(app.says('up')).resolves.toMatchObject({ firstStart: true });
    expect(new URL(app.url)).toMatchObject({
      protocol: 'postgres:',
      hostname: '127.0.0.1',
      pathname: '/shelfline',
    });
    const tables = await query(app.url, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    expect(tables).toEqual([]);
  });

  it('the embedded database is durable, local to the machine, and in UTF-8 and UTC without an installed locale', async () => {
    const [served] = await query(
      await asSuperuser(app.url, dataDir),
      `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
              current_setting('synchronous_commit') AS synchronous_commit,
              current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
              current_setting('server_encoding') AS encoding, current_setting('timezone') AS timezone,
              upper('é') AS upper`,
    );
    expect(served).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      addresses: '127.0.0.1',
      sockets: '',
      encoding: 'UTF8',
      timezone: 'UTC',
      upper: 'É',
    });
  });

  it('the embedded database needs a password that only its owner can read', async () => {
    const { mode, uid } = await stat(join(dataDir, 'password'));
    expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o600, uid: process.geteuid?.() });
    const url = new URL(app.url);
    expect(url.password).toMatch(/^[\w-]{32}$/);
    url.password = 'wrong';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it(`the embedded database runs under ${isRoot ? 'another account than root' : 'the same account'}, which alone can read its files`, async () => {
    const { uid, mode } = await stat(join(dataDir, 'postgres'));
    expect(getAccount(await getServer(dataDir))).toBe(uid);
    expect(uid === process.geteuid?.()).toBe(!isRoot);
    expect(mode & 0o777).toBe(0o700);
  });

  it('the embedded database is owned by a role of the application that is no superuser', async () => {
    const [role] = await query(
      app.url,
      `SELECT rolname AS name, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication AS is_privileged,
              pg_get_userbyid(datdba) = rolname AS is_owner
         FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
    );
    expect(role).toEqual({ name: 'shelfline_app', is_privileged: false, is_owner: true });
    await expect(query(app.url, `SELECT pg_read_file('PG_VERSION')`)).rejects.toThrow(/permission denied/);
  });

  it('the embedded database keeps its data from one start to the next', async () => {
    await query(app.url, 'CREATE TABLE kept AS SELECT 42 AS value');
    await app.end('stop');
    await nobodyIsLeft(dataDir);
    app = await App.up(dataDir);
    await expect(app.says('up')).resolves.toMatchObject({ firstStart: false });
    await expect(query(app.url, 'SELECT value FROM kept')).resolves.toEqual([{ value: 42 }]);
    await app.end('stop');
  });
});

describe('in a folder of a version that worked as the superuser', () => {
  it('a database of a version that worked as superuser is given to the role of the application', async () => {
    const dataDir = await folders.next();
    const first = await App.up(dataDir);
    const superuser = await asSuperuser(first.url, dataDir);
    // As it was: the superuser owned all of it, and there was no other role.
    await query(superuser, 'ALTER DATABASE shelfline OWNER TO shelfline');
    await query(superuser, 'REASSIGN OWNED BY shelfline_app TO shelfline');
    for (const statement of [
      'CREATE SCHEMA kept',
      `CREATE TYPE kept.state AS ENUM ('a', 'b')`,
      `CREATE TABLE kept.part (id bigint GENERATED ALWAYS AS IDENTITY, state kept.state DEFAULT 'a') PARTITION BY LIST (state)`,
      `CREATE TABLE kept.part_a PARTITION OF kept.part FOR VALUES IN ('a')`,
      'CREATE SEQUENCE kept.numbers',
      'CREATE VIEW kept.seen AS SELECT id FROM kept.part',
      `CREATE FUNCTION kept.now_it_is() RETURNS timestamptz LANGUAGE sql RETURN now()`,
      'CREATE STATISTICS kept.both ON id, state FROM kept.part_a',
      'INSERT INTO kept.part DEFAULT VALUES',
      'DROP ROLE shelfline_app',
    ])
      await query(superuser, statement);
    await first.end('stop');
    await nobodyIsLeft(dataDir);

    const next = await App.up(dataDir);
    const owners = await query(
      next.url,
      `SELECT DISTINCT pg_get_userbyid(owner) AS owner
         FROM (SELECT nspowner FROM pg_namespace WHERE nspname = 'kept'
               UNION ALL SELECT relowner FROM pg_class WHERE relnamespace = 'kept'::regnamespace
               UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'kept'::regnamespace
               UNION ALL SELECT typowner FROM pg_type WHERE typnamespace = 'kept'::regnamespace
               UNION ALL SELECT stxowner FROM pg_statistic_ext WHERE stxnamespace = 'kept'::regnamespace
               UNION ALL SELECT datdba FROM pg_database WHERE datname = current_database()) AS kept (owner)`,
    );
    expect(owners).toEqual([{ owner: 'shelfline_app' }]);
    await query(next.url, 'ALTER TABLE kept.part ADD COLUMN more text');
    expect(await query(next.url, 'SELECT id, state FROM kept.part')).toEqual([{ id: '1', state: 'a' }]);
    await next.end('stop');
  });
});

describe('after an end that was not a proper one', () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await folders.next();
    await (await App.up(dataDir)).end('stop');
  });

  it.each<End>(['exit', 'throw', 'return'])(
    'no database server is left after the application ends by %s',
    async (end) => {
      const app = await App.up(dataDir);
      await app.end(end);
      await nobodyIsLeft(dataDir);
      expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    },
  );

  it('no database server is left after kill -9, and one that is still stopping does not prevent the next start', async () => {
    const app = await App.up(dataDir);
    await query(app.url, 'CREATE TABLE committed AS SELECT 1 AS value');
    await app.kill();
    const next = await App.up(dataDir);
    await expect(query(next.url, 'SELECT value FROM committed')).resolves.toEqual([{ value: 1 }]);
    await next.kill();
    await nobodyIsLeft(dataDir);
  });

  it('the next start stops a database server whose application and supervisor were killed', async () => {
    const app = await App.up(dataDir);
    const server = await getServer(dataDir);
    // It must not see that its server is watched no more.
    process.kill(app.pid, 'SIGSTOP');
    getWatchers(server).forEach((watcher) => process.kill(watcher, 'SIGKILL'));
    await app.kill();
    expect(isRunning(server)).toBe(true);
    const next = await App.up(dataDir);
    expect(next.said).toContainEqual({ event: 'embedded_postgres_leftover', pid: server });
    expect(isRunning(server)).toBe(false);
    await next.end('stop');
  });

  it('a database server stops when its supervisor is killed, and the application notices', async () => {
    const app = await App.up(dataDir);
    const server = await getServer(dataDir);
    getWatchers(server).forEach((watcher) => process.kill(watcher, 'SIGKILL'));
    await app.says('embedded_postgres_exited');
    await app.says('gone');
    expect(isRunning(server)).toBe(false);
    await app.end('stop');
  });

  it('the application notices that its database server was killed, and the next start recovers what was committed', async () => {
    const app = await App.up(dataDir);
    await query(app.url, 'CREATE TABLE recovered AS SELECT 2 AS value');
    process.kill(await getServer(dataDir), 'SIGKILL');
    await expect(app.says('embedded_postgres_exited')).resolves.toMatchObject({ status: 137 });
    await app.end('stop');
    const next = await App.up(dataDir);
    await expect(query(next.url, 'SELECT value FROM recovered')).resolves.toEqual([{ value: 2 }]);
    await next.end('stop');
  });

  it('a stale pid file that names another process harms neither that process nor the next start', async () => {
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    await writeFile(pidFile, `${stranger.pid}\n${dataDir}/postgres\n0\n5432\n\n127.0.0.1\n\nready\n`);
    const app = await App.up(dataDir);
    expect(stranger.exitCode).toBeNull();
    await expect(query(app.url, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    await app.end('stop');
    expect(stranger.kill()).toBe(true);
  });
});

describe('a first start that is interrupted', () => {
  // What the folder holds from the moments on that are worth an interruption.
  const locked = 'application.lock';
  const initdbRuns = 'postgres.new/data/PG_VERSION';
  const initdbIsHalfWay = 'postgres.new/data/global/pg_control';
  const initdbIsDone = 'postgres/PG_VERSION';
  const serverStarts = 'postgres/postmaster.pid';

  it.each([locked, initdbIsHalfWay, initdbIsDone, serverStarts])(
    'a first start that is killed when there is %s leaves no process, and the next start creates a complete database',
    async (moment) => {
      const dataDir = await folders.next();
      const app = App.run(dataDir);
      await appears(join(dataDir, moment));
      await app.kill();
      await nobodyIsLeft(dataDir);
      const next = await App.up(dataDir);
      await expect(query(next.url, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
      await next.end('stop');
      expect(await readdir(dataDir)).not.toContain('postgres.new');
    },
  );

  it.each([locked, 'server.lock', 'password', initdbRuns, initdbIsHalfWay, initdbIsDone, serverStarts])(
    'a first start that is interrupted by Ctrl-C when there is %s leaves no process and no partial files',
    async (moment) => {
      const dataDir = await folders.next();
      const app = App.run(dataDir);
      await appears(join(dataDir, moment));
      await app.interrupt();
      await expect(app.says('failed')).resolves.toMatchObject({ message: 'interrupted' });
      await nobodyIsLeft(dataDir);
      expect(await readdir(dataDir)).not.toContain('postgres.new');
      expect(existsSync(join(dataDir, serverStarts))).toBe(false);
    },
  );
});
