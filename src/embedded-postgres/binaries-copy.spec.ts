import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tryBinaries } from './binaries.js';
import { copyBinaries } from './binaries-copy.js';
import { findInstalledPackage } from './installed-package.js';

describe('a copy of the programs', () => {
  let place: string;
  const copies: string[] = [];
  const copied = (copy: string): number => copies.push(copy);

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'shelfline-copy-'));
    copies.length = 0;
  });

  afterEach(() => rm(place, { recursive: true }));

  it('is made once, runs, and can be changed by its owner only', async () => {
    const { native } = await findInstalledPackage();
    const copy = join(place, 'programs');
    const made = await copyBinaries(native, copy, undefined, copied);
    expect(made).toMatchObject({ postgres: join(copy, 'bin', 'postgres'), major: '18' });
    await expect(copyBinaries(native, copy, undefined, copied)).resolves.toEqual(made);
    expect(copies).toEqual([copy]);
    await expect(readdir(place)).resolves.toEqual(['programs']);
    expect((await stat(join(copy, 'bin', 'postgres'))).mode & 0o777).toBe(0o755);
  });

  it('is made again if it is incomplete', async () => {
    const { native } = await findInstalledPackage();
    const copy = join(place, 'programs');
    await copyBinaries(native, copy, undefined, copied);
    await rm(join(copy, 'share'), { recursive: true });
    await expect(tryBinaries(copy, undefined)).resolves.toEqual(expect.any(String));
    await expect(copyBinaries(native, copy, undefined, copied)).resolves.toMatchObject({ major: '18' });
  });

  it('is not made where other accounts could write', async () => {
    const { native } = await findInstalledPackage();
    await chmod(place, 0o777);
    await expect(copyBinaries(native, join(place, 'programs'), undefined, copied)).resolves.toBeUndefined();
    await expect(readdir(place)).resolves.toEqual([]);
  });
});
