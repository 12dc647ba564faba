import { type WallTime, wallTime } from '../../../http/input/time-zone.js';

/** A date and time of a tag. */
export interface ExifDate {
  /** Milliseconds, including the fraction of a second in the value itself. */
  readonly wall: WallTime;
  /** Whether the value itself has a fraction of a second. */
  readonly hasFraction: boolean;
  /** Milliseconds east of UTC, if the value itself has an offset. */
  readonly offset: number | undefined;
}

const MINUTE_MS = 60_000;
/** The largest offset from UTC on Earth. */
const MAX_OFFSET_MINUTES = 14 * 60;

const DATE = /^(\d{4})[:\-/. ]\s*(\d{1,2})[:\-/. ]\s*(\d{1,2})/.source;
const TIME = /\s*(\d{1,2}):\s*(\d{1,2})(?::\s*(\d{1,2})(?:[.,](\d+))?)?(?!\d)/.source;
/**
 * `2024:11:16 12:04:10` of EXIF 3.0, 4.6.5; also ISO dates, slashes, points, and parts padded with a space.
 */
const DATE_TIME = new RegExp(`${DATE}[ T:]${TIME}(.*)$`, 'i');
/** `20241116 12:04:10` and `20241116T120410`. */
const COMPACT = /^(\d{4})(\d\d)(\d\d)[ T]?(\d\d):?(\d\d):?(\d\d)(?:[.,](\d+))?(.*)$/i;
const DAY = new RegExp(`${DATE}(?!\\d)`);
const OFFSET = /^(?:UTC|GMT)?\s*([+\-−])\s*(\d{1,2})(?::?(\d\d)(?::?00)?)?$/i;
/** Seconds that are not a number, or a 12-hour time. */
const UNREADABLE_REST = /^:\s*\S|^\s*[ap]\.?m/i;

/**
 * Parses the date and time of a tag. Undefined for a placeholder (`0000:00:00 00:00:00`, blanks), for a date
 * without a time of day, and for a time that does not exist. Missing seconds are 0. Text behind it that is not
 * an offset is ignored.
 */
export function parseExifDate(text: string | undefined): ExifDate | undefined {
  const match = DATE_TIME.exec(text ?? '') ?? COMPACT.exec(text ?? '');
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction, rest = ''] = match;
  if (UNREADABLE_REST.test(rest)) return undefined;
  const wall = wallTime(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  if (wall === undefined) return undefined;
  const milliseconds = parseSubseconds(fraction);
  return {
    wall: wall + (milliseconds ?? 0),
    hasFraction: milliseconds !== undefined,
    offset: parseOffset(rest.trim()),
  };
}

/** Parses `2024:11:16` (GPSDateStamp) to the start of that day in UTC. Text behind it is ignored. */
export function parseExifDay(text: string | undefined): number | undefined {
  const match = DAY.exec(text ?? '');
  return match === null ? undefined : wallTime(Number(match[1]), Number(match[2]), Number(match[3]), 0, 0, 0);
}

/** Parses the decimal digits of a second (SubSecTime) to whole milliseconds. */
export function parseSubseconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text.slice(0, 3).padEnd(3, '0')) : undefined;
}

/**
 * Parses `+05:30`, `+05:30:00`, `+5:30`, `+0530`, `+05` or `Z` (EXIF 3.0, 4.6.5) to milliseconds; undefined for
 * anything else.
 */
export function parseOffset(text: string | undefined): number | undefined {
  if (text?.toUpperCase() === 'Z') return 0;
  const match = OFFSET.exec(text ?? '');
  if (match === null) return undefined;
  const [, sign, hours, minutes = '0'] = match;
  const total = Number(hours) * 60 + Number(minutes);
  if (total > MAX_OFFSET_MINUTES || Number(minutes) > 59) return undefined;
  return (sign === '+' ? total : -total) * MINUTE_MS || 0;
}
