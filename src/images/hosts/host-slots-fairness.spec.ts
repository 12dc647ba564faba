import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { HostSlots } from './host-slots.js';

const nextIteration = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Step =
  | { readonly kind: 'ask'; readonly host: number }
  | { readonly kind: 'end' | 'give_up'; readonly pick: number };

interface Caller {
  readonly host: string;
  readonly stop: AbortController;
  state: 'waiting' | 'served' | 'gone';
}

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), host: fc.nat({ max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('give_up' as const), pick: fc.nat() }) },
);

/** Runs a course of events on the slots and records where each request is. */
class Course {
  readonly callers: Caller[] = [];
  readonly slots: HostSlots;
  /** Hosts that have answered. */
  readonly proven = new Set<string>();

  constructor(
    readonly limit: number,
    readonly hostLimit: number,
  ) {
    this.slots = new HostSlots(limit, hostLimit);
  }

  in(state: Caller['state'], host?: string): Caller[] {
    return this.callers.filter(
      (caller) => caller.state === state && (host === undefined || caller.host === host),
    );
  }

  async run(step: Step): Promise<void> {
    if (step.kind === 'ask') this.ask(String(step.host));
    else {
      const among = this.in(step.kind === 'end' ? 'served' : 'waiting');
      const caller = among[step.pick % Math.max(1, among.length)];
      if (caller === undefined) return;
      caller.state = 'gone';
      if (step.kind === 'end') {
        this.proven.add(caller.host);
        this.slots.release(caller.host, { kind: 'answered', tookMs: 1, latencyMs: 1, requests: 1 });
      } else caller.stop.abort();
    }
    await nextIteration();
  }

  /**
   * Requests that wait although their host has room. Hosts without an answer have three quarters of all slots
   * together.
   */
  overlooked(): Caller[] {
    const served = this.in('served');
    if (served.length === this.limit) return [];
    const unproven = served.filter(({ host }) => !this.proven.has(host)).length;
    const isCrowded = unproven >= Math.ceil((this.limit * 3) / 4);
    return this.in('waiting').filter(
      ({ host }) => this.in('served', host).length < this.hostLimit && (this.proven.has(host) || !isCrowded),
    );
  }

  /**
   * Ends downloads one after another until no slot is in use. Returns the order in which the waiting requests
   * got one.
   */
  async runDry(): Promise<Caller[]> {
    const waited = this.in('waiting');
    const order: Caller[] = [];
    for (let [served] = this.in('served'); served !== undefined; [served] = this.in('served')) {
      await this.run({ kind: 'end', pick: 0 });
      order.push(...waited.filter((caller) => caller.state !== 'waiting' && !order.includes(caller)));
    }
    return order;
  }

  private ask(host: string): void {
    const caller: Caller = { host, stop: new AbortController(), state: 'waiting' };
    this.callers.push(caller);
    this.slots.acquire(host, caller.stop.signal).then(
      () => (caller.state = 'served'),
      () => {},
    );
  }
}

const aCourse = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 }))
  .map(([limit, hostLimit]) => new Course(limit, hostLimit));
const steps = fc.array(aStep, { maxLength: 60 });
const HOSTS = ['0', '1', '2', '3'];

describe('in any order of events, the slots', () => {
  it('never exceed the limit, and are never free while a request could have one', async () => {
    await fc.assert(
      fc.asyncProperty(aCourse, steps, async (course, taken) => {
        for (const step of taken) {
          await course.run(step);
          const active = course.in('served').length;
          expect(active).toBeLessThanOrEqual(course.limit);
          const ofHosts = HOSTS.map((host) => course.in('served', host).length);
          expect(Math.max(...ofHosts)).toBeLessThanOrEqual(course.hostLimit);
          expect(course.overlooked()).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('reach every request in the end, in order for each host, and leave no host behind', async () => {
    await fc.assert(
      fc.asyncProperty(aCourse, steps, async (course, taken) => {
        for (const step of taken) await course.run(step);
        const waited = course.in('waiting');
        const order = await course.runDry();
        for (const host of HOSTS) {
          expect(order.filter((caller) => caller.host === host)).toEqual(
            waited.filter((caller) => caller.host === host),
          );
        }
        expect(course.slots.busyHosts).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('reach the first request of a host before any other host gets two', async () => {
    const queues = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(queues, async (hosts) => {
        const slots = new HostSlots(1, 1);
        await slots.acquire('x');
        const served: string[] = [];
        for (const host of hosts) void slots.acquire(host).then(() => served.push(host));
        slots.release('x');
        await nextIteration();
        for (let index = 0; index < hosts.length; index += 1) {
          slots.release(served[index] ?? '');
          await nextIteration();
        }
        const rounds = new Set(hosts).size;
        expect(new Set(served.slice(0, rounds)).size).toBe(rounds);
        expect(served).toHaveLength(hosts.length);
      }),
      { numRuns: 100 },
    );
  });
});
