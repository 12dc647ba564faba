import { type ReadStep, wanted } from './boxes.js';
import { type ItemLocation, findLocation } from './heif-items.js';
import type { HeifMeta } from './heif-meta.js';
import type { ImageSize } from './measurement.js';

/** Where the data of an item stands: in the file, or in the `idat` box. What stands in other items is not read. */
const IN_FILE = 0;
const IN_IDAT = 1;

/** Pieces of the file that the data of an item consists of. */
export type ItemExtents = ItemLocation['extents'];

/** Where the data of an item stands in the file (ISO/IEC 14496-12 §8.11.3). Undefined where it cannot be found. */
export function findExtents({ locations, dataAt }: HeifMeta, item: number): ItemExtents | undefined {
  const location = findLocation(item, locations);
  const base = location?.method === IN_FILE ? 0 : location?.method === IN_IDAT ? dataAt : undefined;
  if (location === undefined || base === undefined) return undefined;
  const extents = location.extents.map(({ offset, length }) => ({ offset: base + offset, length }));
  return extents.every(({ offset }) => Number.isSafeInteger(offset)) ? extents : undefined;
}

/** The first bytes of an item: as many as wanted, or fewer where it ends before. */
export function* readItem(extents: ItemExtents, maxBytes: number, soFar?: ImageSize): ReadStep<Buffer> {
  const parts: Buffer[] = [];
  let left = maxBytes;
  for (const { offset, length } of extents) {
    // An extent without a length is all that there is.
    const bytes = length === 0 ? left : Math.min(length, left);
    const part = yield wanted(offset, bytes, soFar);
    if (extents.length === 1) return part;
    parts.push(Buffer.from(part));
    left -= part.length;
    if (left === 0 || part.length < bytes) break;
  }
  return Buffer.concat(parts);
}
