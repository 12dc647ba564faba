import type { HostFault } from '../image-error-code.js';
import { type SlotRequest, SingleSlotRequest, Waiter } from './slot-request.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { UNPROVEN_LIMIT } from './concurrency-limit.js';
import { HostRefusedError } from './deferral-errors.js';
import { FIRST_ANSWER_MS, type Host, type HostLimits, type CallEnd } from './host.js';
import { KnownHosts } from './known-hosts.js';
import {
  NO_FAIRNESS_KEY,
  sendBackAllButFirst,
  sendBackExcess,
  sendBackStalled,
  sendBackUnanswered,
} from './send-back.js';
import { WaitingLine } from '../waiting/waiting-line.js';

/** Receives the changes of a host. */
export interface HostEvents {
  /**
   * No answer arrives from the host. Emitted at once if other hosts have requests too, and after
   * `detachAfterMs` if it is the only host. Each {@link HostSlots.check} emits it again while the host is
   * stalled.
   */
  stalled(host: string): void;
  throttled(host: string, fault: HostFault, imagesPerSecond: number, pauseMs: number): void;
  throttlingEnded(host: string): void;
}

export interface HostSlotsOptions {
  /** If a host refuses everything for this long, in milliseconds, its images fail. Default: never. */
  readonly patienceMs?: number;
  /** How long the only host may be stalled before `stalled` is emitted, in milliseconds. Default: never. */
  readonly detachAfterMs?: number;
  /** Returns the configured limits of a host, such as `photos.example.com` or `photos.example.com:8443`. */
  readonly limitsFor?: (host: string) => HostLimits;
  readonly clock?: Clock;
  readonly events?: HostEvents;
}

/**
 * Limits downloads in flight: `limit` in this process, and for each host as many as it can serve (see {@link
 * Host}). Slots go to one fairness key after the other, and within a key to one host after the other (see
 * {@link WaitingLine}). The images of a slow host therefore delay only each other.
 *
 * A host that has not answered lately is *unproven*: it has few slots, and all unproven hosts together have at
 * most three quarters of all slots. Hosts that are down therefore never hold all slots.
 *
 * No image waits here for a host that has stalled. For a host that is throttled, only as many images wait here
 * as it serves soon. {@link enqueue} and {@link check} send the others back into the queue.
 */
export class HostSlots {
  private active = 0;
  /** Slots in use for unproven hosts. */
  private unproven = 0;
  private readonly unprovenLimit: number;
  private readonly line = new WaitingLine<Waiter>();
  private readonly hosts: KnownHosts;
  /** Unproven hosts that wait because `unprovenLimit` is reached. */
  private readonly blockedByLimit = new Set<string>();
  /** Paced hosts that wait until their next request may be sent. */
  private readonly blockedByPace = new Set<string>();
  /** Hosts for which {@link expectFirstAnswer} has set a timer. */
  private readonly expected = new Set<string>();
  private cancelWake: (() => void) | undefined;
  private wakeAt = Number.POSITIVE_INFINITY;
  private mayGrow = true;
  private granting = false;

  private readonly patienceMs: number;
  private readonly detachAfterMs: number;
  private readonly clock: Clock;
  private readonly events: HostEvents | undefined;

  constructor(
    private readonly limit: number,
    private readonly hostLimit: number,
    options: HostSlotsOptions = {},
  ) {
    this.unprovenLimit = Math.ceil((limit * 3) / 4);
    this.patienceMs = options.patienceMs ?? Number.POSITIVE_INFINITY;
    this.detachAfterMs = options.detachAfterMs ?? Number.POSITIVE_INFINITY;
    this.clock = options.clock ?? SYSTEM_CLOCK;
    const { limitsFor = () => ({}) } = options;
    this.hosts = new KnownHosts(Math.min(hostLimit, limit), limitsFor);
    this.events = options.events;
  }

  /** Number of hosts with requests in flight or images that wait. */
  get busyHosts(): number {
    return this.hosts.busy.size;
  }

