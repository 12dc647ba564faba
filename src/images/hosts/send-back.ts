import type { HostFault } from '../image-error-code.js';
import type { WaitingLine } from '../waiting/waiting-line.js';
import type { Clock } from './clock.js';
import {
  HostPacedError,
  HostRefusedError,
  HostStalledError,
  HostUnansweredError,
  getDeferralMs,
  STALL_PAUSE_MS,
} from './deferral-errors.js';
import { FIRST_ANSWER_MS, type Host } from './host.js';
import type { SlotRequest, Waiter } from './slot-request.js';

/** Fairness key of callers that give none. Their images belong to no batch. */
export const NO_FAIRNESS_KEY = '';

/**
 * Sends images of the waiting line back into the queue, if their host will not serve them soon. Their batches can
 * then end.
 */
export class SendBack {
  /** Hosts for which {@link expectFirstAnswer} has set a timer. */
  private readonly expected = new Set<string>();

  /** @param patienceMs if a host refuses everything for this long, in milliseconds, its images fail */
  constructor(
    private readonly line: WaitingLine<Waiter>,
    private readonly clock: Clock,
    private readonly patienceMs = Number.POSITIVE_INFINITY,
  ) {}

  /** Sends back a request for a stalled host. Its images come back at different times. */
  stalledRequest(request: SlotRequest, host: Host): void {
    do host.deferredCount += 1;
    while (request.sendBack(new HostStalledError(getDeferralMs(STALL_PAUSE_MS, host.deferredCount))));
  }

  /** Sends back all requests that wait for a stalled host. */
  allStalled(name: string, host: Host): void {
    for (const waiters of this.line.getWaiters(name).values()) {
      for (const waiter of waiters) {
        waiter.leave();
        this.stalledRequest(waiter.request, host);
      }
    }
  }

  /** Sends back a request for a host that is late with its first answer. */
  lateRequest(request: SlotRequest): void {
    while (request.sendBack(new HostUnansweredError(STALL_PAUSE_MS)));
  }

  /**
   * If a host is late with its first answer, lets only the first request of each fairness key wait for it. If the
   * host is down, the others would block batches that this process could work on.
   */
  allButFirstIfLate(name: string, host: Host): void {
    if (!host.isLateToAnswer(this.clock.now())) return;
    for (const [fairnessKey, [, ...others]] of this.line.getWaiters(name)) {
      if (fairnessKey === NO_FAIRNESS_KEY) continue;
      for (const waiter of others) {
        waiter.leave();
        this.lateRequest(waiter.request);
      }
    }
  }

  /**
   * Calls {@link allButFirstIfLate} when the host should have answered. There are two timers: the first may fire
   * before answers that have already arrived are read, and the second fires after that.
   */
  expectFirstAnswer(name: string, host: Host): void {
    if (this.expected.has(name)) return;
    this.expected.add(name);
    this.clock.after(FIRST_ANSWER_MS, () =>
      this.clock.after(1, () => {
        this.expected.delete(name);
        this.allButFirstIfLate(name, host);
      }),
    );
  }

  /**
   * Sends back, for each fairness key, the images that a paced host will not serve soon. If the host has served
   * nothing for `patienceMs`, all images but one fail after each pause. That one is the probe that shows when the
   * host serves again.
   */
  excess(name: string, host: Host): void {
    const now = this.clock.now();
    const waitersByKey = this.line.getWaiters(name);
    const keys = waitersByKey.size;
    const lastFault = host.hasServedNothing(this.patienceMs, now) ? host.lastRefusal : undefined;
    const room = lastFault === undefined ? host.roomInLine(keys, now) : host.isReadyForProbe(now) ? 1 : 0;
    for (const [fairnessKey, waiters] of waitersByKey) {
      let left = room;
      for (const waiter of waiters) {
        const { size, newSize } = waiter.request;
        const images = size - left;
        left = Math.max(0, left - size);
        if (images <= 0) continue;
        // Images that the host never refused come first. The last images are deferred.
        const hasNew = newSize > size - images;
        const reason =
          lastFault === undefined
            ? new HostPacedError(host.defer({ fairnessKey, images, keys, hasNew }, now))
            : new HostRefusedError(lastFault, null);
        if (!sendBack(waiter.request, images, reason)) waiter.leave();
      }
    }
  }

  /** Returns the error for an image that the host refused, as `HostSlots.toRefusal` describes. */
  toRefusal(
    host: Host | undefined,
    fault: HostFault,
    retryAfterMs: number | null,
    fairnessKey: string,
  ): HostRefusedError {
    const now = this.clock.now();
    if (host?.hasServedNothing(this.patienceMs, now) === true) return new HostRefusedError(fault, null);
    const afterMs = host?.defer({ fairnessKey, images: 1, keys: 1, hasNew: false }, now) ?? 0;
    return new HostRefusedError(fault, Math.max(afterMs, retryAfterMs ?? 0));
  }
}

/** Sends back this many slots of a request. Returns whether the request needs more. */
function sendBack(request: SlotRequest, slots: number, reason: HostPacedError | HostRefusedError): boolean {
  for (let n = 0; n < slots; n += 1) if (!request.sendBack(reason)) return false;
  return true;
}
