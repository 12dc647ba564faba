/** What a paced host serves within this time may wait for it here; the rest waits in the queue. In milliseconds. */
export const WAIT_HERE_MS = 2_000;
/** So much before its time an image comes back, since the queue is not exact, in milliseconds. */
const EARLY_MS = 1_000;
/** Images that the host serves within this time come back when it gets to them, in milliseconds. */
const NEAR_MS = 15_000;
/** The others come back within this time at the earliest and the latest, to be given a time. In milliseconds. */
const FAR_MS = 12_000;
const MAX_MS = 300_000;
/** They come back so often before it is their time. */
const RETURNS = 4;
/** The host may serve so many times what it is asked for now, by then: while that is known, and while it is searched for. */
const GROWTH = 1.25;
const GROWTH_IN_SEARCH = 4;

/**
 * When the images of a paced host that have to wait in the queue come back.
 *
 * Those that the host serves soon are given a time, job by job. How long the others have to wait nobody knows, as other
 * processes serve them too: they come back to be given a time, the more of them the later, so that the images of a long job
 * do not keep the queue busy.
 */
export class Deferral {
  /** Until when the time of the host is given away, by fairness key. */
  private readonly until = new Map<string, number>();
  /** Images that wait without a time of their own. */
  private far = 0;
  /** How long the host takes for an image of one fairness key, in milliseconds. */
  private msEach = 0;

  /** Images of a fairness key claim slots. They may have been deferred before. */
  cameBack(fairnessKey: string, images: number, now: number): void {
    for (const [each, until] of this.until) if (until <= now) this.until.delete(each);
    const until = this.until.get(fairnessKey);
    // The host waits for images: those that were deferred are being served elsewhere.
    this.far = until === undefined ? Math.floor(this.far / 2) : Math.max(0, this.far - images);
    if (until !== undefined) this.until.set(fairnessKey, until - images * this.msEach);
  }

  /**
   * How long some images of a fairness key have to wait, in milliseconds. All of them come back together.
   *
   * @param rate images a second that the host is asked for with this key
   * @param isSearching whether it is not known yet what the host accepts
   * @param soonMs when it may be asked again
   */
  of(
    fairnessKey: string,
    images: number,
    rate: number,
    isSearching: boolean,
    soonMs: number,
    now: number,
  ): number {
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
