import type { FailedImage } from './image-outcome.js';

/** A fault that is not used within this time is forgotten, in milliseconds. */
const KEPT_MS = 60_000;
/** Maximum number of faults that are kept. The oldest is forgotten first. */
const MAX_KEPT = 1_000;

/**
 * Faults of images that were deferred while their request was in flight, so that their batch could end. Such a
 * fault becomes the attempt of its image when the image comes back. Otherwise the images of a host that never
 * answers would be retried for ever.
 */
export class LateFaults {
  private readonly kept = new Map<string, { readonly fault: FailedImage; readonly until: number }>();

  /** @param now clock in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  get size(): number {
    return this.kept.size;
  }

  keep(url: string, fault: FailedImage): void {
    this.kept.delete(url);
    this.kept.set(url, { fault, until: this.now() + KEPT_MS });
    if (this.kept.size <= MAX_KEPT) return;
    const [oldest] = this.kept.keys();
    if (oldest !== undefined) this.kept.delete(oldest);
  }

  /** Returns the fault of an image and forgets it. */
  remove(url: string): FailedImage | undefined {
    if (this.kept.size === 0) return undefined;
    const late = this.kept.get(url);
    this.kept.delete(url);
    return late === undefined || late.until < this.now() ? undefined : late.fault;
  }
}
