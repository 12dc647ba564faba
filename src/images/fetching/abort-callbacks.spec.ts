import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { offAbort, onAbort } from './abort-callbacks.js';

describe('callbacks for the abort of a signal', () => {
  it('are all called, once, by one listener', () => {
    const stop = new AbortController();
    const called: number[] = [];
    for (let n = 0; n < 100; n += 1) onAbort(stop.signal, () => called.push(n));
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort();
    stop.abort();
    expect(called).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('are not called once they were taken back, by another callback either', () => {
    const stop = new AbortController();
    const called: string[] = [];
    const late = (): void => void called.push('late');
    const first = (): void => {
      called.push('first');
      offAbort(stop.signal, late);
    };
    const gone = (): void => void called.push('gone');
    for (const call of [first, gone, late]) onAbort(stop.signal, call);
    offAbort(stop.signal, gone);
    stop.abort();
    expect(called).toEqual(['first']);
  });

  it('let go of the signal with the last of them, and may come back', () => {
    const stop = new AbortController();
    const combined = AbortSignal.any([stop.signal]);
    let calls = 0;
    const call = (): void => {
      calls += 1;
    };
    onAbort(combined, call);
    onAbort(combined, call);
    offAbort(combined, call);
    offAbort(combined, call);
    expect(getEventListeners(combined, 'abort')).toEqual([]);
    onAbort(combined, call);
    stop.abort();
    expect(calls).toBe(1);
  });
});
