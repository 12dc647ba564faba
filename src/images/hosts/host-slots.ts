import { type AbortListener, listen, unlisten } from '../abort-listeners.js';
import { HostStalled, pauseOfHeld } from './held-back.js';
import { WaitingLine } from './waiting-line.js';

interface Host {
  active: number;
  /** Checks since something of it came back, or the last of its slots was taken. */
  checks: number;
  /** How long its answers take, the latest ones above all; 0 before the first. */
  usualMs: number;
  /** Callers refused since something last came back. */
  refused: number;
}

/** How often {@link HostSlots.checkStalls} is to be called, in milliseconds. */
export const CHECK_EVERY_MS = 250;
/**
 * A host with all its slots taken has stalled when nothing has come back for so many checks, and so many times its usual
 * time. It is checks that are counted, since the clock goes on while this process gets no time to read what came back.
 */
export const CHECKS_TO_STALL = 4;
const STALL_USUAL_TIMES = 4;
/** When the first of those that were refused may ask again, in milliseconds. */
const STALL_PAUSE_MS = 1_000;

/** Who wants slots of one host. Each method but the last says whether it wants another; none may throw. */
export interface Claimant {
  /** A slot is its own, and it has to {@link HostSlots.release} it. */
  grant(): boolean;
  /** It gets none. */
  refuse(reason: HostStalled): boolean;
  /** Its signal aborted: nothing more comes. */
  giveUp(reason: unknown): void;
}

/**
 * Slots for downloads: so many in all, so many for one host. Whoever they are for takes turns, and the hosts of each
 * (see {@link WaitingLine}), so that the images of a slow host wait for each other and for nobody else. A host with
 * nothing in flight and nobody waiting is forgotten.
 *
 * Nobody waits for a host that has stalled: {@link claim} refuses, and {@link checkStalls} those that wait already.
 */
export class HostSlots {
  private active = 0;
  private readonly line = new WaitingLine<Waiter>();
  private readonly hosts = new Map<string, Host>();
  private granting = false;

  constructor(
    private readonly limit: number,
    private readonly hostLimit: number,
  ) {}

  /** Hosts that are remembered now. */
  get size(): number {
    return this.hosts.size;
  }

  /** Slots that are taken now. */
  get inFlight(): number {
    return this.active;
  }

  /**
   * Resolves when a slot is free; who got it has to {@link release} it. Rejects with the signal's reason, or with
   * {@link HostStalled}.
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
    if (this.isStalled(host)) return refuseAll(claimant, host);
    const waiter = new Waiter(claimant, signal, () => {
      this.line.remove(turn, name, waiter);
      this.forget(name, host);
    });
    this.line.add(turn, name, waiter);
    this.grantAll();
  }

  /**
   * Gives a slot back, to whoever waits for it.
   *
   * @param answeredMs how long the host took to answer, where it did
   */
  release(name: string, answeredMs?: number): void {
    const host = this.hosts.get(name);
    if (host === undefined || host.active === 0) return;
    host.active -= 1;
    this.active -= 1;
    host.checks = 0;
    host.refused = 0;
    if (answeredMs !== undefined) {
      host.usualMs = host.usualMs === 0 ? answeredMs : host.usualMs * 0.8 + answeredMs * 0.2;
    }
    this.forget(name, host);
    this.grantAll();
  }

  /** Looks which hosts have stalled, and refuses everybody who waits for one. */
  checkStalls(): void {
    for (const [name, host] of this.hosts) {
      host.checks += 1;
      if (this.line.count(name) === 0 || !this.isStalled(host)) continue;
      for (const waiter of this.line.of(name)) {
        waiter.leave();
        refuseAll(waiter.claimant, host);
      }
    }
  }

  private isStalled(host: Host): boolean {
    if (host.active < Math.min(this.hostLimit, this.limit)) return false;
    return host.checks >= Math.max(CHECKS_TO_STALL, (host.usualMs * STALL_USUAL_TIMES) / CHECK_EVERY_MS);
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
        if (next === undefined) break;
        this.take(next.host);
        if (!next.waiter.claimant.grant()) next.waiter.leave();
      }
    } finally {
      this.granting = false;
    }
  }

  private readonly hasRoom = (name: string): boolean => (this.hosts.get(name)?.active ?? 0) < this.hostLimit;

  private take(name: string): void {
    const host = this.hosts.get(name) ?? this.remember(name);
    host.active += 1;
    this.active += 1;
    if (host.active >= Math.min(this.hostLimit, this.limit)) host.checks = 0;
  }

  private remember(name: string): Host {
    const host: Host = { active: 0, checks: 0, usualMs: 0, refused: 0 };
    this.hosts.set(name, host);
    return host;
  }

  private forget(name: string, host: Host): void {
    if (host.active === 0 && this.line.count(name) === 0) this.hosts.delete(name);
  }
}

/** Those who are refused come back at different times. */
function refuseAll(claimant: Claimant, host: Host): void {
  do host.refused += 1;
  while (claimant.refuse(new HostStalled(pauseOfHeld(STALL_PAUSE_MS, host.refused))));
}

/** A claimant that wants one slot. */
class OneSlot implements Claimant {
  constructor(
    private readonly resolve: () => void,
    private readonly reject: (reason: unknown) => void,
  ) {}

  grant(): boolean {
    this.resolve();
    return false;
  }

  refuse(reason: HostStalled): boolean {
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
