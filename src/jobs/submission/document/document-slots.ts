/** Releases a slot. Only the first call has an effect. */
export type Release = () => void;

/**
 * Limits how many large documents have threads at a time. Callers get slots in rotation, and none holds all of them: a caller's
 * documents wait for one another, and for nobody else's.
 */
export class DocumentSlots {
  private readonly maxPerCaller: number;
  private readonly used = new Map<string, number>();
  private usedInAll = 0;
  /** Those that wait, by caller, the caller that was served last at the end. */
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly slots: number) {
    this.maxPerCaller = Math.max(1, slots - 1);
  }

  /**
   * Waits for a slot.
   *
   * @throws the reason of the signal once that has aborted
   */
  async acquire(caller: string, signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.isFreeFor(caller)) return this.hold(caller);
    const acquired = Promise.withResolvers<Release>();
    const grant = (): void => acquired.resolve(this.hold(caller));
    const abort = (): void => {
      this.stopWaiting(caller, grant);
      acquired.reject(signal.reason);
    };
    const line = this.waiting.get(caller) ?? new Set();
    this.waiting.set(caller, line.add(grant));
    signal.addEventListener('abort', abort);
    try {
      return await acquired.promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private isFreeFor(caller: string): boolean {
    return this.usedInAll < this.slots && (this.used.get(caller) ?? 0) < this.maxPerCaller;
  }

  private hold(caller: string): Release {
    this.usedInAll += 1;
    this.used.set(caller, (this.used.get(caller) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.usedInAll -= 1;
      const used = (this.used.get(caller) ?? 0) - 1;
      if (used === 0) this.used.delete(caller);
      else this.used.set(caller, used);
      this.serveNext();
    };
  }

  private serveNext(): void {
    for (const [caller, line] of this.waiting) {
      if (!this.isFreeFor(caller)) continue;
      const [next] = line;
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
    const line = this.waiting.get(caller);
    line?.delete(grant);
    if (line?.size === 0) this.waiting.delete(caller);
  }
}
