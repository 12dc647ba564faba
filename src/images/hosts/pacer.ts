/** The least pause after a host refused, and the longest between requests to one that serves nothing, in milliseconds. */
export const MIN_PAUSE_MS = 200;
export const MAX_PAUSE_MS = 30_000;

/** The host is asked for this share of what it served when it refused. */
const BACK_OFF = 0.85;
/** Refusals among the answers that a host may give without being paced: one broken file is no throttling. */
const TOLERATED_REFUSALS = 0.05;
/** The share of refusals is that of about so many answers. */
const ANSWERS_REMEMBERED = 64;
/** What a host may be behind its pace without losing it, in milliseconds: timers are late where processors are busy. */
const SLACK_MS = 100;
/** Images a second of a host that has served nothing yet, the least, and when pacing ends. */
const UNKNOWN_RATE = 10;
const MIN_RATE = 0.2;
const UNPACED_RATE = 5_000;
/** Growth of the rate in a second: this times its square root. */
const GROWTH = 0.25;
/** After so long without a refusal the growth doubles, again and again, in milliseconds. */
const CALM_MS = 10_000;
const DOUBLING_MS = 5_000;
/** Growth for each image that was served, while the accepted rate is not known: the rate doubles within a second. */
const SEARCH_GROWTH = 0.7;
/** A rate that was refused before it grew by so much was estimated too high. */
const HARDLY_GROWN = 1.1;

/**
 * When the next request to one host may be sent. A host that refuses (429, 503, 420) is paused, and then paced to a little
 * less than it accepted; the pace grows until it refuses again.
 *
 * Whoever limits rates keeps allowances for what was not asked. So between two refusals close to each other, the pause
 * included, a host serves about what it allows; that is the estimate then, though never less than half of the rate. Otherwise it is what it served in the last
 * moments before it refused.
 */
export class Pacer {
  /** When the pause ends that the host asked for, or was given after it refused; 0 where there was none. */
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

  /** @param maxRate images a second that it never exceeds; may change at any time */
  constructor(public maxRate = Number.POSITIVE_INFINITY) {}

  /** Images a second that are sent at most; infinite where nothing limits them. */
  get imagesPerSecond(): number {
    return Math.min(this.rate, this.maxRate);
  }

  /** Whether the host refused lately. */
  get isThrottled(): boolean {
    return this.rate !== Number.POSITIVE_INFINITY;
  }

  /** Whether the host is asked for one image at a time: it served nothing since it refused. */
  get isProbing(): boolean {
    return this.isThrottled && this.servedSince === 0;
  }

  /** Whether it is not known yet how much the host accepts. */
  get isSearching(): boolean {
    return this.isRateUnknown;
  }

  /** How long the host is to be left alone, in milliseconds. */
  pauseLeft(now: number): number {
    return Math.max(0, this.pausedUntil - now);
  }

  /** Milliseconds until the next image may be asked for; 0: now. */
  delay(now: number): number {
    const rate = this.imagesPerSecond;
    if (rate === Number.POSITIVE_INFINITY) return 0;
    const delay = Math.max(this.nextAt, this.pausedUntil) - now;
    if (delay <= 0) return 0;
    this.isBinding = true;
    this.delayedAt = now;
    return delay;
  }

  /** An image was asked for. */
  sent(now: number): void {
    const rate = this.imagesPerSecond;
    if (rate === Number.POSITIVE_INFINITY) return;
    const everyMs = 1000 / rate;
    // Only who waited for its time may be behind it.
    const slackMs = now - this.delayedAt <= SLACK_MS + everyMs ? SLACK_MS : 0;
    this.nextAt = Math.max(this.nextAt, now - slackMs) + everyMs;
  }

  /**
   * The host served an image, or said that there is none. Returns whether pacing ended with it.
   *
   * @param requests that it took, beyond the one that was counted when it was sent
   */
  served(now: number, requests = 0): boolean {
    this.recent.count(now);
    this.servedSince += 1;
    // While one image was asked for at a time nothing was missed.
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
   * The host refused. Returns whether it is paced anew for that.
   *
   * @param sentAt when the request was sent
   * @param retryAfterMs how long the host asks to wait, where it says so
   */
  refused(now: number, sentAt: number, retryAfterMs: number | null): boolean {
    this.refusals += (1 - this.refusals) / ANSWERS_REMEMBERED;
    if (sentAt < this.pausedUntil) {
      // It was granted before the pause began: the host says no more than it did then.
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
   * The host refused an image once more that it had refused before, while there are others to ask for. Where it served
   * others meanwhile that changes nothing; otherwise the pause begins anew, no longer than it was.
   *
   * @returns false where the host is not paced and has served nothing: the refusal counts as any other then
   */
  refusedAgain(now: number, retryAfterMs: number | null): boolean {
    if (!this.isProbing) return this.servedSince > 0;
    this.pausedUntil = Math.max(this.pausedUntil, now + Math.max(retryAfterMs ?? 0, this.pauseMs));
    this.nextAt = this.pausedUntil;
    return true;
  }

  /** Images a second that the host accepts, as far as this refusal tells. */
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

/** Spans of time in which is counted, in milliseconds; the rate is that of the last two of them. */
const SPAN_MS = 400;
const MIN_SPAN_MS = 200;

/** How often something happened in the last moments. */
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
