import { describe, expect, it } from '@jest/globals';
import { JobTurns } from './job-turns.js';

describe('the turns of a job', () => {
  it('come one after the other, in the order in which they were asked for', async () => {
    const turns = new JobTurns();
    const first = Promise.withResolvers<void>();
    const did: string[] = [];
    const all = [
      turns.take('1', async () => {
        did.push('a begins');
        await first.promise;
        did.push('a ends');
      }),
      turns.take('1', async () => did.push('b')),
      turns.take('1', async () => did.push('c')),
    ];
    await turns.take('2', async () => did.push('of another job'));
    expect(did).toEqual(['a begins', 'of another job']);
    first.resolve();
    await Promise.all(all);
    expect(did).toEqual(['a begins', 'of another job', 'a ends', 'b', 'c']);
  });

  it('go on after one that failed, which only its own caller is told', async () => {
    const turns = new JobTurns();
    const failing = turns.take('1', async () => Promise.reject(new Error('the database has gone')));
    const next = turns.take('1', async () => 'done');
    await expect(failing).rejects.toThrow('the database has gone');
    await expect(next).resolves.toBe('done');
  });
});
