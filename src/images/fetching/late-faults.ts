import type { FailedImage } from './image-outcome.js';

/** A fault that nobody asked for within this time is forgotten, in milliseconds. */
const KEPT_MS = 60_000;
/** Most faults kept: the latest ones. */
const MAX_KEPT = 1_000;

/**
 * Faults of requests whose images were held in the meantime, so that their batch could end. Each counts as the attempt of its
 * image when that comes again: otherwise the images of a host that never answers would be asked for without end.
 */
export class LateFaults {
  private readonly kept = new Map<string, { readonly fault: FailedImage; readonly until: number }>();

  /** @param now milliseconds, from any moment on */
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

  /** The fault of an image, once. */
  remove(url: string): FailedImage | undefined {
    if (this.kept.size === 0) return undefined;
    const late = this.kept.get(url);
    this.kept.delete(url);
    return late === undefined || late.until < this.now() ? undefined : late.fault;
  }
}
