import { describe, expect, it } from '@jest/globals';
import { FairSemaphore } from './fair-semaphore.js';

const { signal } = new AbortController();

describe('a fair semaphore', () => {
  it('serves one key after the other', async () => {
    const places = new FairSemaphore(2);
    const acquire = async (fairnessKey: string): Promise<boolean> =>
      places.acquire(1, { signal, fairnessKey });
    await Promise.all([acquire('long'), acquire('long')]);
    const order: string[] = [];
    const all = ['long', 'long', 'long', 'short'].map(async (key) => {
      await acquire(key);
      order.push(key);
      places.release();
    });
    expect([places.tryAcquire(), places.inUse]).toEqual([false, 2]);
    places.release();
    await Promise.all(all);
    expect([order, places.inUse]).toEqual([['long', 'short', 'long', 'long'], 1]);
  });

  it('does not let a smaller request overtake a larger one', async () => {
    const bytes = new FairSemaphore(100);
    expect([bytes.tryAcquire(60), bytes.tryAcquire(60)]).toEqual([true, false]);
    const order: string[] = [];
    const large = bytes.acquire(90, { signal, fairnessKey: 'one' }).then(() => order.push('large'));
    const small = bytes.acquire(10, { signal, fairnessKey: 'other' }).then(() => order.push('small'));
    // There is room for it, and others wait.
    expect(bytes.tryAcquire(10)).toBe(false);
    bytes.release(60);
    await Promise.all([large, small]);
    expect([order, bytes.inUse]).toEqual([['large', 'small'], 100]);
  });

  it('grants everything that one release makes room for', async () => {
    const bytes = new FairSemaphore(100);
    bytes.tryAcquire(100);
    const all = [30, 30, 40].map(async (units) => bytes.acquire(units, { signal }));
    bytes.release(100);
    expect([await Promise.all(all), bytes.inUse]).toEqual([[true, true, true], 100]);
  });

  it('grants a request for more than its capacity alone', async () => {
    const bytes = new FairSemaphore(100);
    expect(bytes.tryAcquire(1)).toBe(true);
    const huge = bytes.acquire(500, { signal });
    bytes.release(1);
    expect([await huge, bytes.tryAcquire(1), bytes.inUse]).toEqual([true, false, 500]);
    bytes.release(500);
    expect(bytes.inUse).toBe(0);
  });

  it('grants nothing to an aborted caller, and serves the next', async () => {
    const bytes = new FairSemaphore(100);
    const abort = new AbortController();
    bytes.tryAcquire(50);
    const impatient = bytes.acquire(90, { signal, waitMs: 1 });
    const gone = bytes.acquire(90, { signal: abort.signal });
    const next = bytes.acquire(50, { signal });
    expect(await impatient).toBe(false);
    abort.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    expect([await next, bytes.inUse]).toEqual([true, 100]);
    await expect(bytes.acquire(1, { signal: abort.signal })).rejects.toThrow('gone');
  });
});
