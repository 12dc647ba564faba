import type { HostFault } from '../image-error-code.js';
import { type Claimant, OneSlot, Waiter } from './claimant.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { UNPROVEN_LIMIT } from './concurrency-limit.js';
import { HostRefusedError } from './host-errors.js';
import { FIRST_ANSWER_MS, type Host, type HostLimits, type VisitEnd } from './host.js';
import { KnownHosts } from './known-hosts.js';
import {
  NO_FAIRNESS_KEY,
  refuseAllButFirst,
  refuseExcess,
  refuseStalled,
  refuseUnanswered,
} from './refusing.js';
import { WaitingLine } from '../waiting/waiting-line.js';

/** Hears what changes for a host. */
export interface HostEvents {
  /**
   * Nothing comes back from it: at once while other hosts are asked too, and after `leaveAfterMs` where it is the only one. It
   * is found again with each {@link HostSlots.check}.
   */
  stalled(host: string): void;
  throttled(host: string, fault: HostFault, imagesPerSecond: number, pauseMs: number): void;
  throttlingEnded(host: string): void;
}

export interface HostSlotsOptions {
  /** A host that refuses everything for so long fails its images, in milliseconds. */
  readonly patienceMs?: number;
  /** A stalled host that is the only one is left by what is in flight to it after so long, in milliseconds; never unless given. */
  readonly leaveAfterMs?: number;
  /** What is configured for a host, `photos.example.com` or `photos.example.com:8443`. */
  readonly limitsFor?: (host: string) => HostLimits;
  readonly clock?: Clock;
  readonly events?: HostEvents;
}

/**
 * Limits downloads in flight: `limit` in this process, and for each host as many as the host can take (see {@link Host}).
 * Slots go to one fairness key after the other, and to one host after the other within a key (see {@link WaitingLine}). So the
 * images of a slow host wait for each other and for nobody else.
 *
 * A host that has not answered lately has few slots, and all such hosts together have three quarters of the slots at most. So
 * hosts that are down never hold all slots.
 *
 * Nobody waits here for a host that has stalled. For a host that is throttled, only as many images wait as it serves soon.
 * {@link enqueue} refuses the others, and {@link check} refuses those that wait already. They go back into the queue.
 */
export class HostSlots {
  private active = 0;
  /** Slots of hosts that have not answered lately. */
  private unproven = 0;
  private readonly unprovenLimit: number;
  private readonly line = new WaitingLine<Waiter>();
  private readonly hosts: KnownHosts;
  /** Hosts that wait for a slot of those that are left to hosts without an answer. */
  private readonly crowded = new Set<string>();
  private readonly paced = new Set<string>();
  /** Hosts of which {@link expectFirstAnswer} will look whether they have answered. */
  private readonly expected = new Set<string>();
  private cancelWake: (() => void) | undefined;
  private wakeAt = Number.POSITIVE_INFINITY;
  private mayGrow = true;
  private granting = false;

  private readonly patienceMs: number;
  private readonly leaveAfterMs: number;
  private readonly clock: Clock;
  private readonly events: HostEvents | undefined;

  constructor(
    private readonly limit: number,
    private readonly hostLimit: number,
    options: HostSlotsOptions = {},
  ) {
    this.unprovenLimit = Math.ceil((limit * 3) / 4);
    this.patienceMs = options.patienceMs ?? Number.POSITIVE_INFINITY;
    this.leaveAfterMs = options.leaveAfterMs ?? Number.POSITIVE_INFINITY;
    this.clock = options.clock ?? SYSTEM_CLOCK;
    const { limitsFor = () => ({}) } = options;
    this.hosts = new KnownHosts(Math.min(hostLimit, limit), limitsFor);
    this.events = options.events;
  }

  /** Hosts that something is in flight to or waits for. */
  get size(): number {
    return this.hosts.busy.size;
  }

  /** Slots that are taken now. */
  get inFlight(): number {
    return this.active;
  }

  /** Requests that may be in flight to a host now. */
  getLimit(name: string): number {
    const host = this.hosts.find(name);
    return host?.limit ?? Math.min(this.hostLimit, UNPROVEN_LIMIT);
  }

