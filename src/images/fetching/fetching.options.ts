import type { FetchObserver } from './fetch-observer.js';

/** Limits of fetching, for one process. */
export interface FetchingOptions {
  /** Most downloads in flight, and most to one host. Each host has as many as it bears below that. */
  readonly concurrency: number;
  readonly hostConcurrency: number;
  /** Milliseconds for one try, redirects and further ranges included; waiting for a slot is not. */
  readonly timeoutMs: number;
  /** Most bytes read of one image in one try. */
  readonly maxBytes: number;
  /**
   * Most image bytes held at a time by all downloads together. A download is measured as it comes in and holds at most
   * {@link HELD_BYTES}, so this bounds how many run at once, whatever `concurrency` says.
   */
  readonly memoryBytes: number;
  /** A host that refuses everything for so long fails its images, in milliseconds. */
  readonly hostPatienceMs?: number;
  readonly userAgent: string;
  readonly observer?: FetchObserver;
}

export const FETCHING_OPTIONS = Symbol('FETCHING_OPTIONS');

/**
 * Bytes of its image that one download holds at the most while it waits for more: what its socket read last, 64 KiB; the
 * start of the file, 64 KiB more; and the piece that its reader waits for with what that copied of others, 128 KiB together.
 */
export const HELD_BYTES = 262_144;

/**
 * How many downloads may run at once: `concurrency`, or fewer where the memory is small; at least one.
 *
 * @param memoryBytes of `options` that downloads may have
 */
export function downloadsAtOnce(options: FetchingOptions, memoryBytes = options.memoryBytes): number {
  return Math.max(1, Math.min(options.concurrency, Math.floor(memoryBytes / HELD_BYTES)));
}

/** Where images are analysed: what downloads may hold, what starts of files may, and what whole files may. */
export function toMemoryShares({
  memoryBytes,
}: FetchingOptions): Readonly<Record<'downloads' | 'starts' | 'wholeFiles', number>> {
  const quarter = Math.floor(memoryBytes / 4);
  return { downloads: memoryBytes - 2 * quarter, starts: quarter, wholeFiles: quarter };
}
