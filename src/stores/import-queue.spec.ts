import { describe, expect, it } from '@jest/globals';
import { ImportQueue } from './import-queue.js';

const NEVER = new Promise<never>(() => {});
const DAY_MS = 86_400_000;

describe('the queue of imports', () => {
  it('runs one at a time, and callers in rotation', async () => {
    const queue = new ImportQueue();
    const order: string[] = [];
    let running = 0;
    const started = Promise.withResolvers<void>();
    const first = queue.run('a', DAY_MS, async () => started.promise);
    const others = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map(async (name) =>
      queue.run(name.slice(0, 1), DAY_MS, async () => {
        running += 1;
        order.push(`${name}:${running}`);
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        running -= 1;
      }),
    );
    started.resolve();
    await Promise.all([first, ...others]);
    expect(order).toEqual(['b1:1', 'c1:1', 'a1:1', 'b2:1', 'a2:1', 'a3:1']);
  });

  it('ends imports whose senders keep others waiting, and runs the others', async () => {
    const queue = new ImportQueue();
    const ended: unknown[] = [];
    for (const caller of ['a', 'c', 'a', 'a']) {
      queue
        .run(caller, 1, async (current) => current.receive(NEVER))
        .catch((error: unknown) => ended.push({ caller, error }));
    }
    const other = queue.run('b', DAY_MS, async (current) => current.receive(Promise.resolve('imported')));
    expect(await other).toBe('imported');
    // One import of each other caller.
    expect(ended).toEqual(
      ['a', 'c'].map((caller) => ({
        caller,
        error: expect.objectContaining({ status: 408, code: 'body_too_slow' }),
      })),
    );
  });

  it('counts the time of all rows of an import together', async () => {
    const queue = new ImportQueue();
    const rows = (): Promise<void> =>
      new Promise((resolve) => {
        setImmediate(resolve);
      });
    const slow = queue.run('a', 5, async (current) => {
      for (;;) await current.receive(rows());
    });
    const other = queue.run('b', DAY_MS, async () => 'imported');
    await expect(slow).rejects.toMatchObject({ status: 408 });
    expect(await other).toBe('imported');
  });

  it('lets an import wait for its sender as long as nobody waits for it', async () => {
    const queue = new ImportQueue();
    const rows = Promise.withResolvers<string>();
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();
    const alone = queue.run('a', 0, async (current) => current.receive(rows.promise));
    expect(timers()).toBe(before);
    rows.resolve('imported');
    expect(await alone).toBe('imported');
  });

  it('goes on after an import that fails', async () => {
    const queue = new ImportQueue();
    const failing = queue.run('a', DAY_MS, async () => Promise.reject(new Error('broken')));
    const next = queue.run('a', DAY_MS, async () => 'imported');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('imported');
  });
});
