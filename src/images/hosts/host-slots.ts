import type { HostFault } from '../image-error-code.js';
import { WaitingLine } from '../waiting/waiting-line.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { UNPROVEN_LIMIT } from './concurrency-limit.js';
import type { HostRefusedError } from './deferral-errors.js';
import type { CallEnd, Host } from './host.js';
import type { HostEvents, HostSlotsOptions } from './host-slots-options.js';
import { KnownHosts } from './known-hosts.js';
import { PaceTimer } from './pace-timer.js';
import { NO_FAIRNESS_KEY, SendBack } from './send-back.js';
import { SingleSlotRequest, type SlotRequest, Waiter } from './slot-request.js';
import { UnprovenSlots } from './unproven-slots.js';

/**
 * Limits downloads in flight: `limit` in this process, and for each host as many as it can serve (see {@link
 * Host}). Slots go to one fairness key after the other, and within a key to one host after the other (see
 * {@link WaitingLine}). The images of a slow host therefore delay only each other.
 *
 * A host can be, at the same time:
 *
 * - *proven*: it has answered lately. An unproven host has at most {@link UNPROVEN_LIMIT} slots, and all unproven
 *   hosts together have at most three quarters of all slots. Hosts that are down therefore never hold all slots.
 * - *late*: it is unproven, has requests in flight, and its first answer has not arrived in time (`FIRST_ANSWER_MS`).
 *   Only one request of each fairness key waits for it.
 * - *stalled*: all its slots are in use, and no answer arrives for much longer than usual. No image waits for it.
 * - *paced*: only some images a second may be requested from it, because that is configured or because it is
 *   throttled. Only as many images wait for it as it serves soon.
 * - *throttled*: it refused requests lately (429, 503, 420), so its pace is lowered.
 *
 * {@link enqueue} and {@link check} send the images that may not wait here back into the queue.
 */
export class HostSlots {
  private active = 0;
  private readonly line = new WaitingLine<Waiter>();
  private readonly hosts: KnownHosts;
  private readonly unproven: UnprovenSlots;
  private readonly paceTimer: PaceTimer;
  private readonly sendBack: SendBack;
  private mayGrow = true;
  private granting = false;

  private readonly detachAfterMs: number;
  private readonly clock: Clock;
  private readonly events: HostEvents | undefined;

  constructor(
    private readonly limit: number,
    private readonly hostLimit: number,
    options: HostSlotsOptions = {},
  ) {
    const { limitsFor = () => ({}) } = options;
    this.detachAfterMs = options.detachAfterMs ?? Number.POSITIVE_INFINITY;
    this.clock = options.clock ?? SYSTEM_CLOCK;
    this.events = options.events;
    this.hosts = new KnownHosts(Math.min(hostLimit, limit), limitsFor);
    this.unproven = new UnprovenSlots(Math.ceil((limit * 3) / 4), (name) => this.line.unblock(name));
    this.sendBack = new SendBack(this.line, this.clock, options.patienceMs);
    this.paceTimer = new PaceTimer(this.clock, (names) => {
      for (const name of names) this.line.unblock(name);
      this.grantAll();
    });
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
      this.sendBack.stalledRequest(request, host);
      return this.markIdleIfUnused(name, host);
    }
    // Another request of this key already waits for a host that has not answered lately. A second one waits only
    // until the host is late, so that the batches of one job are not all blocked by a host that may be down.
    if (!host.isProven && fairnessKey !== NO_FAIRNESS_KEY && this.line.isWaiting(fairnessKey, name)) {
      if (host.isLateToAnswer(this.clock.now())) return this.sendBack.lateRequest(request);
      this.sendBack.expectFirstAnswer(name, host);
    }
    const waiter = new Waiter(request, signal, () => {
      this.line.remove(fairnessKey, name, waiter);
      this.markIdleIfUnused(name, host);
    });
    this.line.add(fairnessKey, name, waiter);
    if (host.isPaced(this.clock.now())) {
      host.recordReturned(fairnessKey, request.size, this.clock.now());
      this.sendBack.excess(name, host);
    }
    this.grantAll();
  }

  /** Releases a slot and grants it to the next request in the line. */
  release(name: string, end: CallEnd = { kind: 'unknown' }): void {
    const host = this.hosts.busy.get(name);
    if (host === undefined || host.active === 0) return;
    const unprovenBefore = UnprovenSlots.count(host);
    host.active -= 1;
    this.active -= 1;
    this.recordEnd(name, host, end);
    this.unproven.recount(host, unprovenBefore);
    this.line.unblock(name);
    this.markIdleIfUnused(name, host);
    this.grantAll();
  }

  /**
   * Returns the error for an image that the host refused: when to attempt it again, or null if the host has refused
   * everything for `patienceMs`. The image then fails.
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
    return this.sendBack.toRefusal(this.hosts.find(name), fault, retryAfterMs, fairnessKey);
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
      const unprovenBefore = UnprovenSlots.count(host);
      host.check();
      this.unproven.recount(host, unprovenBefore);
      if (host.isStalled) {
        this.sendBack.allStalled(name, host);
        if (this.busyHosts > 1 || host.hasStalledFor(this.detachAfterMs)) this.events?.stalled(name);
      } else if (!this.line.has(name)) continue;
      else if (host.isPaced(now)) this.sendBack.excess(name, host);
      else this.sendBack.allButFirstIfLate(name, host);
    }
    this.hosts.forgetIdle(now);
    this.grantAll();
  }

  /** Cancels the timer. */
  close(): void {
    this.paceTimer.close();
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
        } else if (this.unproven.isLimitReached || !this.unproven.unblockNext()) break;
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
    if (!host.isProven && this.unproven.isLimitReached) {
      this.unproven.block(name);
      return false;
    }
    const now = this.clock.now();
    const delayMs = host.pacer.delay(now);
    if (delayMs === 0) return true;
    this.paceTimer.block(name, now + delayMs);
    return false;
  };

  private occupy(name: string): void {
    const host = this.hosts.use(name);
    const unprovenBefore = UnprovenSlots.count(host);
    this.active += 1;
    host.recordSent(this.clock.now());
    this.unproven.recount(host, unprovenBefore);
  }

  private recordEnd(name: string, host: Host, end: CallEnd): void {
    const change = host.recordEnd(end, this.clock.now(), this.mayGrow);
    if (change === 'throttled' && end.kind === 'refused') {
      const pauseMs = host.pacer.pauseLeft(this.clock.now());
      this.events?.throttled(name, end.fault, host.pacer.imagesPerSecond, Math.round(pauseMs));
    } else if (change === 'throttling_ended') this.events?.throttlingEnded(name);
    if (end.kind === 'refused' && this.line.has(name)) this.sendBack.excess(name, host);
  }

  /** A host without requests in flight or waiters becomes idle, and is remembered for a while. */
  private markIdleIfUnused(name: string, host: Host): void {
    if (host.active > 0 || this.line.has(name)) return;
    this.hosts.markIdle(name, this.clock.now());
    this.unproven.forget(name);
    this.paceTimer.forget(name);
  }
}
