import { describe, expect, it, jest } from '@jest/globals';
import type { HostUnavailableError, HostRefusedError } from './deferral-errors.js';
import { CHECKS_TO_STALL } from './silence.js';
import type { SlotRequest } from './slot-request.js';
import { HostSlots } from './host-slots.js';
import { WaitingLine } from '../waiting/waiting-line.js';

/** Lets every callback run that is due. */
const nextIteration = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Callers of slots. Records which of them got a slot, in order. */
class Callers {
  readonly served: string[] = [];
  readonly rejected: unknown[] = [];

  constructor(readonly slots: HostSlots) {}

  /** @param caller a host and a name, as in `a1` */
  ask(caller: string, signal?: AbortSignal): void {
    this.slots.acquire(caller.slice(0, 1), signal).then(
      () => this.served.push(caller),
      (reason: unknown) => this.rejected.push(reason),
    );
  }

  askAll(callers: string): void {
    for (const caller of callers.split(' ')) this.ask(caller);
  }

  /** Ends the downloads of these callers, one after another. */
  async release(callers: string): Promise<void> {
    for (const caller of callers.split(' ')) {
      this.slots.release(caller.slice(0, 1));
      await nextIteration();
    }
  }
}

async function getCallers(limit: number, hostLimit: number, callers = ''): Promise<Callers> {
  const all = new Callers(new HostSlots(limit, hostLimit));
  if (callers !== '') all.askAll(callers);
  await nextIteration();
  return all;
}

