import type { SlotRequest, Waiter } from './slot-request.js';
import {
  HostPacedError,
  HostRefusedError,
  HostStalledError,
  HostUnansweredError,
  getDeferralMs,
  STALL_PAUSE_MS,
} from './deferral-errors.js';
import type { Host } from './host.js';

/** Fairness key of callers that give none. Their images belong to no batch. */
export const NO_FAIRNESS_KEY = '';

/** Sends back a request for a stalled host. Its images come back at different times. */
export function sendBackStalled(request: SlotRequest, host: Host): void {
  do host.deferredCount += 1;
  while (request.sendBack(new HostStalledError(getDeferralMs(STALL_PAUSE_MS, host.deferredCount))));
}

/**
 * Lets only the first waiter of each fairness key wait for a host that has not answered yet. If the host is
 * down, the others would block batches that this process could work on.
 *
 * @param waitersByKey requests that wait for the host
 */
export function sendBackAllButFirst(waitersByKey: ReadonlyMap<string, readonly Waiter[]>): void {
  for (const [fairnessKey, [, ...others]] of waitersByKey) {
    if (fairnessKey === NO_FAIRNESS_KEY) continue;
    for (const waiter of others) {
      waiter.leave();
      sendBackUnanswered(waiter.request);
    }
  }
}

/** Sends back a request for a host that has not answered yet. */
export function sendBackUnanswered(request: SlotRequest): void {
  while (request.sendBack(new HostUnansweredError(STALL_PAUSE_MS)));
}

/**
 * Sends back, for each fairness key, the images that a paced host will not serve soon. If the host has served
 * nothing for `patienceMs`, all images but one fail after each pause. That one is the probe that shows when the
 * host serves again.
 *
 * @param waitersByKey requests that wait for the host
 */
export function sendBackExcess(
  waitersByKey: ReadonlyMap<string, readonly Waiter[]>,
  host: Host,
  patienceMs: number,
  now: number,
): void {
  const lastFault = host.hasServedNothing(patienceMs, now) ? host.lastRefusal : undefined;
  const room =
    lastFault === undefined ? host.roomInLine(waitersByKey.size, now) : host.isReadyForProbe(now) ? 1 : 0;
  for (const [fairnessKey, waiters] of waitersByKey) {
    let left = room;
    for (const waiter of waiters) {
      const { size, newSize } = waiter.request;
      const excess = size - left;
      left = Math.max(0, left - size);
      if (excess <= 0) continue;
      // Images that the host never refused come first. The last images are deferred.
      const hasNew = newSize > size - excess;
      const reason =
        lastFault === undefined
          ? new HostPacedError(host.defer(fairnessKey, excess, waitersByKey.size, hasNew, now))
          : new HostRefusedError(lastFault, null);
      if (!sendBack(waiter.request, excess, reason)) waiter.leave();
    }
  }
}

/** Sends back this many slots of a request. Returns whether the request needs more. */
function sendBack(request: SlotRequest, slots: number, reason: HostPacedError | HostRefusedError): boolean {
  for (let n = 0; n < slots; n += 1) if (!request.sendBack(reason)) return false;
  return true;
}
