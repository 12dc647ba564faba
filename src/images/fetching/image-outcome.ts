import type { ImageErrorCode } from '../image-error-code.js';
import type { FileStart } from './file-start.js';

export type { ImageErrorCode } from '../image-error-code.js';

/** What the first bytes of an image say. Sizes in pixels, as stored in the file. */
export interface MeasuredImage {
  readonly kind: 'measured';
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly mime: string;
  /** EXIF orientation, 1 to 8, where the file has one. */
  readonly orientation: number | null;
  /** Bytes of the whole file as the host declared them. */
  readonly contentLength: number | null;
  /** The start of the file, where it was to be kept. */
  readonly start?: FileStart;
}

/** One try that ended without a size. */
export interface FailedImage {
  readonly kind: 'failed';
  readonly code: ImageErrorCode;
  /** A few words for a person, without any address inside the network. */
  readonly reason: string;
  /** Whether a later try may end better. */
  readonly retryable: boolean;
  /** How long the host asks to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
  readonly contentLength: number | null;
}

/** No try: the host is not asked at present. */
export interface DeferredImage {
  readonly kind: 'deferred';
  /** When to ask again, in milliseconds from now. */
  readonly afterMs: number;
  /** What the host did last, when it is for its faults that it is not asked; null when its slots are taken up. */
  readonly fault: { readonly code: ImageErrorCode; readonly reason: string } | null;
  readonly contentLength: null;
}

/** The host answered that it is asked too much, or can't serve now. No attempt. */
export interface RefusedImage {
  readonly kind: 'refused';
  readonly code: ImageErrorCode;
  readonly reason: string;
  /** When to ask again, in milliseconds from now; null where the host has served nothing for so long that the image fails. */
  readonly afterMs: number | null;
  readonly contentLength: null;
}

export type ImageOutcome = MeasuredImage | FailedImage | DeferredImage | RefusedImage;
