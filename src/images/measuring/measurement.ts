/** The largest width or height that is believed, in pixels: more than any camera, scanner or panorama makes. */
export const MAX_DIMENSION = 1_000_000;

/** Bytes of an EXIF block that are kept: no segment of a JPEG holds more, and few blocks of other formats do. */
export const MAX_EXIF_BYTES = 65_536;

/** What an image says of itself. */
export interface ImageSize {
  readonly kind: 'size';
  /** Whole pixels from 1 to {@link MAX_DIMENSION}, as stored in the file. */
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly mime: string;
  /** EXIF orientation, 1 to 8, where the file has one. */
  readonly orientation: number | null;
  /** The EXIF block, a TIFF structure without the `Exif\0\0` mark, at most {@link MAX_EXIF_BYTES} long, where there is one. */
  readonly exif?: Buffer;
}

/** What the bytes of a file say about it so far. */
export type Measurement =
  | ImageSize
  /** More bytes are wanted; `soFar` is what is known when only the orientation stands further on. */
  | { readonly kind: 'more'; readonly soFar?: ImageSize }
  | { readonly kind: 'empty' }
  | { readonly kind: 'not_an_image' }
  /** It begins like an image, and has no size that can be. */
  | { readonly kind: 'broken' }
  /** It begins like an image, and ends before its size. */
  | { readonly kind: 'cut_short' }
  /** An SVG that names no size of its own. */
  | { readonly kind: 'unmeasurable' }
  /** An undamaged image of a format, or of a kind, that cannot be measured here. */
  | {
      readonly kind: 'unsupported';
      /** What people call the format. */
      readonly format: string;
    };

/** A size if it can be one: whole, positive, not beyond {@link MAX_DIMENSION}. `broken` otherwise. */
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
