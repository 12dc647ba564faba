import { hash } from 'node:crypto';
import { HostUnavailableError, getDeferralMs } from './deferral-errors.js';
import type { HostFault, ImageErrorCode } from '../image-error-code.js';

/** The circuit of a host opens after faults of this many different images in a row. */
export const IMAGES_TO_OPEN = 8;
/** First and longest pause of an open circuit, in milliseconds. */
export const FIRST_PAUSE_MS = 1_000;
export const MAX_PAUSE_MS = 30_000;
/** Faults of a host are forgotten when no other follows within this time, in milliseconds. */
const MEMORY_MS = 600_000;
/** Number of hosts that are remembered. The host whose last fault is oldest is forgotten first. */
export const MAX_HOSTS = 10_000;

/** Faults that show that a host is down. Any HTTP answer, whatever its status, shows that it is up. */
export const HOST_FAULTS: ReadonlySet<ImageErrorCode> = new Set<ImageErrorCode>([
  'timeout',
  'connection',
  'dns',
]);
/** Faults that show nothing about a host, because no request was sent or the fault is this service's own. */
export const IRRELEVANT_FAULTS: ReadonlySet<ImageErrorCode> = new Set<ImageErrorCode>([
  'forbidden_address',
  'host_not_allowed',
  'internal',
]);

interface HostCircuit {
  /** Digests of the URLs that failed in a row, until the circuit opens. */
  readonly images: Set<string>;
  lastFault: HostFault;
  faultAt: number;
  /** No request is sent before `until`. After that one request is sent, the probe. */
  open: { until: number; pauseMs: number; probing: boolean; probedAt: number; deferred: number } | undefined;
}

/** Called when a circuit opens or closes. A probe that fails calls nothing. */
export interface CircuitEvents {
  opened(host: string, fault: HostFault): void;
  closed(host: string): void;
}

/** One call to a host. The caller must call exactly one of the two methods, once. */
export interface CircuitCall {
  /** The host answered. */
  answered(): void;
  /** The call ended with a fault, or was aborted if there is none. */
  ended(fault?: HostFault): void;
}

/**
 * A circuit breaker for each host. The circuit opens after timeouts, broken connections and DNS faults of
 * {@link IMAGES_TO_OPEN} different images without a success between them. While it is open, the host gets one
 * request after each pause, the probe. If the probe succeeds, the circuit closes. If it fails, the next pause
 * is twice as long.
 *
 * Different images are counted, not attempts, because the few images of a small job may each use all their
 * attempts.
 */
export class CircuitBreaker {
  /** Hosts with faults, ordered by their last fault. */
  private readonly hosts = new Map<string, HostCircuit>();
  /** Hosts whose probe is in flight. */
  private readonly probes = new Set<string>();

  /** @param now milliseconds since any moment */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly events?: CircuitEvents,
  ) {}

  /** Number of hosts that are remembered, at most {@link MAX_HOSTS}. */
  get size(): number {
    return this.hosts.size;
  }

  /** Whether a request may be sent to the host now. */
  mayRequest(name: string): boolean {
    const open = this.hosts.get(name)?.open;
    return open === undefined || (!open.probing && this.now() >= open.until);
  }

  /** @throws HostUnavailableError while the circuit of the host is open */
  throwIfOpen(name: string): void {
    if (!this.mayRequest(name)) throw this.deferImage(name);
  }

  /**
   * Begins a call. If the circuit is open and its pause is over, this call is the probe.
   *
   * @param image URL of the image
   * @throws HostUnavailableError while the circuit of the host is open
   */
  beginCall(name: string, image: string): CircuitCall {
    this.throwIfOpen(name);
    const openCircuit = this.hosts.get(name)?.open;
    const isProbe = openCircuit !== undefined;
    if (isProbe) {
      openCircuit.probing = true;
      openCircuit.probedAt = this.now();
      this.probes.add(name);
    }
    return {
      answered: () => {
        this.probes.delete(name);
        this.forget(name);
      },
      ended: (fault) => {
        if (isProbe) {
          openCircuit.probing = false;
          this.probes.delete(name);
        }
        if (fault === undefined || IRRELEVANT_FAULTS.has(fault.code)) return;
        if (!HOST_FAULTS.has(fault.code)) this.forget(name);
        // The answer to an earlier call may have closed the circuit meanwhile.
        else if (isProbe && this.hosts.get(name)?.open === openCircuit) this.reopen(name, openCircuit, fault);
        else this.record(name, image, fault);
      },
    };
  }

  /** Hosts whose probe has been in flight for at least `ms` milliseconds. */
  lateProbes(ms: number): string[] {
    const now = this.now();
    return [...this.probes].filter((name) => now - (this.hosts.get(name)?.open?.probedAt ?? now) >= ms);
  }

  /** Counts a deferred image of a host whose circuit is open, and returns the error that defers it. */
  deferImage(name: string): HostUnavailableError {
    const host = this.hosts.get(name);
    const open = host?.open;
    if (host === undefined || open === undefined) return new HostUnavailableError(FIRST_PAUSE_MS, null);
    open.deferred += 1;
    const soonMs = Math.max(open.until - this.now(), FIRST_PAUSE_MS);
    return new HostUnavailableError(getDeferralMs(soonMs, open.deferred), host.lastFault);
  }

  private record(name: string, image: string, fault: HostFault): void {
    const host = this.remember(name, fault);
    // A call that began before the circuit opened adds no information.
    if (host.open !== undefined) return;
    host.images.add(hash('sha1', image, 'base64url').slice(0, 12));
    if (host.images.size < IMAGES_TO_OPEN) return;
    host.images.clear();
    host.open = {
      until: this.now() + FIRST_PAUSE_MS,
      pauseMs: FIRST_PAUSE_MS,
      probing: false,
      probedAt: 0,
      deferred: 0,
    };
    this.events?.opened(name, fault);
  }

  private forget(name: string): void {
    const wasOpen = this.hosts.get(name)?.open !== undefined;
    this.hosts.delete(name);
    if (wasOpen) this.events?.closed(name);
  }

  private reopen(name: string, open: NonNullable<HostCircuit['open']>, fault: HostFault): void {
    const host = this.remember(name, fault);
    const pauseMs = Math.min(open.pauseMs * 2, MAX_PAUSE_MS);
    host.open = { until: this.now() + pauseMs, pauseMs, probing: false, probedAt: 0, deferred: 0 };
  }

  private remember(name: string, fault: HostFault): HostCircuit {
    const now = this.now();
    let host = this.hosts.get(name);
    if (host === undefined || now - host.faultAt > MEMORY_MS) {
      host = { images: new Set(), lastFault: fault, faultAt: now, open: undefined };
    }
    host.lastFault = fault;
    host.faultAt = now;
    this.hosts.delete(name);
    this.hosts.set(name, host);
    if (this.hosts.size > MAX_HOSTS) {
      const [oldest] = this.hosts.keys();
      if (oldest !== undefined) this.hosts.delete(oldest);
    }
    return host;
  }
}
