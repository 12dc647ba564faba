/** Releases a slot. Only the first call has an effect. */
export type Release = () => void;

/**
 * Limits the number of large documents that have a thread at a time. Callers get slots in rotation. If there are several slots, no caller holds
 * all of them.
 */
export class DocumentSlots {
  private readonly maxPerCaller: number;
  private readonly used = new Map<string, number>();
  private usedTotal = 0;
  /** Waiting calls by caller. The caller that was served last is at the end. */
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly slots: number) {
    this.maxPerCaller = Math.max(1, slots - 1);
  }

  /**
   * Waits for a slot.
   *
   * @throws the reason of the signal when it aborts
   */
  async acquire(caller: string, signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.isFreeFor(caller)) return this.grantSlot(caller);
    const acquired = Promise.withResolvers<Release>();
    const grant = (): void => acquired.resolve(this.grantSlot(caller));
    const abort = (): void => {
      this.stopWaiting(caller, grant);
      acquired.reject(signal.reason);
    };
    const queue = this.waiting.get(caller) ?? new Set();
    this.waiting.set(caller, queue.add(grant));
    signal.addEventListener('abort', abort);
    try {
      return await acquired.promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private isFreeFor(caller: string): boolean {
    return this.usedTotal < this.slots && (this.used.get(caller) ?? 0) < this.maxPerCaller;
  }

  private grantSlot(caller: string): Release {
    this.usedTotal += 1;
    this.used.set(caller, (this.used.get(caller) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.usedTotal -= 1;
      const used = (this.used.get(caller) ?? 0) - 1;
      if (used === 0) this.used.delete(caller);
      else this.used.set(caller, used);
      this.serveNext();
    };
  }

  private serveNext(): void {
    for (const [caller, queue] of this.waiting) {
      if (!this.isFreeFor(caller)) continue;
      const [next] = queue;
      if (next === undefined) continue;
      this.stopWaiting(caller, next);
      const rest = this.waiting.get(caller);
      if (rest !== undefined) {
        this.waiting.delete(caller);
        this.waiting.set(caller, rest);
      }
      next();
      return;
    }
  }

  private stopWaiting(caller: string, grant: () => void): void {
    const queue = this.waiting.get(caller);
    queue?.delete(grant);
    if (queue?.size === 0) this.waiting.delete(caller);
  }
}
