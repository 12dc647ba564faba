import { FLAG_BITS } from './flag-codes.js';

/** The two keys of images. The names are those of the columns. */
export type KeyColumn = 'file_key' | 'picture_key';

/** The bits of flags that come from comparing each key. */
export const BITS_OF_KEY: Readonly<Record<KeyColumn, number>> = {
  file_key: FLAG_BITS.same_file | FLAG_BITS.repeated_in_visit | FLAG_BITS.common_image,
  picture_key: FLAG_BITS.same_picture,
};

/** A file in more stores than this is a common image, such as a placeholder or a logo. */
export const MAX_STORES = 20;

/**
 * Uses of one key that are looked at, the first in order of submission. A key that was used more often costs no more than
 * this.
 */
export const MAX_USES = 1_000;
