import { type AbortListener, listen, unlisten } from './abort-listeners.js';
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

/**
 * Slots for downloads: so many in all, so many for one host. Whoever they are for takes turns, and the hosts of each
 * (see {@link WaitingLine}), so that the images of a slow host wait for each other and for nobody else. A host with
 * nothing in flight and nobody waiting is forgotten.
 *
 * Nobody waits for a host that has stalled: {@link acquire} refuses, and {@link checkStalls} those that wait already.
 */
export class HostSlots {
  private active = 0;
  private readonly line = new WaitingLine<Waiter>();
  private readonly hosts = new Map<string, Host>();

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
  acquire(name: string, signal?: AbortSignal, turn = ''): Promise<void> {
    if (signal?.aborted === true) return Promise.reject<void>(signal.reason);
    const host = this.hosts.get(name) ?? this.remember(name);
    if (this.active < this.limit && host.active < this.hostLimit && this.line.count(name) === 0) {
      this.take(host);
      return Promise.resolve();
    }
    return this.isStalled(host) ? Promise.reject<void>(refusalBy(host)) : this.wait(name, host, signal, turn);
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
    this.grantNext();
  }

  /** Looks which hosts have stalled, and refuses everybody who waits for one. */
  checkStalls(): void {
    for (const [name, host] of this.hosts) {
      host.checks += 1;
      if (this.line.count(name) === 0 || !this.isStalled(host)) continue;
      for (const waiter of this.line.of(name)) waiter.refuse(refusalBy(host));
    }
  }

  private isStalled(host: Host): boolean {
    if (host.active < Math.min(this.hostLimit, this.limit)) return false;
    return host.checks >= Math.max(CHECKS_TO_STALL, (host.usualMs * STALL_USUAL_TIMES) / CHECK_EVERY_MS);
  }

  private wait(name: string, host: Host, signal: AbortSignal | undefined, turn: string): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const waiter = new Waiter(resolve, reject, signal, () => {
        this.line.remove(turn, name, waiter);
        this.forget(name, host);
      });
      this.line.add(turn, name, waiter);
    });
  }

  private grantNext(): void {
    if (this.active >= this.limit) return;
    const next = this.line.next((name) => (this.hosts.get(name)?.active ?? 0) < this.hostLimit);
    const host = next && this.hosts.get(next.host);
    if (host === undefined) return;
    this.take(host);
    next?.waiter.grant();
  }

  private take(host: Host): void {
    host.active += 1;
    this.active += 1;
    if (host.active >= Math.min(this.hostLimit, this.limit)) host.checks = 0;
  }

  private remember(name: string): Host {
    const host = { active: 0, checks: 0, usualMs: 0, refused: 0 };
    this.hosts.set(name, host);
    return host;
  }

  private forget(name: string, host: Host): void {
    if (host.active === 0 && this.line.count(name) === 0) this.hosts.delete(name);
  }
}

function refusalBy(host: Host): HostStalled {
  host.refused += 1;
  return new HostStalled(pauseOfHeld(STALL_PAUSE_MS, host.refused));
}

/** A caller that waits, until it is granted a slot, refused one, or gives up. */
class Waiter implements AbortListener {
  constructor(
    private readonly resolve: () => void,
    private readonly reject: (reason: unknown) => void,
    private readonly signal: AbortSignal | undefined,
    private readonly leave: () => void,
  ) {
    if (signal !== undefined) listen(signal, this);
  }

  /** It stands in the line no more. */
  grant(): void {
    if (this.signal !== undefined) unlisten(this.signal, this);
    this.resolve();
  }

  refuse(reason: unknown): void {
    if (this.signal !== undefined) unlisten(this.signal, this);
    this.leave();
    this.reject(reason);
  }

  onAbort(): void {
    this.refuse(this.signal?.reason);
  }
}
