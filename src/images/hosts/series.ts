import type { HostUnavailableError, HostRefusedError } from './host-errors.js';
import { LinkedList } from '../waiting/linked-list.js';
import type { Claimant } from './claimant.js';

/** An image that is being fetched. */
export class Flight {
  constructor(readonly url: string) {}

  /** Whether nobody waits for it any more: what comes of it says how its host is, and nothing else. */
  isDetached = false;
  /** Breaks it off. */
  abort: (reason: unknown) => void = () => {};
  /** Lets it go on, whatever becomes of its batch. */
  letGo: () => void = () => {};
}

/** Images of one host that stand in the line as one: each is begun when a slot is granted. */
export class Series implements Claimant {
  /** Resolves when all of them have ended, or have been given up; rejects with the first fault of one. */
  readonly ended: Promise<void>;
  private readonly ending = Promise.withResolvers<void>();
  /** Those of the URLs that wait: from this one on, up to the other. */
  private next = 0;
  private end = 0;
  private readonly flights = new LinkedList<Flight>();
  private open: number;

  /**
   * @param urls those that the host has not refused before come first
   * @param begin tries at one for which a slot was granted, and gives that back
   * @param hold what becomes of one that was refused
   * @param newUrls how many of the URLs the host has not refused before
   */
  constructor(
    private readonly urls: readonly string[],
    private readonly begin: (url: string, flight: Flight) => Promise<void>,
    private readonly hold: (url: string, reason: HostUnavailableError | HostRefusedError) => Promise<void>,
    private readonly newUrls = urls.length,
  ) {
    this.ended = this.ending.promise;
    this.end = urls.length;
    this.open = urls.length;
  }

  get size(): number {
    return this.end - this.next;
  }

  get newSize(): number {
    return Math.max(0, Math.min(this.end, this.newUrls) - this.next);
  }

  grant(): boolean {
    const url = this.urls[this.next];
    if (url === undefined || this.size === 0) return false;
    this.next += 1;
    this.fly(url);
    return this.size > 0;
  }

  refuse(reason: HostUnavailableError | HostRefusedError): boolean {
    const url = this.urls[this.end - 1];
    if (url === undefined || this.size === 0) return false;
    this.end -= 1;
    this.putOff(url, reason);
    return this.size > 0;
  }

  /**
   * Waits no more for images that are being fetched: they are held, so that their batch can end.
   *
   * @param keep how many of them may go on, to learn how the host is; the others are aborted
   * @returns how many go on
   */
  detach(reason: HostUnavailableError, keep: number): number {
    let kept = 0;
    for (const entry of this.flights) {
      const flight = entry.value;
      this.flights.remove(entry);
      flight.isDetached = true;
      if (kept < keep) {
        kept += 1;
        flight.letGo();
      } else flight.abort(reason);
      this.putOff(flight.url, reason);
    }
    return kept;
  }

  abort(): void {
    const { size } = this;
    this.end = this.next;
    this.close(size);
  }

  private fly(url: string): void {
    const flight = new Flight(url);
    const entry = this.flights.add(flight);
    const land = (): void => {
      if (flight.isDetached) return;
      this.flights.remove(entry);
      this.close(1);
    };
    this.begin(url, flight).then(land, this.ending.reject);
  }

  private putOff(url: string, reason: HostUnavailableError | HostRefusedError): void {
    this.hold(url, reason).then(() => this.close(1), this.ending.reject);
  }

  private close(images: number): void {
    this.open -= images;
    if (this.open === 0) this.ending.resolve();
  }
}
