/** Largest plausible width or height in pixels: more than any camera, scanner or panorama produces. */
export const MAX_DIMENSION = 1_000_000;

/** Maximum number of bytes kept of an EXIF block. No JPEG segment is longer, and few blocks of other formats are. */
export const MAX_EXIF_BYTES = 65_536;

/** The size and metadata of an image. */
export interface ImageSize {
  readonly kind: 'size';
  /** Whole pixels from 1 to {@link MAX_DIMENSION}, as stored in the file. */
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly mime: string;
  /** EXIF orientation, 1 to 8, or null. */
  readonly orientation: number | null;
  /**
   * The EXIF block, if there is one: a TIFF structure without the `Exif\0\0` mark, of at most {@link
   * MAX_EXIF_BYTES}.
   */
  readonly exif?: Buffer;
}

/** The measurement of the bytes so far. */
export type Measurement =
  | ImageSize
  /** More bytes are needed. `soFar` is the size if only the orientation or EXIF is missing. */
  | { readonly kind: 'more'; readonly soFar?: ImageSize }
  | { readonly kind: 'empty' }
  | { readonly kind: 'not_an_image' }
  /** It begins like an image, but has no valid size. */
  | { readonly kind: 'broken' }
  /** It begins like an image, but ends before its size. */
  | { readonly kind: 'cut_short' }
  /** An SVG without a size. */
  | { readonly kind: 'unmeasurable' }
  /** An undamaged image of a format or kind that cannot be measured here. */
  | {
      readonly kind: 'unsupported';
      /** Name of the format for people. */
      readonly format: string;
    };

/** A size if the values are valid: whole, positive and at most {@link MAX_DIMENSION}. Else `broken`. */
export function toMeasuredSize(
  width: number,
  height: number,
  format: string,
  mime: string,
  orientation?: number,
): ImageSize | { readonly kind: 'broken' } {
  if (!isDimension(width) || !isDimension(height)) return { kind: 'broken' };
  return { kind: 'size', width, height, format, mime, orientation: toOrientation(orientation) };
}

function isDimension(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_DIMENSION;
}

/** EXIF 2.32 §4.6.4: 1 to 8. */
function toOrientation(value: number | undefined): number | null {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8 ? value : null;
}
