import type { HostUnavailableError, HostRefusedError } from './deferral-errors.js';
import { LinkedList } from '../waiting/linked-list.js';
import type { SlotRequest } from './slot-request.js';

/** An image that is being fetched. */
export class Flight {
  constructor(readonly url: string) {}

  /** Whether its batch no longer waits for it. Its result then only shows the state of the host. */
  isDetached = false;
  /** Aborts it. */
  abort: (reason: unknown) => void = () => {};
  /** Lets it go on when the signal of its batch aborts. */
  ignoreSignal: () => void = () => {};
}

/** Images of one host that wait in the line as one request. Each image is started when a slot is granted. */
export class Series implements SlotRequest {
  /** Resolves when every image has ended or was aborted. Rejects with the first error. */
  readonly ended: Promise<void>;
  private readonly ending = Promise.withResolvers<void>();
  /** The URLs that wait: `next` is the first of them, `end` is one after the last. */
  private next = 0;
  private end = 0;
  private readonly flights = new LinkedList<Flight>();
  private open: number;

  /**
   * @param urls URLs that the host never refused come first
   * @param fetch fetches one image with a granted slot, and releases the slot
   * @param defer records the outcome of one image that was sent back
   * @param newUrls number of URLs that the host never refused
   */
  constructor(
    private readonly urls: readonly string[],
    private readonly fetch: (url: string, flight: Flight) => Promise<void>,
    private readonly defer: (url: string, reason: HostUnavailableError | HostRefusedError) => Promise<void>,
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
    this.start(url);
    return this.size > 0;
  }

  sendBack(reason: HostUnavailableError | HostRefusedError): boolean {
    const url = this.urls[this.end - 1];
    if (url === undefined || this.size === 0) return false;
    this.end -= 1;
    this.deferImage(url, reason);
    return this.size > 0;
  }

  /**
   * Stops waiting for the images in flight and defers them, so that their batch can end.
   *
   * @param keep number of requests that go on to show the state of the host; the others are aborted
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
        flight.ignoreSignal();
      } else flight.abort(reason);
      this.deferImage(flight.url, reason);
    }
    return kept;
  }

  abort(): void {
    const { size } = this;
    this.end = this.next;
    this.close(size);
  }

  private start(url: string): void {
    const flight = new Flight(url);
    const entry = this.flights.add(flight);
    const end = (): void => {
      if (flight.isDetached) return;
      this.flights.remove(entry);
      this.close(1);
    };
    this.fetch(url, flight).then(end, this.ending.reject);
  }

  private deferImage(url: string, reason: HostUnavailableError | HostRefusedError): void {
    this.defer(url, reason).then(() => this.close(1), this.ending.reject);
  }

  private close(images: number): void {
    this.open -= images;
    if (this.open === 0) this.ending.resolve();
  }
}
