import type { FileKeys } from '../flags/file-keys.js';
import { MAX_DIMENSION, type Measurement } from '../measuring/measurement.js';
import { FetchFault } from './fetch-fault.js';
import type { FileStart } from './file-start.js';
import type { ImageErrorCode, ImageOutcome } from './image-outcome.js';

type Failure = Exclude<Measurement['kind'], 'size' | 'unsupported'>;

const FAILURES: Readonly<Record<Failure, readonly [code: ImageErrorCode, reason: string]>> = {
  empty: ['not_an_image', 'the file is empty'],
  not_an_image: ['not_an_image', 'the file is not an image of a known format'],
  broken: [
    'broken_image',
    `the image is broken: it has no width and height from 1 to ${MAX_DIMENSION} pixels`,
  ],
  cut_short: ['broken_image', 'the image is broken: the file ends before its size'],
  more: ['broken_image', 'the image is broken: the file ends before its size'],
  unmeasurable: ['unmeasurable', 'the SVG names no size in absolute units, and no viewBox'],
};

/** What is known of a file besides its measurement. */
export interface FileFacts {
  /** Bytes of the whole file as the host declared them, or null. */
  readonly contentLength: number | null;
  /** What identifies the file. */
  readonly keys?: FileKeys | undefined;
  /** Start of the file, if it was kept. */
  readonly start?: FileStart | undefined;
  /** `Content-Type` that the host sent. */
  readonly contentType?: string | undefined;
}

/** Converts a measurement to the outcome of an image. */
export function toMeasuredOutcome(
  measurement: Measurement,
  { contentLength, keys, start, contentType }: FileFacts,
): ImageOutcome {
  if (measurement.kind === 'unsupported') {
    const reason = `the file is a ${measurement.format}, whose size cannot be measured`;
    return new FetchFault('unsupported_format', reason).toOutcome(contentLength);
  }
  if (measurement.kind !== 'size') {
    const [code, reason] = FAILURES[measurement.kind];
    const said = measurement.kind === 'not_an_image' ? mediaType(contentType) : undefined;
    const complete = said === undefined ? reason : `${reason}: the host sent ${said}`;
    return new FetchFault(code, complete).toOutcome(contentLength);
  }
  const { width, height, format, mime, orientation } = measurement;
  return {
    kind: 'measured',
    width,
    height,
    format,
    mime,
    orientation,
    contentLength,
    ...(start === undefined ? {} : { start }),
    ...(keys === undefined ? {} : { keys }),
  };
}

/** The media type without parameters (RFC 9110 §8.3.1), in lower case; undefined for an invalid one. */
function mediaType(contentType = ''): string | undefined {
  return /^[ \t]*([a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63})[ \t]*(?:;|$)/i
    .exec(contentType)?.[1]
    ?.toLowerCase();
}
