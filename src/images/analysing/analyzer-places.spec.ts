import { describe, expect, it } from '@jest/globals';
import { AnalyzerPlaces } from './analyzer-places.js';

describe('places with an analyzer', () => {
  it('are so many, and jobs take turns for them', async () => {
    const places = new AnalyzerPlaces(2);
    const { signal } = new AbortController();
    await Promise.all([places.acquire('long', signal), places.acquire('long', signal)]);
    const order: string[] = [];
    const all = ['long', 'long', 'long', 'short'].map(async (job) =>
      places.acquire(job, signal).then(() => {
        order.push(job);
        places.release();
      }),
    );
    expect([places.tryAcquire(), places.inUse]).toEqual([false, 2]);
    places.release();
    await Promise.all(all);
    expect([order, places.inUse]).toEqual([['long', 'short', 'long', 'long'], 1]);
  });

  it('go to nobody who gave up', async () => {
    const places = new AnalyzerPlaces(1);
    const abort = new AbortController();
    expect(places.tryAcquire()).toBe(true);
    const gone = places.acquire('job', abort.signal);
    abort.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    places.release();
    expect([places.inUse, places.tryAcquire()]).toEqual([0, true]);
    await expect(places.acquire('job', abort.signal)).rejects.toThrow('gone');
  });
});
