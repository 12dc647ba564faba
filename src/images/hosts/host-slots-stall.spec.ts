import { beforeEach, describe, expect, it } from '@jest/globals';
import { HostStalledError } from './deferral-errors.js';
import { HostSlots } from './host-slots.js';
import { CHECK_EVERY_MS, CHECKS_TO_STALL } from './silence.js';

describe('a host with all its slots in use', () => {
  let slots: HostSlots;

  beforeEach(async () => {
    slots = new HostSlots(8, 2);
    await slots.acquire('a');
    await slots.acquire('a');
  });

  function check(times: number): void {
    for (let n = 0; n < times; n += 1) slots.check();
  }

  it('sends back waiting and new requests when no answer arrived for some checks', async () => {
    const waiting = slots.acquire('a');
    check(CHECKS_TO_STALL - 1);
    const late = slots.acquire('a');
    check(1);
    await expect(waiting).rejects.toBeInstanceOf(HostStalledError);
    await expect(late).rejects.toBeInstanceOf(HostStalledError);
    await expect(slots.acquire('a')).rejects.toBeInstanceOf(HostStalledError);
  });

  it('is waited for while answers arrive', async () => {
    const waiting = [slots.acquire('a'), slots.acquire('a')];
    for (const next of waiting) {
      check(CHECKS_TO_STALL - 1);
      slots.release('a');
      await expect(next).resolves.toBeUndefined();
    }
  });

  it('is waited for a few times as long as it usually takes', async () => {
    const usually = 2_000;
    const checks = (4 * usually) / CHECK_EVERY_MS;
    slots.release('a', { kind: 'answered', tookMs: usually, latencyMs: usually, requests: 1 });
    await slots.acquire('a');
    const waiting = slots.acquire('a');
    check(checks - 1);
    slots.release('a');
    await expect(waiting).resolves.toBeUndefined();
    const sentBack = slots.acquire('a');
    check(checks);
    await expect(sentBack).rejects.toBeInstanceOf(HostStalledError);
  });

  it('does not stall while it has a free slot, and does not stall other hosts', async () => {
    await slots.acquire('b');
    check(100);
    await expect(slots.acquire('b')).resolves.toBeUndefined();
    await expect(slots.acquire('a')).rejects.toBeInstanceOf(HostStalledError);
  });

  it('gets requests again once an answer arrived', async () => {
    check(100);
    await expect(slots.acquire('a')).rejects.toBeInstanceOf(HostStalledError);
    slots.release('a');
    await expect(slots.acquire('a')).resolves.toBeUndefined();
  });

  it('loses its requests in flight: at once if another host is in use, later if none is', async () => {
    const stalled: string[] = [];
    const watched = new HostSlots(8, 2, {
      detachAfterMs: 10 * CHECK_EVERY_MS,
      events: {
        stalled: (host) => stalled.push(host),
        throttled: () => undefined,
        throttlingEnded: () => undefined,
      },
    });
    await watched.acquire('a');
    await watched.acquire('a');
    const checkWatched = (times: number): void => {
      for (let n = 0; n < times; n += 1) watched.check();
    };
    checkWatched(CHECKS_TO_STALL);
    expect(stalled).toEqual([]);
    await watched.acquire('b');
    checkWatched(1);
    expect(stalled).toEqual(['a']);
    watched.release('b');
    checkWatched(10 - CHECKS_TO_STALL - 2);
    expect(stalled).toEqual(['a']);
    checkWatched(1);
    expect(stalled).toEqual(['a', 'a']);
  });

  it('keeps nothing of requests that were sent back', async () => {
    const stop = new AbortController();
    const waiting = slots.acquire('a', stop.signal);
    check(CHECKS_TO_STALL);
    await expect(waiting).rejects.toBeInstanceOf(HostStalledError);
    stop.abort();
    slots.release('a');
    slots.release('a');
    expect(slots.busyHosts).toBe(0);
  });
});
