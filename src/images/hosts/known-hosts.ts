import { Host, type HostLimits } from './host.js';

/** Number of idle hosts that are remembered, and for how long, in milliseconds. */
export const MAX_IDLE_HOSTS = 10_000;
const IDLE_MS = 60_000;

/** The hosts that one process uses now, and those that it used lately. */
export class KnownHosts {
  /** Hosts with requests in flight or images that wait. */
  readonly busy = new Map<string, Host>();
  /** The others. The host that has been idle longest is first. */
  private readonly idle = new Map<string, Host>();

  /**
   * @param ceiling upper limit of requests in flight to each host
   * @param limitsFor returns the limits that are configured for a host now
   */
  constructor(
    private readonly ceiling: number,
    private readonly limitsFor: (name: string) => HostLimits,
  ) {}

  find(name: string): Host | undefined {
    return this.busy.get(name) ?? this.idle.get(name);
  }

  /** Returns the host, which is busy until {@link markIdle} is called. */
  use(name: string): Host {
    const busy = this.busy.get(name);
    if (busy !== undefined) return busy;
    const host = this.idle.get(name) ?? new Host(this.ceiling, {});
    host.configure(this.limitsFor(name));
    this.idle.delete(name);
    this.busy.set(name, host);
    return host;
  }

  /** To be called when a host has no requests in flight and no images that wait. */
  markIdle(name: string, now: number): void {
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
   * @param changed called for each host whose limits changed
   */
  configure(changed: (name: string) => void): void {
    for (const [name, host] of this.busy) {
      if (host.configure(this.limitsFor(name))) changed(name);
    }
  }

  /**
   * Forgets hosts that were idle for {@link IDLE_MS}. The idle time of a paused host begins when the pause
   * ends.
   */
  forgetIdle(now: number): void {
    for (const [name, host] of this.idle) {
      if (now - Math.max(host.idleSince, host.pacer.pausedUntil) < IDLE_MS) return;
      this.idle.delete(name);
    }
  }
}
