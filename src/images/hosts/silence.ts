/** Interval between calls of {@link Silence.check}, in milliseconds. */
export const CHECK_EVERY_MS = 250;
/**
 * A host is silent when no answer arrived for this many checks, and for {@link SILENT_USUAL_TIMES} times its usual
 * response time. Checks are counted instead of time, because the clock goes on while this process is too busy to
 * read the answers.
 */
export const CHECKS_TO_STALL = 4;
/** The same for a host that has answered before. */
export const CHECKS_TO_STALL_AGAIN = 2;
const SILENT_USUAL_TIMES = 4;

/** Measures how long one host has not answered although requests are in flight. */
export class Silence {
  /** Checks since the last answer, or since the first request after a time without any in flight. */
  private checks = 0;
  /** When the last answer arrived, or the first request was sent after a time without any in flight. */
  private since = 0;
  /** Moving average of the response time; 0 before the first answer. */
  private usualMs = 0;

  /** Whether no answer arrives for much longer than usual. */
  get isLong(): boolean {
    const fewest = this.usualMs > 0 ? CHECKS_TO_STALL_AGAIN : CHECKS_TO_STALL;
    return this.checks >= Math.max(fewest, (this.usualMs * SILENT_USUAL_TIMES) / CHECK_EVERY_MS);
  }

  /** How long no answer has arrived, in milliseconds, without the times in which this process could not read any. */
  get checkedMs(): number {
    return this.checks * CHECK_EVERY_MS;
  }

  /** How long no answer has arrived, in milliseconds. */
  getMs(now: number): number {
    return now - this.since;
  }

  /** Begins anew: an answer arrived, or the first request was sent. */
  restart(now: number): void {
    this.checks = 0;
    this.since = now;
  }

  /** Begins to count checks anew, because all slots are in use only now. */
  restartChecks(): void {
    this.checks = 0;
  }

  /** Records the duration of a call that was answered. */
  recordDuration(ms: number): void {
    this.usualMs = this.usualMs === 0 ? ms : this.usualMs * 0.8 + ms * 0.2;
  }

  /** To be called every {@link CHECK_EVERY_MS} in which this process could read answers. */
  check(): void {
    this.checks += 1;
  }
}
