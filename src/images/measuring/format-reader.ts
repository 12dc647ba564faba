import type { ImageSize } from './measurement.js';

/**
 * Longest piece, in bytes. Larger data is read in several pieces or not at all. While a reader waits for a
 * piece, it holds at most this many bytes of the other pieces together with that piece.
 */
export const MAX_PIECE_BYTES = 131_072;

/** A piece of the file. `soFar` is the size, if only orientation or EXIF is still missing. */
export interface WantedBytes {
  /** Offset of the piece in the file. */
  readonly at: number;
  readonly length: number;
  readonly soFar?: ImageSize;
}

/** The result of a reader. */
export type Found =
  | ImageSize
  /** It only begins like this format, for example a text that is not an SVG. */
  | { readonly kind: 'not_an_image' }
  /** It begins like an image of this format, but has no valid size. */
  | { readonly kind: 'broken' }
  /** It ends before its size. */
  | { readonly kind: 'cut_short' }
  /** It contains no size. */
  | { readonly kind: 'unmeasurable' }
  /** It is undamaged, but cannot be measured here. */
  | { readonly kind: 'unsupported' };

/**
 * Reads one file of one format. Yields the pieces of the file that it needs, in any order, and receives each. A
 * piece is shorter than requested only at the end of the file. Returns the result. The reader must copy the
 * bytes of a piece that it needs after the next piece.
 */
export type FormatReader = Generator<WantedBytes, Found, Buffer>;
