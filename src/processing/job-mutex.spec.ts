import { describe, expect, it } from '@jest/globals';
import { JobMutex } from './job-mutex.js';

describe('the work of a job', () => {
  it('runs one after the other, in the order of the calls', async () => {
    const mutex = new JobMutex();
    const first = Promise.withResolvers<void>();
    const did: string[] = [];
    const all = [
      mutex.run('1', async () => {
        did.push('a begins');
        await first.promise;
        did.push('a ends');
      }),
      mutex.run('1', async () => did.push('b')),
      mutex.run('1', async () => did.push('c')),
    ];
    await mutex.run('2', async () => did.push('of another job'));
    expect(did).toEqual(['a begins', 'of another job']);
    first.resolve();
    await Promise.all(all);
    expect(did).toEqual(['a begins', 'of another job', 'a ends', 'b', 'c']);
  });

  it('continues after a failure, which only its own caller gets', async () => {
    const mutex = new JobMutex();
    const failing = mutex.run('1', async () => Promise.reject(new Error('the database has gone')));
    const next = mutex.run('1', async () => 'done');
    await expect(failing).rejects.toThrow('the database has gone');
    await expect(next).resolves.toBe('done');
  });
});
