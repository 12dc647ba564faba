import type { FetchingOptions } from './fetching.options.js';

/**
 * Maximum number of bytes that one download holds while it waits for more: 64 KiB that its socket read last, 64 KiB of the
 * start of the file, and 128 KiB for the piece that its reader needs and copies of earlier pieces.
 */
export const HELD_BYTES = 262_144;

/**
 * Number of downloads that may run at once: `concurrency`, or fewer if the memory is small, but at least one.
 *
 * @param memoryBytes memory for downloads
 */
export function downloadsAtOnce(options: FetchingOptions, memoryBytes = options.memoryBytes): number {
  return Math.max(1, Math.min(options.concurrency, Math.floor(memoryBytes / HELD_BYTES)));
}

/**
 * Divides the memory if images are analyzed. Returns the bytes for downloads, starts of files and whole files.
 */
export function toMemoryShares({
  memoryBytes,
}: FetchingOptions): Readonly<Record<'downloads' | 'starts' | 'wholeFiles', number>> {
  const quarter = Math.floor(memoryBytes / 4);
  return { downloads: memoryBytes - 2 * quarter, starts: quarter, wholeFiles: quarter };
}
