import type { Claimant, Waiter } from './claimant.js';
import {
  HostPaced,
  HostRefused,
  HostStalled,
  HostUnanswered,
  pauseOfHeld,
  STALL_PAUSE_MS,
} from './held-back.js';
import type { Host } from './host.js';

/** The turn of whoever names none. Its images belong to no batch. */
export const NO_TURN = '';

/** Grants nothing of a host that has stalled. Those who are refused come back at different times. */
export function refuseStalled(claimant: Claimant, host: Host): void {
  do host.held += 1;
  while (claimant.refuse(new HostStalled(pauseOfHeld(STALL_PAUSE_MS, host.held))));
}

/**
 * Lets only the first of each turn wait for a host that has not answered yet. If the host is down, the others would hold the
 * places of batches that could be worked on.
 *
 * @param turns who waits for the host
 */
export function refuseAllButFirst(turns: ReadonlyMap<string, readonly Waiter[]>): void {
  for (const [turn, [, ...others]] of turns) {
    if (turn === NO_TURN) continue;
    for (const waiter of others) {
      waiter.leave();
      refuseUnanswered(waiter.claimant);
    }
  }
}

/** Grants nothing of a host that has not answered yet. */
export function refuseUnanswered(claimant: Claimant): void {
  while (claimant.refuse(new HostUnanswered(STALL_PAUSE_MS)));
}

/**
 * Refuses what waits for a paced host beyond what it serves soon, turn by turn. Where the host has served nothing for
 * `patienceMs`, all images are refused for good but one after each pause. That one shows when the host serves again.
 *
 * @param turns who waits for the host
 */
export function refuseExcess(
  turns: ReadonlyMap<string, readonly Waiter[]>,
  host: Host,
  patienceMs: number,
  now: number,
): void {
  const lastFault = host.hasServedNothing(patienceMs, now) ? host.lastRefusal : undefined;
  const room = lastFault === undefined ? host.roomInLine(turns.size, now) : host.isReadyForProbe(now) ? 1 : 0;
  for (const [turn, waiters] of turns) {
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
          ? new HostPaced(host.defer(turn, excess, turns.size, hasNew, now))
          : new HostRefused(lastFault, null);
      if (!refuse(waiter.claimant, excess, reason)) waiter.leave();
    }
  }
}

/** Refuses so many slots; says whether the claimant wants others. */
function refuse(claimant: Claimant, slots: number, reason: HostPaced | HostRefused): boolean {
  for (let n = 0; n < slots; n += 1) if (!claimant.refuse(reason)) return false;
  return true;
}
