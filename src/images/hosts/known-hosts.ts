import { Host, type HostLimits } from './host.js';

/** Hosts that are remembered although nothing waits for them, and for how long, in milliseconds. */
export const MAX_IDLE_HOSTS = 10_000;
const IDLE_MS = 60_000;

/** The hosts that one process asks, and those that it asked lately. */
export class KnownHosts {
  /** Those that something is in flight to or waits for. */
  readonly busy = new Map<string, Host>();
  /** The others, the longest idle ones first. */
  private readonly idle = new Map<string, Host>();

  /**
   * @param ceiling requests in flight to any of them
   * @param limitsFor what is configured for a host at present
   */
  constructor(
    private readonly ceiling: number,
    private readonly limitsFor: (name: string) => HostLimits,
  ) {}

  find(name: string): Host | undefined {
    return this.busy.get(name) ?? this.idle.get(name);
  }

  /** The host, which is busy from now on until it {@link rest}s. */
  use(name: string): Host {
    const busy = this.busy.get(name);
    if (busy !== undefined) return busy;
    const host = this.idle.get(name) ?? new Host(this.ceiling, {});
    host.configure(this.limitsFor(name));
    this.idle.delete(name);
    this.busy.set(name, host);
    return host;
  }

  /** Nothing is in flight to it any more, and nobody waits for it. */
  rest(name: string, now: number): void {
    const host = this.busy.get(name);
    if (host === undefined) return;
    this.busy.delete(name);
    host.idleSince = now;
    this.idle.set(name, host);
    if (this.idle.size <= MAX_IDLE_HOSTS) return;
    const [oldest] = this.idle.keys();
    if (oldest !== undefined) this.idle.delete(oldest);
  }

  /**
   * Applies the current limits to busy hosts.
   *
   * @param changed is called for each host whose limits are new
   */
  configure(changed: (name: string) => void): void {
    for (const [name, host] of this.busy) {
      if (host.configure(this.limitsFor(name))) changed(name);
    }
  }

  /** Forgets hosts that were idle for {@link IDLE_MS}. The time of a host that is paused begins when the pause ends. */
  forgetIdle(now: number): void {
    for (const [name, host] of this.idle) {
      if (now - Math.max(host.idleSince, host.pacer.pausedUntil) < IDLE_MS) return;
      this.idle.delete(name);
    }
  }
}
