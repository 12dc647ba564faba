import { FieldReader } from './boxes.js';

/** The transforms in an item's properties. */
export interface Property {
  readonly type: string;
  readonly body: Buffer;
}

/** Size of an image before rotation and mirroring, and the orientation that results from these. */
export interface Shape {
  readonly width: number;
  readonly height: number;
  /** As in EXIF; null if the properties contain none. */
  readonly orientation: number | null;
}

/** The orientation after a quarter turn counterclockwise, for each orientation from 1. */
const ROTATED: readonly number[] = [0, 8, 5, 6, 7, 4, 1, 2, 3];
/** The same for mirroring top and bottom, and left and right. */
const TOP_TO_BOTTOM: readonly number[] = [0, 4, 3, 2, 1, 8, 7, 6, 5];
const LEFT_TO_RIGHT: readonly number[] = [0, 2, 1, 4, 3, 6, 5, 8, 7];

/**
 * Applies the transforms of an image in order (ISO/IEC 23008-12 §6.5.9, §6.5.10 and §6.5.12): a clean aperture
 * crops it, `irot` rotates it and `imir` mirrors it. Rotation and mirroring are returned as an EXIF
 * orientation, and the size stays as stored.
 *
 * @returns undefined if a clean aperture leaves nothing
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
      let rotated = before;
      for (let quarterTurns = (body[0] ?? 0) & 3; quarterTurns > 0; quarterTurns -= 1)
        rotated = ROTATED[rotated] ?? 1;
      orientation = rotated;
    } else if (type === 'imir') {
      orientation = (((body[0] ?? 0) & 1) === 0 ? TOP_TO_BOTTOM : LEFT_TO_RIGHT)[before] ?? 1;
    } else if (type === 'clap') {
      const aperture = cleanApertureIn(body);
      if (aperture === undefined) return undefined;
      // Orientations from 5 swap width and height.
      const cropped = before >= 5 ? { width: aperture.height, height: aperture.width } : aperture;
      size = { width: Math.min(size.width, cropped.width), height: Math.min(size.height, cropped.height) };
    }
  }
  return { ...size, orientation };
}

/**
 * The size of a clean aperture (ISO/IEC 14496-12 §12.1.4.2): two fractions, rounded as libheif does. Its
 * position is not used.
 */
export function cleanApertureIn(
  body: Buffer,
): { readonly width: number; readonly height: number } | undefined {
  const fields = new FieldReader(body);
  const width = Math.round(fields.uint(4) / fields.uint(4));
  const height = Math.round(fields.uint(4) / fields.uint(4));
  return width >= 1 && height >= 1 && Number.isFinite(width + height) ? { width, height } : undefined;
}
