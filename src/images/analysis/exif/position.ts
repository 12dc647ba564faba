import type { ExifTags } from './exif-tags.js';

export interface Position {
  /** Degrees of WGS 84, to 6 places; north and east are positive. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly errorMeters: number | null;
}

const NOWHERE: Position = { latitude: null, longitude: null, errorMeters: null };
/** The names of WGS 84 that writers use; EPSG 4326 is its number. */
const WGS_84 = /^(?:(?:WGS|World Geodetic System)[\s_-]*(?:19)?84|EPSG:?\s*4326)\b/i;
const PLACES = 1e6;
const MILLIMETERS = 1e3;

/**
 * Where a photo was taken. Latitude and longitude are read on their own: one that cannot be read does not cost the other.
 * A position of exactly 0, 0 is none: it is what receivers without a fix write.
 */
export function getPosition(tags: ExifTags): Position {
  const { GPSMapDatum: datum, GPSLatitudeRef: northOrSouth, GPSLongitudeRef: eastOrWest } = tags.texts;
  const { GPSLatitude: latitudeParts, GPSLongitude: longitudeParts } = tags.numbers;
  if (datum !== undefined && !WGS_84.test(datum)) return NOWHERE;
  const latitude = degrees(latitudeParts, direction(northOrSouth, 'N', 'S'), 90);
  const longitude = degrees(longitudeParts, direction(eastOrWest, 'E', 'W'), 180);
  if (latitude === 0 && longitude === 0) return NOWHERE;
  const isKnown = latitude !== null && longitude !== null;
  return { latitude, longitude, errorMeters: isKnown ? positioningError(tags) : null };
}

/** 1 or -1 for `N`, `n`, `North`; undefined for another direction, and without one. */
function direction(text: string | undefined, positive: string, negative: string): 1 | -1 | undefined {
  const letter = text?.charAt(0).toUpperCase();
  if (letter === positive) return 1;
  return letter === negative ? -1 : undefined;
}

/**
 * Degrees, minutes and seconds, each of which may have a fraction. What is missing or `n/0` counts as 0, but for minutes
 * of whole degrees: those alone would be off by up to 111 km.
 */
function degrees(
  parts: readonly number[] | undefined,
  sign: 1 | -1 | undefined,
  limit: number,
): number | null {
  const [whole = Number.NaN, minutes = 0, seconds = 0] = parts ?? [];
  if (sign === undefined || !Number.isFinite(whole)) return null;
  if (!Number.isFinite(minutes) && Number.isInteger(whole)) return null;
  const parsed = [whole, orZero(minutes), orZero(seconds)];
  const isNegative = parsed.some((part) => part < 0);
  // Some writers give the sign twice: by the numbers, or the first of them, and by the direction.
  if (isNegative && (sign > 0 || (whole >= 0 && parsed.some((part) => part > 0)))) return null;
  const value = Math.abs(whole) + Math.abs(orZero(minutes)) / 60 + Math.abs(orZero(seconds)) / 3600;
  if (value > limit) return null;
  // There is no minus before a zero.
  return Math.round(sign * value * PLACES) / PLACES || 0;
}

function orZero(number: number): number {
  return Number.isFinite(number) ? number : 0;
}

/** Meters, to millimeters; null where it is unknown, zero or less. */
function positioningError({ numbers }: ExifTags): number | null {
  const [error = Number.NaN] = numbers.GPSHPositioningError ?? [];
  const meters = Math.round(error * MILLIMETERS) / MILLIMETERS;
  return Number.isFinite(meters) && meters > 0 ? meters : null;
}
