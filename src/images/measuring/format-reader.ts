import type { ImageSize } from './measurement.js';

/**
 * No piece is longer, in bytes: what is larger is read in several, or not at all. While a reader waits for a piece, it
 * holds no more of the others than makes this length with that piece.
 */
export const MAX_PIECE_BYTES = 131_072;

/** A piece of the file. `soFar`: the size, where it is known and only orientation or EXIF is still looked for. */
export interface WantedBytes {
  /** Where the piece begins, in bytes from the start of the file. */
  readonly at: number;
  readonly length: number;
  readonly soFar?: ImageSize;
}

/** What a reader says of a file in the end. */
export type Found =
  | ImageSize
  /** It only begins like a file of its format: a text that is no SVG. */
  | { readonly kind: 'not_an_image' }
  /** It begins like an image of its format, and has no size that can be. */
  | { readonly kind: 'broken' }
  /** It ends before its size. */
  | { readonly kind: 'cut_short' }
  /** It names no size of its own. */
  | { readonly kind: 'unmeasurable' }
  /** It is undamaged, and nobody here can measure it. */
  | { readonly kind: 'unsupported' };

/**
 * Reads one file of one format. Yields the pieces of the file that it needs, in any order, and is given each: shorter
 * than asked for only where the file ends. Returns what it found. Keeps nothing of a piece beyond the next without copying
 * it.
 */
export type FormatReader = Generator<WantedBytes, Found, Buffer>;
