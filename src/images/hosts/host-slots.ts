import { type AbortListener, listen, unlisten } from '../abort-listeners.js';
import type { HostFault } from '../image-error-code.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { UNPROVEN_LIMIT } from './concurrency-limit.js';
import { Deferral } from './deferral.js';
import { type HeldBack, HostPaced, HostRefused, HostStalled, pauseOfHeld } from './held-back.js';
import { Host, type HostLimits, type VisitEnd } from './host.js';
import { WaitingLine } from './waiting-line.js';

/** How often {@link HostSlots.check} is to be called, in milliseconds. */
export const CHECK_EVERY_MS = 250;
/** When the first of those that were refused by a stalled host may ask again, in milliseconds. */
export const STALL_PAUSE_MS = 1_000;
/** Hosts that are remembered although nothing waits for them, and for how long, in milliseconds. */
export const MAX_IDLE_HOSTS = 10_000;
const IDLE_MS = 60_000;

/** Who wants slots of one host. `grant` and `refuse` say whether it wants another; none may throw. */
export interface Claimant {
  /** How many slots it still wants. */
  readonly size: number;
  /** A slot is its own, and it has to {@link HostSlots.release} it. */
  grant(): boolean;
  /** It gets none. */
  refuse(reason: HeldBack | HostRefused): boolean;
  /** Its signal aborted: nothing more comes. */
  giveUp(reason: unknown): void;
}

/** Hears what changes for a host. */
export interface HostEvents {
  /** Nothing comes back from it any more, as is found again with each {@link HostSlots.check}. */
  stalled(host: string): void;
  throttled(host: string, fault: HostFault, imagesPerSecond: number, pauseMs: number): void;
  throttlingEnded(host: string): void;
}

export interface HostSlotsOptions {
  /** A host that refuses everything for so long fails its images, in milliseconds. */
  readonly patienceMs?: number;
  /** What is configured for a host, `photos.example.com` or `photos.example.com:8443`. */
  readonly limitsFor?: (host: string) => HostLimits;
  readonly clock?: Clock;
  readonly events?: HostEvents;
}

/**
 * Slots for downloads: so many in all, and for each host as many as it bears (see {@link Host}). Whoever they are for takes
 * turns, and the hosts of each (see {@link WaitingLine}), so that the images of a slow host wait for each other and for
 * nobody else.
 *
 * Hosts that have not answered lately have few slots each, and three quarters of all slots together, so that hosts that are
 * down never hold the slots of those that answer.
 *
 * Nobody waits for a host that has stalled, and only as much for one that is paced as it serves soon: {@link claim} refuses
 * the rest, and {@link check} those that wait already. They belong into the queue.
 */
export class HostSlots {
  private active = 0;
  /** Slots of hosts that have not answered lately. */
  private unproven = 0;
  private readonly unprovenLimit: number;
  private readonly line = new WaitingLine<Waiter>();
  /** Hosts that something is in flight to or waits for. */
  private readonly hosts = new Map<string, Host>();
  /** Others that were asked lately, the longest idle ones first. */
  private readonly idle = new Map<string, Host>();
  /** Hosts that wait for a slot of those that are left to hosts without an answer. */
  private readonly crowded = new Set<string>();
  private readonly paced = new Set<string>();
  private cancelWake: (() => void) | undefined;
  private wakeAt = Number.POSITIVE_INFINITY;
  private mayGrow = true;
  private granting = false;

  private readonly patienceMs: number;
  private readonly limitsFor: (host: string) => HostLimits;
  private readonly clock: Clock;
  private readonly events: HostEvents | undefined;

  constructor(
    private readonly limit: number,
    private readonly hostLimit: number,
    options: HostSlotsOptions = {},
  ) {
    this.unprovenLimit = Math.ceil((limit * 3) / 4);
    this.patienceMs = options.patienceMs ?? Number.POSITIVE_INFINITY;
    this.limitsFor = options.limitsFor ?? (() => ({}));
    this.clock = options.clock ?? SYSTEM_CLOCK;
    this.events = options.events;
  }

