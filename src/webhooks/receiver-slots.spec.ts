import { describe, expect, it } from '@jest/globals';
import { WEBHOOK_LANES, ReceiverSlots, type ReceiverSlot } from './receiver-slots.js';

/** Begins deliveries until one is deferred, or all lanes are in use. */
function beginAll(slots: ReceiverSlots, host: string): ReceiverSlot[] {
  const begun: ReceiverSlot[] = [];
  while (begun.length < WEBHOOK_LANES) {
    const slot = slots.acquire(host);
    if (slot === undefined) break;
    begun.push(slot);
  }
  return begun;
}

/** A host whose last answer took this long. */
function known(slots: ReceiverSlots, host: string, answeredMs: number | undefined): void {
  slots.acquire(host)?.end(answeredMs);
}

describe('the slots of receivers', () => {
  it.each([
    ['that is not known', undefined, 3],
    ['that is prompt', 20, 6],
    ['that is slow', 5_000, 3],
    ['that does not answer', 'silent', 3],
  ] as const)('leave lanes free beside a host %s', (_which, answeredMs, lanes) => {
    const slots = new ReceiverSlots();
    if (answeredMs !== undefined) known(slots, 'a', answeredMs === 'silent' ? undefined : answeredMs);
    expect(beginAll(slots, 'a')).toHaveLength(lanes);
  });

  it('are few for all hosts together that do not answer, and the others keep theirs', () => {
    const slots = new ReceiverSlots();
    for (const host of ['a', 'b', 'c']) known(slots, host, undefined);
    known(slots, 'd', 20);
    const slow = ['a', 'b', 'c'].flatMap((host) => slots.acquire(host) ?? []);
    expect(slow).toHaveLength(3);
    expect(slots.acquire('a')).toBeUndefined();
    expect(beginAll(slots, 'd')).toHaveLength(6);
    slow[0]?.end(undefined);
    expect(slots.acquire('b')).toBeDefined();
  });

  it('are not all for hosts without a known speed, however many there are', () => {
    const slots = new ReceiverSlots();
    known(slots, 'silent', undefined);
    const hosts = Array.from({ length: WEBHOOK_LANES }, (_, n) => `new-${n}`);
    const begun = hosts.flatMap((host) => slots.acquire(host) ?? []);
    expect(begun).toHaveLength(6);
    expect(slots.acquire('silent')).toBeUndefined();
    begun[0]?.end(undefined);
    begun[1]?.end(20);
    expect(slots.acquire('new-7')).toBeDefined();
    expect(slots.acquire('silent')).toBeDefined();
    expect(slots.acquire('another')).toBeUndefined();
  });

  it('follow the last answer of a host, and ignore an aborted delivery', () => {
    const slots = new ReceiverSlots();
    known(slots, 'a', undefined);
    known(slots, 'a', 20);
    slots.acquire('a')?.release();
    expect(beginAll(slots, 'a')).toHaveLength(6);
  });

  it('forget the hosts that were used longest ago, but none with a delivery in flight', () => {
    const slots = new ReceiverSlots();
    const held = beginAll(slots, 'held');
    known(slots, 'old', 20);
    for (let n = 0; n < 1_000; n += 1) known(slots, `host-${n}`, 20);
    expect(slots.acquire('held')).toBeUndefined();
    expect(beginAll(slots, 'old')).toHaveLength(3);
    held[0]?.end(20);
    expect(slots.acquire('held')).toBeDefined();
  });
});
