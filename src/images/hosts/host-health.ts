import { hash } from 'node:crypto';
import { HostUnavailableError, getDeferralMs } from './host-errors.js';
import type { HostFault, ImageErrorCode } from '../image-error-code.js';

/** Faults of so many different images in a row, and a host is not asked for a while. */
export const IMAGES_TO_OPEN = 8;
/** How long it is not asked at first, and at the most, in milliseconds. */
export const FIRST_PAUSE_MS = 1_000;
export const MAX_PAUSE_MS = 30_000;
/** A host without a fault for so long begins anew, in milliseconds. */
const MEMORY_MS = 600_000;
/** Most hosts remembered: those with the latest faults. */
export const MAX_HOSTS = 10_000;

/** What says that a host is not there, or not itself. Any answer in HTTP, of any status, says the contrary. */
export const HOST_FAULTS: ReadonlySet<ImageErrorCode> = new Set<ImageErrorCode>([
  'timeout',
  'connection',
  'dns',
]);
/** What says nothing about a host: it was not asked, or the fault is ours. */
export const NO_WORD: ReadonlySet<ImageErrorCode> = new Set<ImageErrorCode>([
  'forbidden_address',
  'host_not_allowed',
  'internal',
]);

interface Host {
  /** Digests of the URLs that failed in a row, until it is open. */
  readonly images: Set<string>;
  lastFault: HostFault;
  faultAt: number;
  /** Not asked until that time; one probe goes then. */
  open: { until: number; pauseMs: number; probing: boolean; probedAt: number; held: number } | undefined;
}

/** Is told when a host is asked no more, and when it answers again; not of each probe between. */
export interface HostNews {
  leftAlone(host: string, fault: HostFault): void;
  answersAgain(host: string): void;
}

/** One visit to a host: has to be told how it ended, once. */
export interface Visit {
  /** The host answered. */
  answered(): void;
  /** The visit ended with a fault, or undefined: was given up. */
  failed(fault: HostFault | undefined): void;
}

/**
 * The memory of failing hosts (a circuit breaker for each). Timeouts, broken connections and DNS faults of
 * {@link IMAGES_TO_OPEN} different images without a success between them open it: the host is asked for nothing then,
 * save for one image after each pause, the probe. Its success closes, its fault doubles the pause.
 *
 * It is different images that count, so that the few of a small job are tried in their own time, however often.
 */
export class HostHealth {
  /** In the order of their last faults. */
  private readonly hosts = new Map<string, Host>();
  /** Those that are asked by a probe now. */
  private readonly probes = new Set<string>();

  /** @param now milliseconds, from any moment on */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly news?: HostNews,
  ) {}

  /** Hosts that are remembered now: those that failed lately, {@link MAX_HOSTS} at the most. */
  get size(): number {
    return this.hosts.size;
  }

  /** Whether the host may be asked now. */
  isAsked(name: string): boolean {
    const open = this.hosts.get(name)?.open;
    return open === undefined || (!open.probing && this.now() >= open.until);
  }

  /** @throws HostUnavailableError while the host is not to be asked */
  check(name: string): void {
    if (!this.isAsked(name)) throw this.holdBack(name);
  }

  /**
   * Begins a visit; of a host whose pause is over it is the probe.
   *
   * @param image its URL
   * @throws HostUnavailableError while the host is not to be asked
   */
  begin(name: string, image: string): Visit {
    this.check(name);
    const probed = this.hosts.get(name)?.open;
    if (probed !== undefined) {
      probed.probing = true;
      probed.probedAt = this.now();
      this.probes.add(name);
    }
    return {
      answered: () => {
        this.probes.delete(name);
        this.forget(name);
      },
      failed: (fault) => {
        if (probed !== undefined) {
          probed.probing = false;
          this.probes.delete(name);
        }
        if (fault === undefined || NO_WORD.has(fault.code)) return;
        if (!HOST_FAULTS.has(fault.code)) this.forget(name);
        else if (probed === undefined) this.note(name, image, fault);
        else this.reopen(name, probed, fault);
      },
    };
  }

  /** Hosts of which a probe has not been answered for so many milliseconds. */
  lateProbes(ms: number): string[] {
    const now = this.now();
    return [...this.probes].filter((name) => now - (this.hosts.get(name)?.open?.probedAt ?? now) >= ms);
  }

  /** Why an image of a host has to wait that fails again and again. */
  heldBack(name: string): HostUnavailableError {
    return this.holdBack(name);
  }

  private note(name: string, image: string, fault: HostFault): void {
    const host = this.remember(name, fault);
    // What began before it was opened says nothing new.
    if (host.open !== undefined) return;
    host.images.add(hash('sha1', image, 'base64url').slice(0, 12));
    if (host.images.size < IMAGES_TO_OPEN) return;
    host.images.clear();
    host.open = {
      until: this.now() + FIRST_PAUSE_MS,
      pauseMs: FIRST_PAUSE_MS,
      probing: false,
      probedAt: 0,
      held: 0,
    };
    this.news?.leftAlone(name, fault);
  }

  private forget(name: string): void {
    const wasOpen = this.hosts.get(name)?.open !== undefined;
    this.hosts.delete(name);
    if (wasOpen) this.news?.answersAgain(name);
  }

  private reopen(name: string, open: NonNullable<Host['open']>, fault: HostFault): void {
    const host = this.remember(name, fault);
    const pauseMs = Math.min(open.pauseMs * 2, MAX_PAUSE_MS);
    host.open = { until: this.now() + pauseMs, pauseMs, probing: false, probedAt: 0, held: 0 };
  }

  private remember(name: string, fault: HostFault): Host {
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

  private holdBack(name: string): HostUnavailableError {
    const host = this.hosts.get(name);
    const open = host?.open;
    if (host === undefined || open === undefined) return new HostUnavailableError(FIRST_PAUSE_MS, null);
    open.held += 1;
    const soonMs = Math.max(open.until - this.now(), FIRST_PAUSE_MS);
    return new HostUnavailableError(getDeferralMs(soonMs, open.held), host.lastFault);
  }
}
