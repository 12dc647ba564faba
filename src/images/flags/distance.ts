/** A place in degrees of WGS 84. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** Mean radius of the earth (IUGG). */
const EARTH_METERS = 6_371_008.8;

/** The distance between two places in meters, by the haversine formula. It is at most 0.6 % off. */
export function measureDistance(one: Place, other: Place): number {
  const [first, second] = [toRadians(one.latitude), toRadians(other.latitude)];
  const across = Math.sin((second - first) / 2) ** 2;
  const along = Math.sin(toRadians(other.longitude - one.longitude) / 2) ** 2;
  const haversine = across + Math.cos(first) * Math.cos(second) * along;
  return 2 * EARTH_METERS * Math.asin(Math.sqrt(Math.min(1, haversine)));
}

function toRadians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
