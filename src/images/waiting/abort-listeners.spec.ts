import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { type AbortListener, listen, type Listening } from './abort-listeners.js';

const calling = (onAbort: () => void): AbortListener => ({ onAbort });

describe('listeners for the abort of a signal', () => {
  it('are all called, once, by one listener of the signal', () => {
    const stop = new AbortController();
    const called: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      listen(
        stop.signal,
        calling(() => called.push(n)),
      );
    }
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort();
    stop.abort();
    expect(called).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('are not called once they were removed, even by another listener', () => {
    const stop = new AbortController();
    const called: string[] = [];
    const listenings: Listening[] = [];
    const first = calling(() => {
      called.push('first');
      listenings[2]?.stop();
    });
    for (const listener of [first, calling(() => called.push('gone')), calling(() => called.push('late'))])
      listenings.push(listen(stop.signal, listener));
    listenings[1]?.stop();
    stop.abort();
    expect(called).toEqual(['first']);
  });

  it('release the signal with the last of them, and may be added again', () => {
    const stop = new AbortController();
    const combined = AbortSignal.any([stop.signal]);
    let calls = 0;
    const listener = calling(() => {
      calls += 1;
    });
    const listenings = [listen(combined, listener), listen(combined, listener)];
    for (const listening of listenings) listening.stop();
    for (const listening of listenings) listening.stop();
    expect(getEventListeners(combined, 'abort')).toEqual([]);
    listen(combined, listener);
    stop.abort();
    expect(calls).toBe(1);
  });
});