  /** Hosts that something is in flight to or waits for. */
  get size(): number {
    return this.hosts.size;
  }

  /** Slots that are taken now. */
  get inFlight(): number {
    return this.active;
  }

  /** Requests that may be in flight to a host now. */
  limitOf(name: string): number {
    const host = this.hosts.get(name) ?? this.idle.get(name);
    return host?.limit ?? Math.min(this.hostLimit, UNPROVEN_LIMIT);
  }

  /**
   * Resolves when a slot is free; who got it has to {@link release} it. Rejects with the signal's reason, or with
   * {@link HeldBack} or {@link HostRefused}.
   *
   * @param turn whom the download is for
   */
  acquire(name: string, signal?: AbortSignal, turn?: string): Promise<void> {
    return new Promise((resolve, reject) => this.claim(name, new OneSlot(resolve, reject), signal, turn));
  }

  /**
   * Grants slots while there are any and the claimant wants them, and later as they become free: it keeps its place in
   * the line until it wants no more, is refused, or the signal aborts.
   *
   * @param turn whom the downloads are for
   */
  claim(name: string, claimant: Claimant, signal?: AbortSignal, turn = ''): void {
    if (signal?.aborted === true) return claimant.giveUp(signal.reason);
    const host = this.hosts.get(name) ?? this.remember(name);
    if (host.isStalled) {
      this.refuseStalled(claimant, host);
      return this.rest(name, host);
    }
    const waiter = new Waiter(claimant, signal, () => {
      this.line.remove(turn, name, waiter);
      this.rest(name, host);
    });
    this.line.add(turn, name, waiter);
    if (host.isPaced(this.clock.now())) {
      host.deferral?.cameBack(turn, claimant.size, this.clock.now());
      this.shed(name, host);
    }
    this.grantAll();
  }

