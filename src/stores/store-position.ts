import type { Fault } from '../http/errors/api-error.js';

/** The place of a store in degrees. Both numbers are null if the place is not known. */
export interface StorePosition {
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** A store at exactly 0, 0 has no position: programs write these numbers where they know none. */
export function toPosition(latitude: number | null, longitude: number | null): StorePosition {
  return latitude === 0 && longitude === 0 ? { latitude: null, longitude: null } : { latitude, longitude };
}

/** Finds the number that is missing in half of a position. */
export function findMissingHalf({ latitude, longitude }: StorePosition): Fault | undefined {
  if ((latitude === null) === (longitude === null)) return undefined;
  const [missing, given] = latitude === null ? ['latitude', 'longitude'] : ['longitude', 'latitude'];
  return { path: missing, message: `must be given together with the ${given}` };
}
