import { type ReadStep, wanted } from './boxes.js';
import { type ItemLocation, findLocation } from './heif-items.js';
import type { HeifMeta } from './heif-meta.js';
import type { ImageSize } from './measurement.js';

/** Where the data of an item is: in the file, or in the `idat` box. Data in other items is not read. */
const IN_FILE = 0;
const IN_IDAT = 1;

/** The pieces of the file that contain the data of an item. */
export type ItemExtents = ItemLocation['extents'];

/**
 * The location of an item's data in the file (ISO/IEC 14496-12 §8.11.3). Undefined if it cannot be found.
 */
export function findExtents({ locations, dataAt }: HeifMeta, item: number): ItemExtents | undefined {
  const location = findLocation(item, locations);
  const base = location?.method === IN_FILE ? 0 : location?.method === IN_IDAT ? dataAt : undefined;
  if (location === undefined || base === undefined) return undefined;
  const extents = location.extents.map(({ offset, length }) => ({ offset: base + offset, length }));
  return extents.every(({ offset }) => Number.isSafeInteger(offset)) ? extents : undefined;
}

/** The first bytes of an item: the requested number, or fewer if the item is shorter. */
export function* readItem(extents: ItemExtents, maxBytes: number, soFar?: ImageSize): ReadStep<Buffer> {
  const parts: Buffer[] = [];
  let left = maxBytes;
  for (const { offset, length } of extents) {
    // An extent without a length goes on to the end.
    const bytes = length === 0 ? left : Math.min(length, left);
    const part = yield wanted(offset, bytes, soFar);
    if (extents.length === 1) return part;
    parts.push(Buffer.from(part));
    left -= part.length;
    if (left === 0 || part.length < bytes) break;
  }
  return Buffer.concat(parts);
}