  /**
   * Resolves when a slot is free; who got it has to {@link release} it. Rejects with the signal's reason, or with
   * `HostUnavailableError` or {@link HostRefusedError}.
   *
   * @param fairnessKey whom the download is for
   */
  acquire(name: string, signal?: AbortSignal, fairnessKey?: string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.enqueue(name, new OneSlot(resolve, reject), signal, fairnessKey),
    );
  }

  /**
   * Grants slots while there are any and the claimant wants them, and later as they become free: it keeps its place in
   * the line until it wants no more, is refused, or the signal aborts.
   *
   * @param fairnessKey whom the downloads are for
   */
  enqueue(name: string, claimant: Claimant, signal?: AbortSignal, fairnessKey = NO_FAIRNESS_KEY): void {
    if (signal?.aborted === true) return claimant.abort(signal.reason);
    const host = this.hosts.use(name);
    if (host.isStalled) {
      refuseStalled(claimant, host);
      return this.rest(name, host);
    }
    if (!host.isProven && fairnessKey !== NO_FAIRNESS_KEY && this.line.isWaiting(fairnessKey, name)) {
      if (host.isLateToAnswer(this.clock.now())) return refuseUnanswered(claimant);
      this.expectFirstAnswer(name, host);
    }
    const waiter = new Waiter(claimant, signal, () => {
      this.line.remove(fairnessKey, name, waiter);
      this.rest(name, host);
    });
    this.line.add(fairnessKey, name, waiter);
    if (host.isPaced(this.clock.now())) {
      host.cameBack(fairnessKey, claimant.size, this.clock.now());
      this.shed(name, host);
    }
    this.grantAll();
  }

  /** Gives a slot back, to whoever waits for it. */
  release(name: string, end: VisitEnd = { kind: 'unknown' }): void {
    const host = this.hosts.busy.get(name);
    if (host === undefined || host.active === 0) return;
    const wasProven = host.isProven;
    host.active -= 1;
    this.active -= 1;
    this.recordEnd(name, host, end);
    if (!wasProven) this.leaveUnproven(host.isProven ? host.active + 1 : 1);
    else if (!host.isProven) this.unproven += host.active;
    this.line.unblock(name);
    this.rest(name, host);
    this.grantAll();
  }

  /**
   * When an image that a host refused may ask again.
   *
   * @param retryAfterMs how long the host asks to wait, where it says so
   * @param fairnessKey whom it is for
   */
  toRefusal(
    name: string,
    fault: HostFault,
    retryAfterMs: number | null,
    fairnessKey = NO_FAIRNESS_KEY,
  ): HostRefusedError {
    const host = this.hosts.find(name);
    if (host?.hasServedNothing(this.patienceMs, this.clock.now()) === true)
      return new HostRefusedError(fault, null);
    const afterMs = host?.defer(fairnessKey, 1, 1, false, this.clock.now()) ?? 0;
    return new HostRefusedError(fault, Math.max(afterMs, retryAfterMs ?? 0));
  }

  /**
   * Looks which hosts have stalled, and refuses everybody who waits for one; of those who wait for a host that is paced, those
   * that it will not serve soon.
   *
   * @param mayGrow false while this process has no time left, so that more requests in flight would only wait in it
   */
  check(mayGrow = true): void {
    this.mayGrow = mayGrow;
    const now = this.clock.now();
    this.hosts.configure((name) => this.line.unblock(name));
    for (const [name, host] of this.hosts.busy) {
      const wasProven = host.isProven;
      host.check();
      if (wasProven && !host.isProven) this.unproven += host.active;
      if (host.isStalled) {
        this.refuseAll(name, host);
        if (this.size > 1 || host.hasStalledFor(this.leaveAfterMs)) this.events?.stalled(name);
      } else if (!this.line.has(name)) continue;
      else if (host.isPaced(now)) this.shed(name, host);
      else this.refuseIfLate(name, host);
    }
    this.hosts.forgetIdle(now);
    this.grantAll();
  }

  /** Forgets what is to be done later. */
  close(): void {
    this.cancelWake?.();
  }

  /**
   * A claimant may release its slot while it is granted one. The next round of the loop grants that slot again. While all slots
   * are taken the line is not looked through, as thousands of hosts may stand in it.
   */
  private grantAll(): void {
    if (this.granting) return;
    this.granting = true;
    try {
      while (this.active < this.limit) {
        const next = this.line.next(this.hasRoom);
        if (next !== undefined) {
          this.occupy(next.host);
          if (!next.waiter.claimant.grant()) next.waiter.leave();
        } else if (this.unproven >= this.unprovenLimit || !this.readmit()) break;
      }
    } finally {
      this.granting = false;
    }
  }

  /** A host without room is unblocked when that changes: with a slot of it, one of the unproven, or its time. */
  private readonly hasRoom = (name: string): boolean => {
    const host = this.hosts.busy.get(name);
    if (host === undefined || host.active >= host.limit) return false;
    if (!host.isProven && this.unproven >= this.unprovenLimit) {
      this.crowded.add(name);
      return false;
    }
    const now = this.clock.now();
    const delayMs = host.pacer.delay(now);
    if (delayMs === 0) return true;
    this.paced.add(name);
    this.wake(now + delayMs);
    return false;
  };

  private occupy(name: string): void {
    const host = this.hosts.use(name);
    this.active += 1;
    if (!host.isProven) this.unproven += 1;
    host.begin(this.clock.now());
  }

  private leaveUnproven(slots: number): void {
    this.unproven -= slots;
    for (let n = 0; n < slots && this.readmit(); n += 1);
  }

  /** Lets the next of those in the line again that waited for a slot of the unproven; says whether there was one. */
  private readmit(): boolean {
    const [name] = this.crowded;
    if (name === undefined) return false;
    this.crowded.delete(name);
    this.line.unblock(name);
    return true;
  }

  private wake(at: number): void {
    if (at >= this.wakeAt) return;
    this.cancelWake?.();
    this.wakeAt = at;
    this.cancelWake = this.clock.after(Math.max(1, Math.ceil(at - this.clock.now())), () => {
      this.wakeAt = Number.POSITIVE_INFINITY;
      for (const name of this.paced) this.line.unblock(name);
      this.paced.clear();
      this.grantAll();
    });
  }

  private recordEnd(name: string, host: Host, end: VisitEnd): void {
    const change = host.end(end, this.clock.now(), this.mayGrow);
    if (change === 'throttled' && end.kind === 'refused') {
      const pauseMs = host.pacer.pauseLeft(this.clock.now());
      this.events?.throttled(name, end.fault, host.pacer.imagesPerSecond, Math.round(pauseMs));
    } else if (change === 'throttling_ended') this.events?.throttlingEnded(name);
    if (end.kind === 'refused' && this.line.has(name)) this.shed(name, host);
  }

  private refuseAll(name: string, host: Host): void {
    for (const waiters of this.line.of(name).values()) {
      for (const waiter of waiters) {
        waiter.leave();
        refuseStalled(waiter.claimant, host);
      }
    }
  }

  /** Refuses all but the first waiters if the host has not answered in time. The second timer lets the process read what came. */
  private expectFirstAnswer(name: string, host: Host): void {
    if (this.expected.has(name)) return;
    this.expected.add(name);
    this.clock.after(FIRST_ANSWER_MS, () =>
      this.clock.after(1, () => {
        this.expected.delete(name);
        this.refuseIfLate(name, host);
      }),
    );
  }

  private refuseIfLate(name: string, host: Host): void {
    if (host.isLateToAnswer(this.clock.now())) refuseAllButFirst(this.line.of(name));
  }

  private shed(name: string, host: Host): void {
    refuseExcess(this.line.of(name), host, this.patienceMs, this.clock.now());
  }

  /** A host that nothing is in flight to and nobody waits for is remembered for a while. */
  private rest(name: string, host: Host): void {
    if (host.active > 0 || this.line.has(name)) return;
    this.hosts.rest(name, this.clock.now());
    this.crowded.delete(name);
    this.paced.delete(name);
  }
}
