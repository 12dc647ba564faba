/** A timer that fires so much too late tells of a process that stood still itself, in milliseconds. */
const LATE_MS = 250;

/**
 * The time that an analyzer has for one image. It stands still while the analyzer waits for bytes. A process that stood
 * still itself (another analyzer kept the event loop) gives as long again as it was late.
 */
export class Deadline {
  private timer: NodeJS.Timeout | undefined;
  private remainingMs: number;
  private startedAt = 0;
  private pauses = 0;
  private hasEnded = false;

  /** @param expire is called when the time is up, unless it has ended before */
  constructor(
    timeoutMs: number,
    private readonly expire: () => void,
  ) {
    this.remainingMs = timeoutMs;
  }

  start(): void {
    this.wait();
  }

  /** Until each pause is over. */
  pause(): void {
    this.pauses += 1;
    if (this.pauses > 1) return;
    clearTimeout(this.timer);
    this.remainingMs -= performance.now() - this.startedAt;
  }

  resume(): void {
    this.pauses -= 1;
    if (this.pauses === 0 && !this.hasEnded) this.wait();
  }

  end(): void {
    this.hasEnded = true;
    clearTimeout(this.timer);
  }

  private wait(): void {
    this.startedAt = performance.now();
    const ms = Math.max(0, this.remainingMs);
    this.timer = setTimeout(() => this.fire(performance.now() - this.startedAt - ms), ms);
  }

  private fire(lateMs: number): void {
    if (lateMs <= LATE_MS) {
      this.hasEnded = true;
      this.expire();
      return;
    }
    this.remainingMs = lateMs;
    this.wait();
  }
}
