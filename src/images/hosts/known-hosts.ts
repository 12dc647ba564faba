import type { Host } from './host.js';

/** Hosts that are remembered although nothing waits for them, and for how long, in milliseconds. */
export const MAX_IDLE_HOSTS = 10_000;
const IDLE_MS = 60_000;

/** The hosts that one process asks, and those that it asked lately. */
export class KnownHosts {
  /** Those that something is in flight to or waits for. */
  readonly busy = new Map<string, Host>();
  /** The others, the longest idle ones first. */
  private readonly idle = new Map<string, Host>();

  constructor(private readonly make: (name: string) => Host) {}

  find(name: string): Host | undefined {
    return this.busy.get(name) ?? this.idle.get(name);
  }

  /** The host, which is busy from now on until it {@link rest}s. */
  use(name: string): Host {
    const busy = this.busy.get(name);
    if (busy !== undefined) return busy;
    const host = this.idle.get(name) ?? this.make(name);
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

  /** Forgets those that were idle for long. A pause that a host asked for is remembered to its end. */
  forgetIdle(now: number): void {
    for (const [name, host] of this.idle) {
      if (now - host.idleSince < IDLE_MS || host.pacer.pauseLeft(now) > 0) return;
      this.idle.delete(name);
    }
  }
}
