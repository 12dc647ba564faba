import { type Kind, option, type Values, whole } from '../../options/option.js';
import { COMPARED_CODES, FLAG_CODES, type FlagCode, toMask } from './flag-codes.js';

/** Codes, as a list or separated by commas, or `none`. */
export const FLAG_LIST: Kind<readonly FlagCode[]> = {
  type: 'TextList',
  parse: (text, refuse) => toFlagList(text.split(','), refuse),
  check: (value, refuse) => toFlagList(typeof value === 'string' ? value.split(',') : value, refuse),
};

function toFlagList(value: unknown, refuse: (takes: string) => never): readonly FlagCode[] {
  const takes = `none, or a list of ${FLAG_CODES.join(', ')}`;
  if (!Array.isArray(value)) return refuse(takes);
  const names = value.map((name: unknown) => (typeof name === 'string' ? name.trim() : name));
  if (names.length === 0 || (names.length === 1 && (names[0] === 'none' || names[0] === ''))) return [];
  const codes = new Set(names.map((name) => FLAG_CODES.find((code) => code === name) ?? refuse(takes)));
  return FLAG_CODES.filter((code) => codes.has(code));
}

// prettier-ignore
export const FLAGS_TABLE = {
  maxDelayHours: option('PHOTO_MAX_DELAY_HOURS', 24, whole(0, 87_600), 'A photo that was taken more hours before or after its visit gets the flag `other_time`.'),
  maxDistanceMeters: option('PHOTO_MAX_DISTANCE_METERS', 500, whole(0, 20_100_000), 'A photo that was taken further from a store without a radius of its own gets the flag `elsewhere`, in meters.'),
  minSide: option('PHOTO_MIN_SIDE', 480, whole(1, 1_000_000), 'An image whose shorter side has fewer pixels gets the flag `too_small`.'),
};

/** The option of the module. The standalone service has one of its own, with another default. */
// prettier-ignore
export const MODULE_FLAGS_TABLE = {
  flags: option(undefined, [], FLAG_LIST, 'Flags that images get, as a list of codes ([photo truth](photo-truth.md)).'),
};

/** Which flags images get, and their thresholds. */
export type FlagsOptions = Values<typeof FLAGS_TABLE> & Values<typeof MODULE_FLAGS_TABLE>;

export const FLAGS_OPTIONS = Symbol('FLAGS_OPTIONS');

/** Whether the files of images are identified. */
export function usesKeys({ flags }: Pick<FlagsOptions, 'flags'>): boolean {
  return (toMask(flags) & toMask(COMPARED_CODES)) !== 0;
}
