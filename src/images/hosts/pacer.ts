/**
 * Shortest pause after a refusal, and longest pause between requests to a host that serves nothing, in
 * milliseconds.
 */
export const MIN_PAUSE_MS = 200;
export const MAX_PAUSE_MS = 30_000;

/** After a refusal, the new rate is this share of the rate that the host served. */
const BACK_OFF = 0.85;
/** Share of refusals that does not pace a host. One broken file is not throttling. */
const TOLERATED_REFUSALS = 0.05;
/** The share of refusals covers about this many answers. */
const ANSWERS_REMEMBERED = 64;
/**
 * A request may be this late without losing its time, in milliseconds. Timers are late on a busy machine.
 */
const SLACK_MS = 100;
/**
 * Rate of a host that has served nothing yet, lowest rate, and the rate at which pacing ends, in images a
 * second.
 */
const UNKNOWN_RATE = 10;
const MIN_RATE = 0.2;
const UNPACED_RATE = 5_000;
/** The rate grows by this times its square root in a second. */
const GROWTH = 0.25;
/**
 * After the first time without a refusal the growth doubles, and again after each of the second. In
 * milliseconds.
 */
const CALM_MS = 10_000;
const DOUBLING_MS = 5_000;
/** Growth for each served image while the accepted rate is not known. The rate doubles within a second. */
const SEARCH_GROWTH = 0.7;
/** A rate that was refused before it grew by this factor was estimated too high. */
const HARDLY_GROWN = 1.1;

/**
 * Decides when the next request to one host may be sent. A host that refuses (429, 503, 420) is paused, and
 * then paced to a little less than the rate it accepted. The rate grows until the host refuses again.
 *
 * Rate limiters save up an allowance while no requests arrive. Between two refusals close to each other,
 * including the pause, a host therefore serves about its real limit. That is the estimate in this case, and at
 * least half of the current rate. Otherwise the estimate is the rate that the host served in the last moments
 * before it refused.
 */
export class Pacer {
  /** When the current pause ends; 0 if there was none. */
  pausedUntil = 0;
  private rate = Number.POSITIVE_INFINITY;
  private rateAtRefusal = Number.POSITIVE_INFINITY;
  private nextAt = 0;
  private pauseMs = MIN_PAUSE_MS;
  private refusedAt = Number.NEGATIVE_INFINITY;
  private servedSince = 0;
  private refusals = 0;
  private isRateUnknown = false;
  private isBinding = false;
  private delayedAt = Number.NEGATIVE_INFINITY;
  private readonly recent = new RecentRate();

  /** @param maxRate upper limit in images a second, which may change at any time */
  constructor(public maxRate = Number.POSITIVE_INFINITY) {}

  /** Current limit in images a second; infinite without a limit. */
  get imagesPerSecond(): number {
    return Math.min(this.rate, this.maxRate);
  }

  /** Whether the host refused lately. */
  get isThrottled(): boolean {
    return this.rate !== Number.POSITIVE_INFINITY;
  }

  /** Whether only one image is requested at a time, because the host served nothing since it refused. */
  get isProbing(): boolean {
    return this.isThrottled && this.servedSince === 0;
  }

  /** Whether the rate that the host accepts is not known yet. */
  get isSearching(): boolean {
    return this.isRateUnknown;
  }

  /** Remaining time of the pause, in milliseconds. */
  pauseLeft(now: number): number {
    return Math.max(0, this.pausedUntil - now);
  }

  /** Milliseconds until the next request may be sent; 0 means now. */
  delay(now: number): number {
    const rate = this.imagesPerSecond;
    if (rate === Number.POSITIVE_INFINITY) return 0;
    const delay = Math.max(this.nextAt, this.pausedUntil) - now;
    if (delay <= 0) return 0;
    this.isBinding = true;
    this.delayedAt = now;
    return delay;
  }

  /** Records that a request was sent. */
  sent(now: number): void {
    const rate = this.imagesPerSecond;
    if (rate === Number.POSITIVE_INFINITY) return;
    const everyMs = 1000 / rate;
    // Only a request that waited for its time may be late.
    const slackMs = now - this.delayedAt <= SLACK_MS + everyMs ? SLACK_MS : 0;
    this.nextAt = Math.max(this.nextAt, now - slackMs) + everyMs;
  }

