/** The largest width or height that is believed, in pixels: more than any camera, scanner or panorama makes. */
export const MAX_DIMENSION = 1_000_000;

/** What the first bytes of a file say about it. */
export type Measurement =
  | {
      readonly kind: 'size';
      /** Whole pixels from 1 to {@link MAX_DIMENSION}, as stored in the file. */
      readonly width: number;
      readonly height: number;
      readonly format: string;
      readonly mime: string;
      readonly orientation: number | null;
    }
  /** The size stands further on in the file. */
  | { readonly kind: 'more' }
  | { readonly kind: 'not_an_image' }
  /** It begins like an image, and has no size that can be. */
  | { readonly kind: 'broken' }
  /** An SVG that names no size of its own. */
  | { readonly kind: 'unmeasurable' };
