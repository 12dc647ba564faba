import type { Claimant, Waiter } from './claimant.js';
import {
  HostPacedError,
  HostRefusedError,
  HostStalledError,
  HostUnansweredError,
  getDeferralMs,
  STALL_PAUSE_MS,
} from './host-errors.js';
import type { Host } from './host.js';

/** The fairness key of callers that name none. Their images belong to no batch. */
export const NO_FAIRNESS_KEY = '';

/** Grants nothing of a host that has stalled. Those who are refused come back at different times. */
export function refuseStalled(claimant: Claimant, host: Host): void {
  do host.held += 1;
  while (claimant.refuse(new HostStalledError(getDeferralMs(STALL_PAUSE_MS, host.held))));
}

/**
 * Lets only the first waiter of each fairness key wait for a host that has not answered yet. If the host is down, the others
 * would occupy batches that this process could work on otherwise.
 *
 * @param waitersByKey who waits for the host
 */
export function refuseAllButFirst(waitersByKey: ReadonlyMap<string, readonly Waiter[]>): void {
  for (const [fairnessKey, [, ...others]] of waitersByKey) {
    if (fairnessKey === NO_FAIRNESS_KEY) continue;
    for (const waiter of others) {
      waiter.leave();
      refuseUnanswered(waiter.claimant);
    }
  }
}

/** Grants nothing of a host that has not answered yet. */
export function refuseUnanswered(claimant: Claimant): void {
  while (claimant.refuse(new HostUnansweredError(STALL_PAUSE_MS)));
}

/**
 * Refuses what waits for a paced host beyond what it serves soon, for each fairness key. Where the host has served nothing for
 * `patienceMs`, all images are refused for good but one after each pause. That one shows when the host serves again.
 *
 * @param waitersByKey who waits for the host
 */
export function refuseExcess(
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
      const { size, newSize } = waiter.claimant;
      const excess = size - left;
      left = Math.max(0, left - size);
      if (excess <= 0) continue;
      // Images that the host never refused come first, and the last ones are put off.
      const hasNew = newSize > size - excess;
      const reason =
        lastFault === undefined
          ? new HostPacedError(host.defer(fairnessKey, excess, waitersByKey.size, hasNew, now))
          : new HostRefusedError(lastFault, null);
      if (!refuse(waiter.claimant, excess, reason)) waiter.leave();
    }
  }
}

/** Refuses so many slots; says whether the claimant wants others. */
function refuse(claimant: Claimant, slots: number, reason: HostPacedError | HostRefusedError): boolean {
  for (let n = 0; n < slots; n += 1) if (!claimant.refuse(reason)) return false;
  return true;
}
