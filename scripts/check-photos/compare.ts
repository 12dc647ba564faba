import type { ExifFinding } from '../../src/images/analysis/exif/decode-exif.js';
import type { ImageResultView } from '../../src/images/results/result-fields.js';
import { type ExiftoolTags } from './exiftool.ts';
import { toExpected } from './expected.ts';

/** What is compared. `status` is that of a file that was not measured. */
export const FIELDS = [
  'status',
  'width',
  'height',
  'orientation',
  'capture_time',
  'position',
  'camera',
] as const;
export type Field = (typeof FIELDS)[number];

/** A value that Shelfline and exiftool do not agree on; null is none. */
export interface Disagreement {
  readonly file: string;
  readonly field: Field;
  readonly shelfline: string | number | null;
  readonly exiftool: string | number | null;
}

/** What came of the comparison of one file. */
export interface Comparison {
  /** Whether exiftool reads a size of the file. Nothing is compared without. */
  readonly isCompared: boolean;
  readonly disagreements: readonly Disagreement[];
}

/** Shelfline says of these that it does not read them, which is no disagreement. */
const NOT_SUPPORTED = 'unsupported_format';
/** About a meter. exiftool and Shelfline round differently. */
const DEGREES = 0.000_01;
const SECOND_MS = 1_000;

/** Compares the result of a file with what exiftool says of it. */
export function compare(file: string, image: ImageResultView, tags: ExiftoolTags): Comparison {
  const expected = toExpected(tags);
  const { width, height } = image;
  const size =
    expected.sizes.find((each) => each.width === width && each.height === height) ?? expected.sizes[0];
  if (size === undefined) return { isCompared: false, disagreements: [] };
  const disagreements: Disagreement[] = [];
  const report = (
    field: Field,
    shelfline: string | number | null,
    exiftool: string | number | null,
  ): void => {
    disagreements.push({ file, field, shelfline, exiftool });
  };
  if (image.status !== 'succeeded') {
    if (image.error_code !== NOT_SUPPORTED)
      report('status', image.error_code, `${size.width} x ${size.height}`);
    return { isCompared: image.error_code !== NOT_SUPPORTED, disagreements };
  }
  const exif = getExif(image);
  if (width !== size.width) report('width', width, size.width);
  if (height !== size.height) report('height', height, size.height);
  if (!isOrientation(image, expected.orientations))
    report('orientation', image.orientation, expected.orientations[0] ?? null);
  const captured = exif.capture_time ?? null;
  if (!expected.captureTimes.some((time) => isSecond(captured, time)))
    report('capture_time', captured, toText(expected.captureTimes[0] ?? null));
  if (!isPosition(exif, expected.position))
    report('position', positionText(exif), positionText(expected.position));
  if (!expected.cameras.some((camera) => isCamera(exif.camera ?? null, camera)))
    report('camera', exif.camera ?? null, expected.cameras[0] ?? null);
  return { isCompared: true, disagreements };
}

function getExif({ analysis }: ImageResultView): Partial<ExifFinding> {
  const found: unknown = analysis['exif'];
  return typeof found === 'object' && found !== null ? found : {};
}

/** exiftool reads no mirroring of HEIF and AVIF, so one that only Shelfline sees there is not compared. */
function isOrientation(image: ImageResultView, expected: readonly (number | null)[]): boolean {
  const isMirrored = image.orientation !== null && [2, 4, 5, 7].includes(image.orientation);
  if (isMirrored && ['heic', 'heif', 'avif'].includes(image.format ?? '')) return true;
  return expected.some((orientation) => (orientation ?? 1) === (image.orientation ?? 1));
}

function isSecond(captured: string | null, expected: number | null): boolean {
  if (captured === null || expected === null) return captured === expected;
  return Math.floor(Date.parse(captured) / SECOND_MS) === Math.floor(expected / SECOND_MS);
}

function toText(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

interface Place {
  readonly latitude?: number | null;
  readonly longitude?: number | null;
}

function isPosition(place: Place, expected: Place | null): boolean {
  const { latitude = null, longitude = null } = place;
  if (latitude === null || longitude === null || expected === null)
    return (latitude === null || longitude === null) === (expected === null);
  return isNear(latitude, expected.latitude) && isNear(longitude, expected.longitude);
}

function positionText(place: Place | null): string | null {
  const { latitude = null, longitude = null } = place ?? {};
  if (latitude === null && longitude === null) return null;
  return `${latitude?.toFixed(6) ?? '?'}, ${longitude?.toFixed(6) ?? '?'}`;
}

/** Shelfline cuts at 100 characters. exiftool prints `?` for bytes that are no UTF-8, and numbers for texts of digits. */
function isCamera(camera: string | null, expected: string | null): boolean {
  if (camera === null || expected === null) return camera === expected;
  return ascii(camera) === ascii(expected) || Number(camera) === Number(expected);
}

function isNear(degrees: number, expected: number | null | undefined): boolean {
  return Math.abs(degrees - (expected ?? Infinity)) <= DEGREES;
}

function ascii(text: string): string {
  return text.replaceAll(/(?:[^\x20-\x7e]|\?)+/g, '?').slice(0, 90);
}
