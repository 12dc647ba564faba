/**
 * Images that a paced host serves within this time may wait in this process. The rest waits in the queue. In
 * milliseconds.
 */
export const WAIT_HERE_MS = 2_000;
/** Images come back this much before their time, because the queue is not exact. In milliseconds. */
const EARLY_MS = 1_000;
/** Images that the host serves within this time get a time of their own. In milliseconds. */
const NEAR_MS = 15_000;
/** Shortest and longest delay of the other images, which get a time when they come back. In milliseconds. */
const FAR_MS = 12_000;
const MAX_MS = 300_000;
/** How often the other images come back before they are served. */
const RETURNS = 4;
/**
 * How many times its current rate a host may serve by then, while that rate is known and while it is searched
 * for.
 */
const GROWTH = 1.25;
const GROWTH_IN_SEARCH = 4;

/** Images to schedule. */
export interface ScheduleOptions {
  readonly fairnessKey: string;
  /** Number of images. */
  readonly images: number;
  /** Images a second that may be requested for this key. */
  readonly rate: number;
  /** Whether the rate that the host accepts is not known yet. */
  readonly isSearching: boolean;
  /** When the next request may be sent, in milliseconds from now. */
  readonly soonMs: number;
}

/**
 * Decides when the deferred images of a paced host come back from the queue.
 *
 * Images that the host serves soon get a time, job by job. The wait of the others is unknown, because other
 * processes serve them too. They come back to get a time. The more of them wait, the later they come back, so
 * that the images of a long job do not keep the queue busy.
 */
export class Deferral {
  /** When the last image that has a time is served, by fairness key. */
  private readonly until = new Map<string, number>();
  /** Number of images that wait without a time. */
  private far = 0;
  /** Time the host needs for an image of one fairness key, in milliseconds. */
  private msEach = 0;

  /** Images of a fairness key request slots. They may have been deferred before. */
  recordReturned(fairnessKey: string, images: number, now: number): void {
    for (const [each, until] of this.until) if (until <= now) this.until.delete(each);
    const until = this.until.get(fairnessKey);
    // The host is idle for this key, so its deferred images are being served by other processes.
    this.far = until === undefined ? Math.floor(this.far / 2) : Math.max(0, this.far - images);
    if (until !== undefined) this.until.set(fairnessKey, until - images * this.msEach);
  }

  /** Returns the delay of some images of a fairness key, in milliseconds. All of them come back together. */
  schedule({ fairnessKey, images, rate, isSearching, soonMs }: ScheduleOptions, now: number): number {
    this.msEach = 1000 / (rate * (isSearching ? GROWTH_IN_SEARCH : GROWTH));
    const from = Math.max(this.until.get(fairnessKey) ?? 0, now + Math.max(WAIT_HERE_MS, soonMs));
    const waitMs = from - now;
    if (waitMs <= NEAR_MS + soonMs) {
      this.until.set(fairnessKey, from + images * this.msEach);
      return Math.ceil(Math.max(waitMs - EARLY_MS, soonMs));
    }
    this.far += images;
    if (isSearching) return Math.ceil(Math.max(soonMs, FAR_MS));
    const cycleMs = (this.far * this.msEach) / RETURNS;
    return Math.ceil(Math.max(soonMs, Math.min(Math.max(FAR_MS, cycleMs), MAX_MS)));
  }
}
