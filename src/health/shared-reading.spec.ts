import { expect, it } from '@jest/globals';
import { SharedReading } from './shared-reading.js';

const never = new Promise<string>(() => {});

it('many who ask at once, and those who ask soon after, share one reading', async () => {
  let readings = 0;
  const shared = new SharedReading(async () => `reading ${(readings += 1)}`, 1_000);
  const answers = await Promise.all(Array.from({ length: 100 }, () => shared.latest()));
  expect(new Set([...answers, await shared.latest()])).toEqual(new Set(['reading 1']));
  expect(readings).toBe(1);
});

it.each<[string, () => Promise<string>]>([
  ['that fails', () => Promise.reject(new Error('the database is away'))],
  ['that does not end', () => never],
])('a reading %s delays no caller, and is begun once', async (_, read) => {
  let readings = 0;
  const shared = new SharedReading(() => {
    readings += 1;
    return read();
  }, 10);
  expect(await Promise.all([shared.latest(), shared.latest()])).toEqual([undefined, undefined]);
  expect(await shared.latest()).toBeUndefined();
  expect(readings).toBe(1);
});
