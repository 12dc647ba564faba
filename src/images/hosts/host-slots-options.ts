import type { HostFault } from '../image-error-code.js';
import type { Clock } from './clock.js';
import type { HostLimits } from './host.js';

/** Receives the changes of a host. */
export interface HostEvents {
  /**
   * No answer arrives from the host. Emitted at once if other hosts have requests too, and after
   * `detachAfterMs` if it is the only host. Each `HostSlots.check` emits it again while the host is stalled.
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