  /** Gives a slot back, to whoever waits for it. */
  release(name: string, end: VisitEnd = { kind: 'unknown' }): void {
    const host = this.hosts.get(name);
    if (host === undefined || host.active === 0) return;
    const wasProven = host.isProven;
    host.active -= 1;
    this.active -= 1;
    this.note(name, host, end);
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
   * @param turn whom it is for
   */
  refusalOf(name: string, fault: HostFault, retryAfterMs: number | null, turn = ''): HostRefused {
    const host = this.hosts.get(name) ?? this.idle.get(name);
    if (host?.hasServedNothing(this.patienceMs) === true) return new HostRefused(fault, null);
    const afterMs = host === undefined ? STALL_PAUSE_MS : this.defer(host, turn, 1, 1, this.clock.now());
    return new HostRefused(fault, Math.max(afterMs, retryAfterMs ?? 0));
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
    for (const [name, host] of this.hosts) {
      const wasProven = host.isProven;
      host.check();
      if (wasProven && !host.isProven) this.unproven += host.active;
      if (host.isStalled) {
        this.refuseAll(name, host);
        this.events?.stalled(name);
      } else if (host.isPaced(now) && this.line.has(name)) this.shed(name, host);
    }
    this.forgetIdle(now);
    this.grantAll();
  }

  /** Forgets what is to be done later. */
  close(): void {
    this.cancelWake?.();
  }

  /**
   * A claimant may give its slot back at once, from within: that is room for the next turn of the loop. While all slots
   * are taken the line is not looked through, as thousands of hosts may stand in it.
   */
  private grantAll(): void {
    if (this.granting) return;
    this.granting = true;
    try {
      while (this.active < this.limit) {
        const next = this.line.next(this.hasRoom);
        if (next !== undefined) {
          this.take(next.host);
          if (!next.waiter.claimant.grant()) next.waiter.leave();
        } else if (this.unproven >= this.unprovenLimit || !this.readmit()) break;
      }
    } finally {
      this.granting = false;
    }
  }

  /** A host without room is unblocked when that changes: with a slot of it, one of the unproven, or its time. */
  private readonly hasRoom = (name: string): boolean => {
    const host = this.hosts.get(name);
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

  private take(name: string): void {
    const host = this.hosts.get(name) ?? this.remember(name);
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

  private note(name: string, host: Host, end: VisitEnd): void {
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
        this.refuseStalled(waiter.claimant, host);
      }
    }
  }

  /** Those who are refused come back at different times. */
  private refuseStalled(claimant: Claimant, host: Host): void {
    do host.held += 1;
    while (claimant.refuse(new HostStalled(pauseOfHeld(STALL_PAUSE_MS, host.held))));
  }

  /** Of each turn as much may wait as the host serves soon. */
  private shed(name: string, host: Host): void {
    const now = this.clock.now();
    const turns = this.line.of(name);
    const exhausted = host.hasServedNothing(this.patienceMs) ? host.lastRefusal : undefined;
    const room = exhausted === undefined ? host.roomInLine(turns.size, now) : 0;
    for (const [turn, waiters] of turns) {
      let left = room;
      for (const waiter of waiters) {
        const excess = waiter.claimant.size - left;
        left = Math.max(0, left - waiter.claimant.size);
        if (excess <= 0) continue;
        const afterMs = exhausted === undefined ? this.defer(host, turn, excess, turns.size, now) : 0;
        const reason = exhausted === undefined ? new HostPaced(afterMs) : new HostRefused(exhausted, null);
        let wantsMore = true;
        for (let n = 0; n < excess && wantsMore; n += 1) wantsMore = waiter.claimant.refuse(reason);
        if (!wantsMore) waiter.leave();
      }
    }
  }

  private defer(host: Host, turn: string, images: number, turns: number, now: number): number {
    host.deferral ??= new Deferral();
    host.held += images;
    const soonMs = Math.ceil(host.pacer.pauseLeft(now));
    const { imagesPerSecond, isSearching } = host.pacer;
    return imagesPerSecond === Number.POSITIVE_INFINITY
      ? Math.max(soonMs, STALL_PAUSE_MS)
      : host.deferral.of(turn, images, imagesPerSecond / turns, isSearching, soonMs, now);
  }

  private remember(name: string): Host {
    const host = this.idle.get(name) ?? new Host(Math.min(this.hostLimit, this.limit), this.limitsFor(name));
    this.idle.delete(name);
    this.hosts.set(name, host);
    return host;
  }

  /** A host that nothing is in flight to and nobody waits for is remembered for a while. */
  private rest(name: string, host: Host): void {
    if (host.active > 0 || this.line.has(name) || !this.hosts.delete(name)) return;
    this.crowded.delete(name);
    this.paced.delete(name);
    host.idleSince = this.clock.now();
    this.idle.set(name, host);
    if (this.idle.size <= MAX_IDLE_HOSTS) return;
    const [oldest] = this.idle.keys();
    if (oldest !== undefined) this.idle.delete(oldest);
  }

  private forgetIdle(now: number): void {
    for (const [name, host] of this.idle) {
      if (now - host.idleSince < IDLE_MS) return;
      this.idle.delete(name);
    }
  }
}

/** A claimant that wants one slot. */
class OneSlot implements Claimant {
  readonly size = 1;

  constructor(
    private readonly resolve: () => void,
    private readonly reject: (reason: unknown) => void,
  ) {}

  grant(): boolean {
    this.resolve();
    return false;
  }

  refuse(reason: HeldBack | HostRefused): boolean {
    this.reject(reason);
    return false;
  }

  giveUp(reason: unknown): void {
    this.reject(reason);
  }
}

/** A claimant in the line. */
class Waiter implements AbortListener {
  constructor(
    readonly claimant: Claimant,
    private readonly signal: AbortSignal | undefined,
    private readonly goAway: () => void,
  ) {
    if (signal !== undefined) listen(signal, this);
  }

  /** It stands in the line no more. */
  leave(): void {
    if (this.signal !== undefined) unlisten(this.signal, this);
    this.goAway();
  }

  onAbort(): void {
    this.leave();
    this.claimant.giveUp(this.signal?.reason);
  }
}
