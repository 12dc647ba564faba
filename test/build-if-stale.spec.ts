import { mkdirSync, mkdtempSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isStale } from '../scripts/build-if-stale.ts';

describe('a build', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shelfline-stale-'));
    write('src/server/main.ts', 10);
    write('tsconfig.json', 10);
    touch('src/server', 10);
    touch('src', 10);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function touch(path: string, seconds: number): void {
    utimesSync(join(folder, path), seconds, seconds);
  }

  function write(path: string, seconds: number): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
    touch(path, seconds);
  }

  it('is stale where there is none, or it was not finished', () => {
    expect(isStale(folder)).toBe(true);
    write('dist/main.js', 20);
    expect(isStale(folder)).toBe(true);
  });

  it('is not when it is newer than all that it is built from', () => {
    write('dist/build-info.json', 20);
    expect(isStale(folder)).toBe(false);
  });

  it.each([
    ['a source', () => touch('src/server/main.ts', 30), true],
    ['the configuration', () => touch('tsconfig.json', 30), true],
    ['a migration', () => write('migrations/1-new.ts', 30), true],
    ['a source that was deleted', () => unlinkSync(join(folder, 'src/server/main.ts')), true],
    ['a test', () => touchTest(), false],
    ['a page', () => write('docs/index.md', 30), false],
  ])('after a change of %s', (_what, change, expected) => {
    write('dist/build-info.json', 20);
    change();
    expect(isStale(folder)).toBe(expected);
  });

  function touchTest(): void {
    write('src/server/main.spec.ts', 30);
    touch('src/server', 10);
  }
});