  /**
   * Records that the host served an image, or answered that it does not exist. Returns whether pacing ended.
   *
   * @param requests number of requests beyond the one that was counted when it was sent
   */
  served(now: number, requests = 0): boolean {
    this.recent.count(now);
    this.servedSince += 1;
    // While requests were sent one at a time, none of them was late.
    if (this.servedSince === 1) this.nextAt = Math.max(this.nextAt, now);
    this.refusals *= 1 - 1 / ANSWERS_REMEMBERED;
    if (requests > 0 && this.nextAt > 0) this.nextAt += (requests * 1000) / this.imagesPerSecond;
    if (!this.isThrottled) return false;
    if (this.isBinding) this.rate += this.growth(now);
    this.isBinding = false;
    if (this.rate < UNPACED_RATE) return false;
    this.rate = Number.POSITIVE_INFINITY;
    this.isRateUnknown = false;
    return true;
  }

  /**
   * Records a refusal. Returns whether the rate was lowered.
   *
   * @param sentAt when the request was sent
   * @param retryAfterMs how long the host asks to wait, or null
   */
  refused(now: number, sentAt: number, retryAfterMs: number | null): boolean {
    this.refusals += (1 - this.refusals) / ANSWERS_REMEMBERED;
    if (sentAt < this.pausedUntil) {
      // The request was sent before the pause began, so this refusal adds no information.
      if (retryAfterMs !== null) this.pausedUntil = Math.max(this.pausedUntil, now + retryAfterMs);
      return false;
    }
    if (this.servedSince > 0 && this.refusals < TOLERATED_REFUSALS) return false;
    if (this.servedSince === 0) {
      this.pauseMs = this.isThrottled ? Math.min(this.pauseMs * 2, MAX_PAUSE_MS) : MIN_PAUSE_MS;
      this.rate = this.isThrottled ? Math.max(MIN_RATE, this.rate / 2) : UNKNOWN_RATE;
      this.isRateUnknown = true;
    } else {
      this.pauseMs = MIN_PAUSE_MS;
      this.isRateUnknown = !this.isThrottled;
      const least = this.isThrottled ? Math.max(MIN_RATE, this.rate / 2) : MIN_RATE;
      this.rate = Math.max(least, BACK_OFF * Math.min(this.rate, this.accepted(now)));
    }
    this.rateAtRefusal = this.rate;
    this.refusedAt = now;
    this.servedSince = 0;
    this.refusals = 0;
    this.pausedUntil = now + Math.max(retryAfterMs ?? 0, this.pauseMs);
    this.nextAt = this.pausedUntil;
    return true;
  }

  /**
   * Records that the host refused an image again although others are available. If it served others since then,
   * nothing changes. Otherwise the pause begins again with the same length.
   *
   * @returns false if the host is not paced and has served nothing; the caller then records an ordinary refusal
   */
  refusedAgain(now: number, retryAfterMs: number | null): boolean {
    if (!this.isProbing) return this.servedSince > 0;
    this.pausedUntil = Math.max(this.pausedUntil, now + Math.max(retryAfterMs ?? 0, this.pauseMs));
    this.nextAt = this.pausedUntil;
    return true;
  }

  /** Estimated rate that the host accepts, in images a second. */
  private accepted(now: number): number {
    const hasHardlyGrown = this.isThrottled && this.rate <= this.rateAtRefusal * HARDLY_GROWN;
    return hasHardlyGrown ? (this.servedSince * 1000) / (now - this.refusedAt) : this.recent.perSecond(now);
  }

  private growth(now: number): number {
    if (this.isRateUnknown) return SEARCH_GROWTH;
    const calmMs = now - this.refusedAt - CALM_MS;
    const doubled = calmMs > 0 ? 2 ** (calmMs / DOUBLING_MS) : 1;
    return Math.min(SEARCH_GROWTH, (GROWTH * doubled) / Math.sqrt(this.rate));
  }
}

/** Length of a counting interval, in milliseconds. The rate covers the last two of them. */
const SPAN_MS = 400;
const MIN_SPAN_MS = 200;

/** The rate of events in the last moments. */
class RecentRate {
  private began = Number.NEGATIVE_INFINITY;
  private events = 0;
  private beganBefore = 0;
  private eventsBefore = 0;

  count(now: number): void {
    if (now - this.began >= SPAN_MS) {
      const isNext = now - this.began < 2 * SPAN_MS;
      this.beganBefore = isNext ? this.began : now;
      this.eventsBefore = isNext ? this.events : 0;
      this.began = now;
      this.events = 0;
    }
    this.events += 1;
  }

  perSecond(now: number): number {
    return ((this.events + this.eventsBefore) * 1000) / Math.max(now - this.beganBefore, MIN_SPAN_MS);
  }
}
