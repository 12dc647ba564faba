/** A timer that fires so much too late shows that this process stood still itself, in milliseconds. */
const LATE_MS = 250;

/**
 * A time that runs out once, and stands still while it is paused. It is paused at first. A process that stood still itself
 * (frozen, or without a processor) gives as long again as it was late.
 */
export class PausableTimer {
  private timer: NodeJS.Timeout | undefined;
  private remainingMs: number;
  private resumedAt = 0;
  private pauses = 1;
  private extensions = 0;
  private hasEnded = false;
  /** How long it ran up to the last pause, in milliseconds. */
  spentMs = 0;

  /**
   * @param expire is called when the time is up, unless it was ended before
   * @param maxExtensions how often the time is extended for a process that stood still
   */
  constructor(
    timeoutMs: number,
    private readonly expire: () => void,
    private readonly maxExtensions = Infinity,
  ) {
    this.remainingMs = timeoutMs;
  }

  /** It runs once it was resumed as often as it was paused. */
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

  /** It does not expire any more. */
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
