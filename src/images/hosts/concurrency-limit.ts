/** Concurrency limit of a host that has not answered lately. */
export const UNPROVEN_LIMIT = 4;
/** Concurrency limit of a host after its first answer. */
export const START_LIMIT = 16;

/**
 * Latency below this says nothing about queueing, because this process causes as much of it as the host. In
 * milliseconds.
 */
const MIN_LATENCY_MS = 4;
/**
 * The limit grows while latency divided by the baseline is below the first value, and shrinks while it is above
 * the second.
 */
const GROW_BELOW = 1.3;
const SHRINK_ABOVE = 1.6;
/**
 * Upper limit of requests in flight for each millisecond of latency. It allows 10,000 images/s, more than one
 * process can do.
 */
const WORTH_PER_MS = 10;
/** Number of answers in a round: as many as are in flight, within these bounds. */
const MIN_ANSWERS_AT_FIRST = 8;
const MIN_ANSWERS = 32;
const MAX_ANSWERS = 64;
/**
 * Number of answers that measure the baseline, and how often it is measured while latency differs from it, in
 * milliseconds.
 */
const ANSWERS_TO_RECHECK = 12;
const RECHECK_EVERY_MS = 20_000;
/**
 * The same interval at the lowest limit. The requests of this process cannot be what slows the host then.
 */
const RECHECK_AT_MIN_LIMIT_MS = 5_000;
/**
 * The same interval after the first baseline, which also measured connecting and the compilation of code.
 */
const RECHECK_FIRST_MS = 2_000;
const DIFFERS = 1.15;

/**
 * Adapts how many requests may be in flight to one host. After each round of answers it compares the median
 * time to the first byte with the baseline, which is that median with few requests in flight.
 *
 * - The limit grows while it is used and latency stays near the baseline. It doubles each time until latency
 *   first shows queueing, and grows by a tenth after that.
 * - The limit shrinks in proportion while it is used and latency is far above the baseline.
 * - The limit never exceeds what the latency can use. A host that answers at once therefore keeps {@link
 *   START_LIMIT}: more requests in flight would only wait in this process.
 * - While latency differs from the baseline, the limit falls to {@link UNPROVEN_LIMIT} for a moment every 20
 *   seconds to measure the baseline again. A host that has become slower for good therefore keeps its
 *   throughput. All processes measure at the same time of the clock. Otherwise each would measure the load of
 *   the others. The first baseline is measured again after two seconds.
 */
export class ConcurrencyLimit {
  private current: number;
  private isRamping = true;
  private readonly latencies: number[] = [];
  private roundBeganAt = Number.NEGATIVE_INFINITY;
  /** Highest number of requests in flight in this round. */
  private peak = 0;
  private baselineMs = 0;
  /** When the baseline was measured, and the limit to restore after a measurement that is under way. */
  private measuredAt = 0;
  private afterRecheck: number | undefined;
  private isFirstBaseline = true;
  private wasHigh = false;
  /** Median of the last round, and whether it differs from the baseline. */
  private latencyMs = 0;
  private differs = false;

  /** @param max upper limit, which may change at any time */
  constructor(public max: number) {
    this.current = Math.min(START_LIMIT, max);
  }

  get value(): number {
    return Math.floor(Math.min(this.current, this.max));
  }

  /** @param inFlight requests in flight, including the one just sent */
  sent(inFlight: number): void {
    if (inFlight > this.peak) this.peak = inFlight;
  }

  /**
   * @param latencyMs time from sending the request to the first byte of its answer
   * @param mayGrow false while this process is too busy for more requests
   */
  answered(latencyMs: number, now: number, mayGrow: boolean): void {
    if (this.isTimeToRecheck(now)) return this.recheck(now);
    // A request that was sent before the last change says nothing about it.
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
    // One slow round does not prove a queue.
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
        ? RECHECK_AT_MIN_LIMIT_MS
        : RECHECK_EVERY_MS;
    return Math.floor(now / everyMs) > Math.floor(this.measuredAt / everyMs);
  }

  /** Lowers the limit. The round begins when the requests in flight have ended. */
  private recheck(now: number): void {
    this.isRamping = false;
    this.afterRecheck = this.current;
    this.current = Math.min(this.current, UNPROVEN_LIMIT);
    this.latencies.length = 0;
    this.roundBeganAt = now + this.latencyMs;
  }

  /**
   * Sets the baseline from a few answers. Their times vary, so the last baseline is averaged in, unless it was
   * wrong for long. The first baseline can only be too high, so the lower value is kept.
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
