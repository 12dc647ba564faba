import type { ExifTags } from './exif-tags.js';

export interface Position {
  /** Degrees of WGS 84, to 6 decimal places; north and east are positive. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly errorMeters: number | null;
}

const NOWHERE: Position = { latitude: null, longitude: null, errorMeters: null };
/** Names of WGS 84 that writers use. EPSG 4326 is its number. */
const WGS_84 = /^(?:(?:WGS|World Geodetic System)[\s_-]*(?:19)?84|EPSG:?\s*4326)\b/i;
const PLACES = 1e6;
const MILLIMETERS = 1e3;

/**
 * Where a photo was taken. Latitude and longitude are read separately, so one may be null. A position of
 * exactly 0, 0 is ignored, because receivers without a fix write it.
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

/** 1 or -1 for `N`, `n`, `North`; undefined for any other or no direction. */
function direction(text: string | undefined, positive: string, negative: string): 1 | -1 | undefined {
  const letter = text?.charAt(0).toUpperCase();
  if (letter === positive) return 1;
  return letter === negative ? -1 : undefined;
}

/**
 * Converts degrees, minutes and seconds, which may have fractions. A missing or `n/0` part counts as 0. Whole
 * degrees without minutes are refused, because they would be off by up to 111 km.
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
  // Some writers give the sign twice: in the numbers, or the first of them, and in the direction.
  if (isNegative && (sign > 0 || (whole >= 0 && parsed.some((part) => part > 0)))) return null;
  const value = Math.abs(whole) + Math.abs(orZero(minutes)) / 60 + Math.abs(orZero(seconds)) / 3600;
  if (value > limit) return null;
  // Avoids -0.
  return Math.round(sign * value * PLACES) / PLACES || 0;
}

function orZero(number: number): number {
  return Number.isFinite(number) ? number : 0;
}

/** Meters, rounded to millimeters; null if unknown, zero or negative. */
function positioningError({ numbers }: ExifTags): number | null {
  const [error = Number.NaN] = numbers.GPSHPositioningError ?? [];
  const meters = Math.round(error * MILLIMETERS) / MILLIMETERS;
  return Number.isFinite(meters) && meters > 0 ? meters : null;
}
