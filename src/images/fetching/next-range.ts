import { isNear, SURE_START } from '../measuring/measurer.js';

/** Length of the first range in bytes. Most images contain their size there. No other range is shorter. */
export const FIRST_RANGE = SURE_START;
/** A range that continues the last one is this many times as long as all that was read. */
const GROWTH = 3;

export interface ByteRange {
  readonly from: number;
  readonly length: number;
}

/**
 * Returns the range to request next. It continues the last one if the needed bytes are near. Otherwise it skips
 * ahead or goes back to them. Ranges grow with the number of bytes read: in a file with many long parts before
 * its size, the first parts are skipped, and later several are read with one request.
 *
 * @param end offset where the last bytes ended
 * @param read number of bytes that arrived in all
 * @param wanted offsets of the needed bytes
 */
export function nextRange(
  end: number,
  read: number,
  wanted: { readonly at: number; readonly end: number },
): ByteRange {
  if (read === 0) return { from: 0, length: FIRST_RANGE };
  // The start is always completed, to go back to, however short the parts of the host are.
  if (end < FIRST_RANGE || isNear(wanted.at - end, read))
    return { from: end, length: Math.max(read * GROWTH, wanted.end - end) };
  return { from: wanted.at, length: Math.max(FIRST_RANGE, wanted.end - wanted.at) };
}
