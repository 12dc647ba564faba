import type { Host } from './host.js';

/**
 * Counts the slots in use for all unproven hosts together, and remembers which of these hosts wait because the
 * limit is reached.
 */
export class UnprovenSlots {
  private inUse = 0;
  private readonly blocked = new Set<string>();

  /**
   * @param limit upper limit of slots for all unproven hosts together
   * @param unblock lets a host that waited for the limit request slots again
   */
  constructor(
    private readonly limit: number,
    private readonly unblock: (name: string) => void,
  ) {}

  get isLimitReached(): boolean {
    return this.inUse >= this.limit;
  }

  /** Number of slots that count for a host: all that it uses, or none if it is proven. */
  static count(host: Host): number {
    return host.isProven ? 0 : host.active;
  }

  /**
   * Counts a host again after its requests in flight changed, or whether it is proven. Unblocks a host for each slot
   * that became free.
   *
   * @param before {@link count} of the host before the change
   */
  recount(host: Host, before: number): void {
    const freed = before - UnprovenSlots.count(host);
    this.inUse -= freed;
    for (let n = 0; n < freed && this.unblockNext(); n += 1);
  }

  /** Remembers a host that waits because the limit is reached. */
  block(name: string): void {
    this.blocked.add(name);
  }

  /** Forgets a host that no longer waits. */
  forget(name: string): void {
    this.blocked.delete(name);
  }

  /** Unblocks the host that has waited longest. Returns whether there was one. */
  unblockNext(): boolean {
    const [name] = this.blocked;
    if (name === undefined) return false;
    this.blocked.delete(name);
    this.unblock(name);
    return true;
  }
}
