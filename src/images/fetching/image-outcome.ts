import type { FileKeys } from '../flags/file-keys.js';
import type { ImageErrorCode } from '../image-error-code.js';
import type { FileStart } from './file-start.js';

export type { ImageErrorCode } from '../image-error-code.js';

/** A measured image. Sizes are in pixels, as stored in the file. */
export interface MeasuredImage {
  readonly kind: 'measured';
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly mime: string;
  /** EXIF orientation, 1 to 8, or null. */
  readonly orientation: number | null;
  /** Bytes of the whole file as the host declared them. */
  readonly contentLength: number | null;
  /** The start of the file, if it is needed. */
  readonly start?: FileStart;
  /** What identifies the file, if it is needed and known. */
  readonly keys?: FileKeys;
}

/** An attempt that failed. */
export interface FailedImage {
  readonly kind: 'failed';
  readonly code: ImageErrorCode;
  /** A short text for people, without an address inside the network. */
  readonly reason: string;
  /** Whether a later attempt may succeed. */
  readonly retryable: boolean;
  /** How long the host asks to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
  readonly contentLength: number | null;
}

/** No attempt was made: no request may be sent to the host now. */
export interface DeferredImage {
  readonly kind: 'deferred';
  /** When to retry, in milliseconds from now. */
  readonly afterMs: number;
  /** The last fault of the host if its circuit is open; null if there is no free slot. */
  readonly fault: { readonly code: ImageErrorCode; readonly reason: string } | null;
  readonly contentLength: null;
}

/** The host answered that it gets too many requests, or cannot serve now. This is not an attempt. */
export interface RefusedImage {
  readonly kind: 'refused';
  readonly code: ImageErrorCode;
  readonly reason: string;
  /**
   * When to retry, in milliseconds from now; null if the image fails because the host has served nothing
   * for too long.
   */
  readonly afterMs: number | null;
  readonly contentLength: null;
}

export type ImageOutcome = MeasuredImage | FailedImage | DeferredImage | RefusedImage;
