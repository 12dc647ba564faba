import { toMask } from './flags/flag-codes.js';

/** The bits of flags that make a photo useless. They are recorded with the result, and do not change after it. */
const USELESS = toMask(['too_small']);

/**
 * Whether an image is of use as a photo of its store, in SQL. The numbers of usable images of visits are made of it, and `scripts/invariants.sql` repeats
 * it. A photo with a flag that makes it useless is not usable.
 *
 * @param image the alias of the image
 */
export function isUsableSql(image: string): string {
  return `(${image}.status = 'succeeded' AND coalesce(${image}.flags, 0) & ${USELESS} = 0)`;
}
