import { type ReadStep, wanted } from './boxes.js';
import { locationOf } from './heif-items.js';
import type { HeifMeta } from './heif-meta.js';
import type { ImageSize } from './measurement.js';

/** Where the data of an item stands: in the file, or in the `idat` box. What stands in other items is not read. */
const IN_FILE = 0;
const IN_IDAT = 1;

/**
 * The first bytes of an item (ISO/IEC 14496-12 §8.11.3): as many as wanted, or fewer where it ends before. Empty where it
 * cannot be found.
 */
export function* readItem(
  meta: HeifMeta,
  item: number,
  mostBytes: number,
  soFar?: ImageSize,
): ReadStep<Buffer> {
  const location = locationOf(item, meta.locations);
  const base = location?.method === IN_FILE ? 0 : location?.method === IN_IDAT ? meta.dataAt : undefined;
  const parts: Buffer[] = [];
  let left = mostBytes;
  for (const { offset, length } of base === undefined ? [] : (location?.extents ?? [])) {
    // An extent without a length is all that there is.
    const bytes = length === 0 ? left : Math.min(length, left);
    const part = yield wanted((base ?? 0) + offset, bytes, soFar);
    if (location?.extents.length === 1) return part;
    parts.push(Buffer.from(part));
    left -= part.length;
    if (left === 0 || part.length < bytes) break;
  }
  return Buffer.concat(parts);
}