  /** Number of slots in use. */
  get inFlight(): number {
    return this.active;
  }

  /** Number of requests that may be in flight to a host now. */
  getLimit(name: string): number {
    const host = this.hosts.find(name);
    return host?.limit ?? Math.min(this.hostLimit, UNPROVEN_LIMIT);
  }

  /**
   * Resolves when a slot was acquired, which the caller must {@link release}. Rejects with the signal's reason,
   * `HostUnavailableError` or {@link HostRefusedError}.
   *
   * @param fairnessKey slots go to different keys in rotation
   */
  acquire(name: string, signal?: AbortSignal, fairnessKey?: string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.enqueue(name, new SingleSlotRequest(resolve, reject), signal, fairnessKey),
    );
  }

  /**
   * Grants slots to the request as they become free. The request stays in the line until it needs no more
   * slots, is sent back, or the signal aborts.
   *
   * @param fairnessKey slots go to different keys in rotation
   */
  enqueue(name: string, request: SlotRequest, signal?: AbortSignal, fairnessKey = NO_FAIRNESS_KEY): void {
    if (signal?.aborted === true) return request.abort(signal.reason);
    const host = this.hosts.use(name);
    if (host.isStalled) {
      sendBackStalled(request, host);
      return this.markIdleIfUnused(name, host);
    }
    if (!host.isProven && fairnessKey !== NO_FAIRNESS_KEY && this.line.isWaiting(fairnessKey, name)) {
      if (host.isLateToAnswer(this.clock.now())) return sendBackUnanswered(request);
      this.expectFirstAnswer(name, host);
    }
    const waiter = new Waiter(request, signal, () => {
      this.line.remove(fairnessKey, name, waiter);
      this.markIdleIfUnused(name, host);
    });
    this.line.add(fairnessKey, name, waiter);
    if (host.isPaced(this.clock.now())) {
      host.cameBack(fairnessKey, request.size, this.clock.now());
      this.sendBackExcess(name, host);
    }
    this.grantAll();
  }

  /** Releases a slot and grants it to the next request in the line. */
  release(name: string, end: CallEnd = { kind: 'unknown' }): void {
    const host = this.hosts.busy.get(name);
    if (host === undefined || host.active === 0) return;
    const wasProven = host.isProven;
    host.active -= 1;
    this.active -= 1;
    this.recordEnd(name, host, end);
    // `unproven` counts the slots of unproven hosts. All slots of a host join or leave it together.
    if (!wasProven) this.leaveUnproven(host.isProven ? host.active + 1 : 1);
    else if (!host.isProven) this.unproven += host.active;
    this.line.unblock(name);
    this.markIdleIfUnused(name, host);
    this.grantAll();
  }

  /**
   * Returns the error for an image that the host refused. It says when to try again, or null if the host has refused everything
   * for `patienceMs`: the image then fails.
   *
   * @param retryAfterMs how long the host asks to wait, or null
   * @param fairnessKey as in {@link acquire}
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
   * Finds stalled hosts and sends back all images that wait for them. For paced hosts, sends back the images that
   * they will not serve soon.
   *
   * @param mayGrow false while this process is too busy for more requests
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
        this.sendBackAll(name, host);
        if (this.busyHosts > 1 || host.hasStalledFor(this.detachAfterMs)) this.events?.stalled(name);
      } else if (!this.line.has(name)) continue;
      else if (host.isPaced(now)) this.sendBackExcess(name, host);
      else this.sendBackIfLate(name, host);
    }
    this.hosts.forgetIdle(now);
    this.grantAll();
  }

  /** Cancels the timer. */
  close(): void {
    this.cancelWake?.();
  }

  /**
   * Grants free slots. A request may release its slot while it is granted one; the next round of the loop
   * grants that slot again. While all slots are in use the line is not searched, because it may hold thousands
   * of hosts.
   */
  private grantAll(): void {
    if (this.granting) return;
    this.granting = true;
    try {
      while (this.active < this.limit) {
        const next = this.line.next(this.hasRoomOrWatch);
        if (next !== undefined) {
          this.occupy(next.host);
          if (!next.waiter.request.grant()) next.waiter.leave();
        } else if (this.unproven >= this.unprovenLimit || !this.unblockNextUnproven()) break;
      }
    } finally {
      this.granting = false;
    }
  }

  /**
   * Whether a slot of the host can be granted now. If not, arranges that the host is unblocked later.
   */
  private readonly hasRoomOrWatch = (name: string): boolean => {
    const host = this.hosts.busy.get(name);
    if (host === undefined || host.active >= host.limit) return false;
    if (!host.isProven && this.unproven >= this.unprovenLimit) {
      this.blockedByLimit.add(name);
      return false;
    }
    const now = this.clock.now();
    const delayMs = host.pacer.delay(now);
    if (delayMs === 0) return true;
    this.blockedByPace.add(name);
    this.wake(now + delayMs);
    return false;
  };

  private occupy(name: string): void {
    const host = this.hosts.use(name);
    this.active += 1;
    if (!host.isProven) this.unproven += 1;
    host.recordSent(this.clock.now());
  }

  private leaveUnproven(slots: number): void {
    this.unproven -= slots;
    for (let n = 0; n < slots && this.unblockNextUnproven(); n += 1);
  }

  /** Unblocks the next host that waits for `unprovenLimit`. Returns whether there was one. */
  private unblockNextUnproven(): boolean {
    const [name] = this.blockedByLimit;
    if (name === undefined) return false;
    this.blockedByLimit.delete(name);
    this.line.unblock(name);
    return true;
  }

  private wake(at: number): void {
    if (at >= this.wakeAt) return;
    this.cancelWake?.();
    this.wakeAt = at;
    this.cancelWake = this.clock.after(Math.max(1, Math.ceil(at - this.clock.now())), () => {
      this.wakeAt = Number.POSITIVE_INFINITY;
      for (const name of this.blockedByPace) this.line.unblock(name);
      this.blockedByPace.clear();
      this.grantAll();
    });
  }

  private recordEnd(name: string, host: Host, end: CallEnd): void {
    const change = host.recordEnd(end, this.clock.now(), this.mayGrow);
    if (change === 'throttled' && end.kind === 'refused') {
      const pauseMs = host.pacer.pauseLeft(this.clock.now());
      this.events?.throttled(name, end.fault, host.pacer.imagesPerSecond, Math.round(pauseMs));
    } else if (change === 'throttling_ended') this.events?.throttlingEnded(name);
    if (end.kind === 'refused' && this.line.has(name)) this.sendBackExcess(name, host);
  }

  private sendBackAll(name: string, host: Host): void {
    for (const waiters of this.line.getWaiters(name).values()) {
      for (const waiter of waiters) {
        waiter.leave();
        sendBackStalled(waiter.request, host);
      }
    }
  }

  /**
   * Sends back all but the first waiters if the host has not answered in time. There are two timers: the
   * first may fire before answers that have already arrived are read, and the second fires after that.
   */
  private expectFirstAnswer(name: string, host: Host): void {
    if (this.expected.has(name)) return;
    this.expected.add(name);
    this.clock.after(FIRST_ANSWER_MS, () =>
      this.clock.after(1, () => {
        this.expected.delete(name);
        this.sendBackIfLate(name, host);
      }),
    );
  }

  private sendBackIfLate(name: string, host: Host): void {
    if (host.isLateToAnswer(this.clock.now())) sendBackAllButFirst(this.line.getWaiters(name));
  }

  private sendBackExcess(name: string, host: Host): void {
    sendBackExcess(this.line.getWaiters(name), host, this.patienceMs, this.clock.now());
  }

  /** A host without requests in flight or waiters becomes idle, and is remembered for a while. */
  private markIdleIfUnused(name: string, host: Host): void {
    if (host.active > 0 || this.line.has(name)) return;
    this.hosts.markIdle(name, this.clock.now());
    this.blockedByLimit.delete(name);
    this.blockedByPace.delete(name);
  }
}
