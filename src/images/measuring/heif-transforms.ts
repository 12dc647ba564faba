import { FieldReader } from './boxes.js';

/** What transforms an image, as its item's properties have it. */
export interface Property {
  readonly type: string;
  readonly body: Buffer;
}

/** Pixels of an image, before it is rotated and mirrored, and how that is to be done. */
export interface Shape {
  readonly width: number;
  readonly height: number;
  /** As in EXIF; null where the properties say nothing of it. */
  readonly orientation: number | null;
}

/** The orientation that comes of each, from 1 on, by a quarter turn counterclockwise. */
const TURNED: readonly number[] = [0, 8, 5, 6, 7, 4, 1, 2, 3];
/** The same where top and bottom are exchanged, and left and right. */
const TOP_TO_BOTTOM: readonly number[] = [0, 4, 3, 2, 1, 8, 7, 6, 5];
const LEFT_TO_RIGHT: readonly number[] = [0, 2, 1, 4, 3, 6, 5, 8, 7];

/**
 * Applies what transforms an image in its order (ISO/IEC 23008-12 §6.5.9, §6.5.10 and §6.5.12): a clean aperture crops it,
 * `irot` turns it and `imir` mirrors it. What is turned and mirrored is left as it is stored, as an orientation of EXIF.
 *
 * @returns undefined where a clean aperture leaves nothing of it
 */
export function transformed(
  width: number,
  height: number,
  properties: readonly Property[],
): Shape | undefined {
  let orientation: number | null = null;
  let size = { width, height };
  for (const { type, body } of properties) {
    const before: number = orientation ?? 1;
    if (type === 'irot') {
      let turned = before;
      for (let turns = (body[0] ?? 0) & 3; turns > 0; turns -= 1) turned = TURNED[turned] ?? 1;
      orientation = turned;
    } else if (type === 'imir') {
      orientation = (((body[0] ?? 0) & 1) === 0 ? TOP_TO_BOTTOM : LEFT_TO_RIGHT)[before] ?? 1;
    } else if (type === 'clap') {
      const aperture = cleanApertureIn(body);
      if (aperture === undefined) return undefined;
      // From the fifth on, orientations are of images that lie on their sides.
      const cropped = before >= 5 ? { width: aperture.height, height: aperture.width } : aperture;
      size = { width: Math.min(size.width, cropped.width), height: Math.min(size.height, cropped.height) };
    }
  }
  return { ...size, orientation };
}

/**
 * The size of a clean aperture (ISO/IEC 14496-12 §12.1.4.2): two fractions, rounded as libheif does. Where it lies makes no
 * difference.
 */
export function cleanApertureIn(
  body: Buffer,
): { readonly width: number; readonly height: number } | undefined {
  const fields = new FieldReader(body);
  const width = Math.round(fields.uint(4) / fields.uint(4));
  const height = Math.round(fields.uint(4) / fields.uint(4));
  return width >= 1 && height >= 1 && Number.isFinite(width + height) ? { width, height } : undefined;
}
