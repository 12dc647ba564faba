import type { NewVisit } from './submission.js';

/** Images of one slice: some milliseconds' work, for which other requests may have to wait. */
export const SLICE_IMAGES = 500;

/** How many images the visits hold. */
export function countImages(visits: readonly NewVisit[]): number {
  return visits.reduce((sum, visit) => sum + visit.imageUrls.length, 0);
}

/** Visits in slices of `images`, more by what the last visit of a slice holds. */
export function* toSlices(visits: readonly NewVisit[], images: number): Generator<readonly NewVisit[]> {
  let from = 0;
  let held = 0;
  for (const [index, { imageUrls }] of visits.entries()) {
    held += imageUrls.length;
    if (held < images) continue;
    yield visits.slice(from, index + 1);
    from = index + 1;
    held = 0;
  }
  if (from < visits.length) yield visits.slice(from);
}