describe('the slots for downloads', () => {
  it('are granted at once while some are free', async () => {
    const { served } = await getCallers(3, 2, 'a1 b1 a2');
    expect(served).toEqual(['a1', 'b1', 'a2']);
  });

  it('are limited in total', async () => {
    const callers = await getCallers(2, 2, 'a1 b1 c1');
    expect(callers.served).toEqual(['a1', 'b1']);
    await callers.release('b1');
    expect(callers.served).toEqual(['a1', 'b1', 'c1']);
  });

  it('are limited for a host as configured now, whether it is busy or idle', async () => {
    let concurrency: number | undefined = 1;
    const limitsFor = (): { concurrency?: number } => (concurrency === undefined ? {} : { concurrency });
    const callers = new Callers(new HostSlots(8, 4, { limitsFor }));
    callers.askAll('a1 a2 a3');
    await nextIteration();
    expect(callers.served).toEqual(['a1']);
    concurrency = 2;
    callers.slots.check();
    await nextIteration();
    expect(callers.served).toEqual(['a1', 'a2']);
    await callers.release('a1 a2 a3');
    concurrency = 3;
    callers.askAll('a4 a5 a6 a7');
    await nextIteration();
    expect(callers.served).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6']);
    concurrency = undefined;
    callers.slots.check();
    await nextIteration();
    expect(callers.served).toHaveLength(7);
  });

  it('are limited for one host, and do not delay other hosts', async () => {
    const callers = await getCallers(4, 2, 'a1 a2 a3 b1');
    expect(callers.served).toEqual(['a1', 'a2', 'b1']);
    await callers.release('b1');
    expect(callers.served).not.toContain('a3');
    await callers.release('a1');
    expect(callers.served).toContain('a3');
  });

  it('go to the first request of a host', async () => {
    const callers = await getCallers(1, 1, 'a1 a2 a3 a4');
    await callers.release('a1 a2 a3');
    expect(callers.served).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('go to one host after the other, however many requests wait for one', async () => {
    const callers = await getCallers(1, 1, 'x a1 a2 a3 a4 b1 b2 c1');
    await callers.release('x a1 b1 c1 a2 b2 a3');
    expect(callers.served).toEqual(['x', 'a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('go to one fairness key after the other, then to the hosts of each', async () => {
    const slots = new HostSlots(1, 1);
    await slots.acquire('x');
    const served: string[] = [];
    for (const caller of ['1a', '1a', '1b', '1c', '1c', '2c', '2a', '3b'])
      void slots.acquire(caller.slice(1), undefined, caller.slice(0, 1)).then(() => served.push(caller));
    slots.release('x');
    for (let n = 0; n < 8; n += 1) {
      await nextIteration();
      slots.release(served.at(-1)?.slice(1) ?? '');
    }
    expect(served).toEqual(['1a', '2c', '3b', '1b', '2a', '1c', '1a', '1c']);
    expect(slots.busyHosts).toBe(0);
  });

  it('do not skip a request that waits for the same host', async () => {
    const callers = await getCallers(2, 2, 'a1 b1 a2');
    await callers.release('b1');
    callers.ask('a3');
    await callers.release('a1');
    expect(callers.served).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  it('are not released by a caller that has none', async () => {
    const callers = await getCallers(1, 1, 'a1 a2');
    await callers.release('b0 b0');
    expect(callers.served).toEqual(['a1']);
    await callers.release('a1 a2 a0 a0');
    callers.askAll('a3 a4');
    await nextIteration();
    expect(callers.served).toEqual(['a1', 'a2', 'a3']);
  });

  it('are not released for a host that has none, even while it waits', async () => {
    const callers = await getCallers(1, 1, 'a1 b1 c1');
    await callers.release('b0 c0');
    expect(callers.served).toEqual(['a1']);
  });

  it('are searched for in the line once for each free slot, however many hosts wait', async () => {
    const callers = await getCallers(2, 1, 'x y');
    const looks = jest.spyOn(WaitingLine.prototype, 'next');
    callers.askAll('a1 b1 c1 d1');
    await callers.release('x a1');
    expect(looks).toHaveBeenCalledTimes(2);
    looks.mockRestore();
    expect(callers.served).toEqual(['x', 'y', 'a1', 'b1']);
  });

  it('remember a host only while it has a request', async () => {
    const callers = await getCallers(2, 1, 'a1 b1 c1 d1');
    expect(callers.slots.busyHosts).toBe(4);
    await callers.release('a1 b1');
    expect(callers.slots.busyHosts).toBe(2);
    await callers.release('c1 d1');
    expect(callers.slots.busyHosts).toBe(0);
  });
});

describe('a request for a slot that is aborted', () => {
  it('is rejected with the reason of its signal, and delays no other request', async () => {
    const callers = await getCallers(1, 1, 'x');
    const stop = new AbortController();
    callers.ask('a1', stop.signal);
    callers.askAll('a2 b1');
    const reason = new Error('stopping');
    stop.abort(reason);
    await nextIteration();
    expect(callers.rejected).toEqual([reason]);
    await callers.release('x a2');
    expect(callers.served).toEqual(['x', 'a2', 'b1']);
  });

  it('does not wait at all when it was aborted before', async () => {
    const callers = await getCallers(1, 1);
    const reason = new Error('stopped');
    callers.ask('a1', AbortSignal.abort(reason));
    await nextIteration();
    expect(callers.rejected).toEqual([reason]);
    expect(callers.slots.busyHosts).toBe(0);
    callers.ask('a2');
    await nextIteration();
    expect(callers.served).toEqual(['a2']);
  });

  it('leaves no host behind that no other request waits for', async () => {
    const callers = await getCallers(1, 1, 'x');
    const stop = new AbortController();
    callers.ask('a1', stop.signal);
    expect(callers.slots.busyHosts).toBe(2);
    stop.abort();
    expect(callers.slots.busyHosts).toBe(1);
    await nextIteration();
  });

  it('keeps a slot that it already has, until it is released', async () => {
    const callers = await getCallers(1, 1);
    const stop = new AbortController();
    callers.ask('a1', stop.signal);
    callers.ask('b1');
    await nextIteration();
    stop.abort();
    await nextIteration();
    expect([callers.served, callers.rejected]).toEqual([['a1'], []]);
    await callers.release('a1');
    expect(callers.served).toEqual(['a1', 'b1']);
  });

  it('has no effect on a later request, when it is aborted after its download', async () => {
    const callers = await getCallers(1, 1, 'x');
    const stop = new AbortController();
    callers.ask('a1', stop.signal);
    await callers.release('x a1');
    callers.askAll('a2 a3');
    await nextIteration();
    stop.abort();
    await callers.release('a2');
    expect(callers.served).toEqual(['x', 'a1', 'a2', 'a3']);
  });

  it('has no effect at the moment the slot is granted', async () => {
    const callers = await getCallers(1, 1, 'x');
    const stop = new AbortController();
    callers.ask('a1', stop.signal);
    callers.slots.release('x');
    stop.abort();
    await nextIteration();
    expect([callers.served, callers.rejected]).toEqual([['x', 'a1'], []]);
  });
});

/** Requests several slots, and records what it got. */
class Several implements SlotRequest {
  granted = 0;
  readonly sentBack: (number | null)[] = [];
  readonly given: unknown[] = [];

  /** @param back whether each slot is released at once */
  constructor(
    private readonly slots: HostSlots,
    private left: number,
    private readonly back = false,
  ) {}

  get newSize(): number {
    return this.size;
  }

  get size(): number {
    return this.left;
  }

  grant(): boolean {
    this.granted += 1;
    this.left -= 1;
    if (this.back) this.slots.release('a');
    return this.left > 0;
  }

  sendBack(reason: HostUnavailableError | HostRefusedError): boolean {
    this.sentBack.push(reason.afterMs);
    this.left -= 1;
    return this.left > 0;
  }

  abort(reason: unknown): void {
    this.given.push(reason);
  }
}

describe('a request for several slots of a host', () => {
  it('gets the free slots, and the others as they become free, before later requests', () => {
    const slots = new HostSlots(2, 2);
    const [first, second] = [new Several(slots, 4), new Several(slots, 2)];
    slots.enqueue('a', first);
    slots.enqueue('a', second);
    expect([first.granted, second.granted]).toEqual([2, 0]);
    for (let n = 0; n < 3; n += 1) slots.release('a');
    expect([first.granted, second.granted]).toEqual([4, 1]);
    for (let n = 0; n < 3; n += 1) slots.release('a');
    expect([first.granted, second.granted, slots.inFlight, slots.busyHosts]).toEqual([4, 2, 0, 0]);
  });

  it('alternates with other requests, as single ones do', () => {
    const slots = new HostSlots(1, 1);
    const [one, other] = [new Several(slots, 3), new Several(slots, 3)];
    slots.enqueue('a', one, undefined, 'job 1');
    slots.enqueue('b', other, undefined, 'job 2');
    const course = [];
    for (const host of ['a', 'a', 'b', 'a']) {
      slots.release(host);
      course.push([one.granted, other.granted]);
    }
    expect(course).toEqual([
      [2, 0],
      [2, 1],
      [3, 1],
      [3, 2],
    ]);
  });

  it('may release each at once, however many they are', () => {
    const slots = new HostSlots(1, 1);
    const many = new Several(slots, 100_000, true);
    slots.enqueue('a', many);
    expect([many.granted, slots.inFlight, slots.busyHosts]).toEqual([100_000, 0, 0]);
  });

  it('is sent back for each of them when the host stalls, and at once from then on', () => {
    const slots = new HostSlots(2, 1);
    const [waiting, late] = [new Several(slots, 300), new Several(slots, 2)];
    slots.enqueue('a', waiting);
    for (let n = 0; n < CHECKS_TO_STALL; n += 1) slots.check();
    slots.enqueue('a', late);
    expect([waiting.granted, waiting.sentBack.length, late.sentBack.length]).toEqual([1, 299, 2]);
    // The first of them come back soon, the others later.
    expect(new Set(waiting.sentBack)).toEqual(new Set([1_000, 15_000]));
    slots.release('a');
    expect([waiting.granted, slots.busyHosts]).toEqual([1, 0]);
  });

  it('is aborted once, and leaves the line', () => {
    const slots = new HostSlots(1, 1);
    const stop = new AbortController();
    const request = new Several(slots, 3);
    slots.enqueue('a', request, stop.signal);
    stop.abort('enough');
    slots.release('a');
    expect([request.granted, request.given, slots.busyHosts]).toEqual([1, ['enough'], 0]);
  });
});
