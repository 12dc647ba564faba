import { isNear, SURE_START } from '../measuring/measurer.js';

/** The first range asked for, in bytes: most images tell their size there. A range elsewhere is no shorter. */
export const FIRST_RANGE = SURE_START;
/** A range that follows on what was read is so many times as long as that. */
const GROWTH = 3;

export interface ByteRange {
  readonly from: number;
  readonly length: number;
}

/**
 * The range of a file to ask for next. It follows on what was read, where what is wanted is near; it leaps to what stands
 * further on, or goes back. The more was read, the more a request brings: of a file with many long parts in front of its
 * size the first is leapt over, and soon several are read over.
 *
 * @param end where the bytes end that came last
 * @param read bytes that came in all
 * @param wanted from where to where the bytes stand that are wanted
 */
export function nextRange(
  end: number,
  read: number,
  wanted: { readonly at: number; readonly end: number },
): ByteRange {
  if (read === 0) return { from: 0, length: FIRST_RANGE };
  // All of the start is there to go back to, however a host cuts it.
  if (end < FIRST_RANGE || isNear(wanted.at - end, read))
    return { from: end, length: Math.max(read * GROWTH, wanted.end - end) };
  return { from: wanted.at, length: Math.max(FIRST_RANGE, wanted.end - wanted.at) };
}
