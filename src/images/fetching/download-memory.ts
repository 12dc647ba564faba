import type { FetchingOptions } from './fetching.options.js';

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
