import { mkdir, mkdtemp, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataFolder } from './data-folder.js';

describe('a data folder', () => {
  let parent: string;
  let path: string;

  beforeEach(async () => {
    parent = await realpath(await mkdtemp(join(tmpdir(), 'shelfline-folder-')));
    path = join(parent, 'deep', 'data');
  });

  afterEach(() => rm(parent, { recursive: true }));

  it('is made with the folders above it', async () => {
    await expect(DataFolder.open(path)).resolves.toMatchObject({ path, cluster: join(path, 'postgres') });
    await expect(readdir(path)).resolves.toEqual([]);
  });

  it('is one folder, whatever link leads to it', async () => {
    await mkdir(path, { recursive: true });
    await symlink(path, join(parent, 'link'));
    await expect(DataFolder.open(join(parent, 'link'))).resolves.toMatchObject({ path });
  });

  it('may be the root of a fresh disk', async () => {
    await mkdir(join(path, 'lost+found'), { recursive: true });
    await expect(DataFolder.open(path)).resolves.toMatchObject({ path });
  });

  it("must not be a PostgreSQL's own folder", async () => {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'PG_VERSION'), '18\n');
    await expect(DataFolder.open(path)).rejects.toThrow(/is not empty and was not made by Shelfline/);
  });

  it('keeps one password, for its owner only', async () => {
    const folder = await DataFolder.open(path);
    const password = await folder.password();
    await expect(folder.password()).resolves.toBe(password);
    await expect(readdir(path)).resolves.toEqual(['password']);
    expect((await stat(join(path, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('names the missing file when the database exists without its password', async () => {
    const folder = await DataFolder.open(path);
    await mkdir(folder.cluster);
    await expect(folder.password()).rejects.toThrow(`put the file ${join(path, 'password')} back`);
  });

  if (process.platform === 'linux') {
    it('that the system will not make is refused at once', async () => {
      await expect(DataFolder.open('/proc/shelfline/data')).rejects.toThrow(
        /^DATA_DIR \/proc\/shelfline\/data cannot be used: /,
      );
    });
  }
});
