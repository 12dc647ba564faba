/** A timer that fires later than this shows that this process was suspended, in milliseconds. */
const LATE_MS = 250;

/**
 * A timer that expires once and can be paused. It starts paused, and pauses nest. If this process was suspended (frozen, or
 * without a processor), the time is extended by the time that the timer was late.
 */
export class PausableTimer {
  private timer: NodeJS.Timeout | undefined;
  private remainingMs: number;
  private resumedAt = 0;
  private pauses = 1;
  private extensions = 0;
  private hasEnded = false;
  /** Time it ran up to the last pause, in milliseconds. */
  spentMs = 0;

  /**
   * @param expire called when the time is up, unless {@link end} was called before
   * @param maxExtensions how often the time is extended
   */
  constructor(
    timeoutMs: number,
    private readonly expire: () => void,
    private readonly maxExtensions = Infinity,
  ) {
    this.remainingMs = timeoutMs;
  }

  /** Ends one pause. The timer begins with one, and runs when all have ended. */
  resume(): void {
    this.pauses -= 1;
    if (this.pauses > 0) return;
    this.resumedAt = performance.now();
    this.wait(Math.max(0, this.remainingMs));
  }

  pause(): void {
    this.pauses += 1;
    if (this.pauses > 1) return;
    clearTimeout(this.timer);
    const ms = performance.now() - this.resumedAt;
    this.remainingMs -= ms;
    this.spentMs += ms;
  }

  /** Stops the timer for good. */
  end(): void {
    this.hasEnded = true;
    clearTimeout(this.timer);
  }

  private wait(ms: number): void {
    if (this.hasEnded) return;
    const dueAt = performance.now() + ms;
    this.timer = setTimeout(() => this.fire(performance.now() - dueAt), ms);
  }

  private fire(lateMs: number): void {
    if (lateMs <= LATE_MS || this.extensions >= this.maxExtensions) {
      this.hasEnded = true;
      this.expire();
      return;
    }
    this.extensions += 1;
    this.remainingMs += lateMs;
    this.wait(lateMs);
  }
}
