import { oneOf } from '../../http/input/rules.js';

/**
 * The codes of flags, each with its bit in the column `flags`. A bit is never given to another code, because stored rows
 * keep it. The order of the codes is the order in which they are shown.
 */
export const FLAG_BITS = {
  same_file: 1,
  same_picture: 2,
  repeated_in_visit: 4,
  common_image: 8,
  other_time: 16,
  clock_implausible: 32,
  elsewhere: 64,
  not_a_camera_format: 128,
  too_small: 256,
} as const;

export type FlagCode = keyof typeof FLAG_BITS;

/** A number of images for each code that occurs. */
export type FlagCounts = Readonly<Partial<Record<FlagCode, number>>>;

/** Codes that compare an image with others. */
export const COMPARED_CODES = [
  'same_file',
  'same_picture',
  'repeated_in_visit',
  'common_image',
] as const satisfies readonly FlagCode[];

// oxlint-disable-next-line no-unsafe-type-assertion -- the keys of a constant
export const FLAG_CODES = Object.keys(FLAG_BITS) as readonly FlagCode[];

/** Selects whatever has any flag. */
export const ANY_FLAG = 'any';
export const FLAG_FILTERS = [...FLAG_CODES, ANY_FLAG] as const;
export type FlagFilter = FlagCode | typeof ANY_FLAG;
export const flagFilter = oneOf(FLAG_FILTERS);

/** The bits of several codes. */
export function toMask(codes: Iterable<FlagCode>): number {
  let mask = 0;
  for (const code of codes) mask |= FLAG_BITS[code];
  return mask;
}

export function toFilterMask(filter: FlagFilter): number {
  return filter === ANY_FLAG ? toMask(FLAG_CODES) : FLAG_BITS[filter];
}

/** The codes whose bits are set, in their order. */
export function toCodes(mask: number): FlagCode[] {
  return FLAG_CODES.filter((code) => (mask & FLAG_BITS[code]) !== 0);
}
