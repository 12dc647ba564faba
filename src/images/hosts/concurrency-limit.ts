/** Requests in flight to a host that has not answered lately. */
export const UNPROVEN_LIMIT = 4;
/** Requests in flight to a host once it answers. */
export const START_LIMIT = 16;

/** Latency below this is as much this process as the host, in milliseconds: it says nothing about queueing. */
const MIN_LATENCY_MS = 4;
/** The limit grows while latency is below so many times the baseline, and shrinks above the other. */
const GROW_BELOW = 1.3;
const SHRINK_ABOVE = 1.6;
/** A host is worth so many requests in flight for each millisecond of latency: more than 10,000 images/s no process does. */
const WORTH_PER_MS = 10;
/** Answers that decide about a change: as many as are in flight, within these bounds. */
const MIN_ANSWERS_AT_FIRST = 8;
const MIN_ANSWERS = 32;
const MAX_ANSWERS = 64;
/** Answers to measure the baseline with, again and again after so many milliseconds while latency differs from it. */
const ANSWERS_TO_RECHECK = 12;
const RECHECK_EVERY_MS = 20_000;
/** The same at the lowest limit: it is not the requests of this process that make the host slow then. */
const RECHECK_AT_LEAST_MS = 5_000;
/** The same for the first baseline: connections were opened, and code was compiled, while it was measured. */
const RECHECK_FIRST_MS = 2_000;
const DIFFERS = 1.15;

/**
 * How many requests may be in flight to one host. It is adapted after each round of answers: the median time to the first
 * byte is compared with the baseline, which is that median at few requests in flight.
 *
 * - It doubles until latency first shows queueing, and grows by a tenth from then on, while it is used and latency stays near
 *   the baseline.
 * - It shrinks in proportion while latency is far above the baseline and the limit is used.
 * - It never grows beyond what the latency makes worth while. So a host that answers at once keeps {@link START_LIMIT}, since
 *   more requests in flight would only wait in this process.
 * - While latency differs from the baseline, the limit falls to {@link UNPROVEN_LIMIT} for a moment every 20 seconds to measure the
 *   baseline again. So a host that has become slower for good keeps its speed. All processes do so at the same time by
 *   the clock, as each would measure the load of the others otherwise, and take it for the host. The first baseline is measured
 *   again after two seconds.
 */
export class ConcurrencyLimit {
  private current: number;
  private isRamping = true;
  private readonly latencies: number[] = [];
  private roundBeganAt = Number.NEGATIVE_INFINITY;
  /** Most requests in flight in this round. */
  private peak = 0;
  private baselineMs = 0;
  /** When the baseline was measured, and the limit to return to while that is done. */
  private measuredAt = 0;
  private afterRecheck: number | undefined;
  private isFirstBaseline = true;
  private wasHigh = false;
  /** Of the last round: its median, and whether that differs from the baseline. */
  private latencyMs = 0;
  private differs = false;

  /** @param max that it never exceeds; may change at any time */
  constructor(public max: number) {
    this.current = Math.min(START_LIMIT, max);
  }

  get value(): number {
    return Math.floor(Math.min(this.current, this.max));
  }

  /** A request was sent. */
  sent(inFlight: number): void {
    if (inFlight > this.peak) this.peak = inFlight;
  }

  /**
   * A request was answered.
   *
   * @param latencyMs from when it was sent to the first byte of its answer
   * @param mayGrow false while this process has no time for more
   */
  answered(latencyMs: number, now: number, mayGrow: boolean): void {
    if (this.isTimeToRecheck(now)) return this.recheck(now);
    // What was sent before the last change says nothing about it.
    if (now - latencyMs < this.roundBeganAt) return;
    this.latencies.push(latencyMs);
    if (this.latencies.length < this.answersWanted) return;
    this.adapt(median(this.latencies), now, mayGrow);
    this.latencies.length = 0;
    this.peak = 0;
    this.roundBeganAt = now;
  }

  private get answersWanted(): number {
    if (this.afterRecheck !== undefined) return ANSWERS_TO_RECHECK;
    const fewest = this.isRamping ? MIN_ANSWERS_AT_FIRST : MIN_ANSWERS;
    return Math.min(Math.max(this.current, fewest), MAX_ANSWERS);
  }

  private adapt(latencyMs: number, now: number, mayGrow: boolean): void {
    if (this.baselineMs === 0 || this.afterRecheck !== undefined) return this.rebase(latencyMs, now);
    if (latencyMs < this.baselineMs) this.baselineMs += (latencyMs - this.baselineMs) / 8;
    const ratio = Math.max(latencyMs, MIN_LATENCY_MS) / Math.max(this.baselineMs, MIN_LATENCY_MS);
    this.latencyMs = latencyMs;
    this.differs = ratio > DIFFERS;
    const isHigh = ratio > SHRINK_ABOVE && this.peak >= this.current / 2;
    // One slow round is no queue.
    if (isHigh && this.wasHigh) this.shrink(ratio);
    else if (ratio <= GROW_BELOW && mayGrow && this.peak >= this.current * 0.8) this.grow();
    this.wasHigh = isHigh;
  }

  private grow(): void {
    const worth = Math.max(START_LIMIT, this.baselineMs * WORTH_PER_MS);
    const grown = this.isRamping ? this.current * 2 : this.current + Math.max(1, this.current / 10);
    this.current = Math.max(this.current, Math.min(grown, worth, this.max));
  }

  private shrink(ratio: number): void {
    this.isRamping = false;
    const shrunk = this.current * Math.max(0.5, GROW_BELOW / ratio);
    this.current = Math.min(this.current, Math.max(UNPROVEN_LIMIT, shrunk));
  }

  private isTimeToRecheck(now: number): boolean {
    if (!this.differs || this.afterRecheck !== undefined) return false;
    const everyMs = this.isFirstBaseline
      ? RECHECK_FIRST_MS
      : this.current <= UNPROVEN_LIMIT
        ? RECHECK_AT_LEAST_MS
        : RECHECK_EVERY_MS;
    return Math.floor(now / everyMs) > Math.floor(this.measuredAt / everyMs);
  }

  /** What is in flight ends first. */
  private recheck(now: number): void {
    this.isRamping = false;
    this.afterRecheck = this.current;
    this.current = Math.min(this.current, UNPROVEN_LIMIT);
    this.latencies.length = 0;
    this.roundBeganAt = now + this.latencyMs;
  }

  /**
   * A few answers whose times differ a lot measure little: the last baseline counts too, unless it was wrong for long. The
   * first baseline is only ever too high, so that the lower one is taken.
   */
  private rebase(latencyMs: number, now: number): void {
    const wasWrongForLong = (this.afterRecheck ?? 0) <= UNPROVEN_LIMIT;
    if (this.baselineMs === 0 || wasWrongForLong) this.baselineMs = latencyMs;
    else if (this.isFirstBaseline) this.baselineMs = Math.min(this.baselineMs, latencyMs);
    else this.baselineMs = Math.sqrt(this.baselineMs * latencyMs);
    if (this.afterRecheck !== undefined) this.isFirstBaseline = false;
    this.measuredAt = now;
    this.differs = false;
    this.current = this.afterRecheck ?? this.current;
    this.afterRecheck = undefined;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
