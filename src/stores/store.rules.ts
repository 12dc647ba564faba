import { type Rule, text } from '../http/input/rules.js';

/** The rules of the fields of a store, in JSON and CSV. */
export const storeId = text(1, 64);
export const storeName = text(1, 200);
export const areaCode = text(1, 64);

export const MAX_LATITUDE = 90;
export const MAX_LONGITUDE = 180;
/** A smaller radius is probably in kilometers. */
export const MIN_RADIUS_METERS = 1;
export const MAX_RADIUS_METERS = 1_000_000;

export const latitude = numberBetween(-MAX_LATITUDE, MAX_LATITUDE);
export const longitude = numberBetween(-MAX_LONGITUDE, MAX_LONGITUDE);
export const radiusMeters = numberBetween(MIN_RADIUS_METERS, MAX_RADIUS_METERS);

function numberBetween(min: number, max: number): Rule {
  return (value) =>
    typeof value === 'number' && value >= min && value <= max
      ? undefined
      : `must be a number from ${min} to ${max}`;
}
