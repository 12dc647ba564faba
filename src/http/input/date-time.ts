import type { Rule } from './rules.js';

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
/** The message for a text that is not such a date-time. */
export const RFC_3339_EXPECTED =
  'must be an RFC 3339 date-time with an offset or Z, such as 2024-11-16T12:00:00Z';

/**
 * Parses an RFC 3339 date-time to the millisecond. Returns undefined for any other text. The offset is required (§5.6), and the day has to exist in its
 * month. A leap second (§5.7) counts as the first second of the next minute. The instant has to be in the years 1 to 9999.
 */
export function parseDateTime(value: string): Date | undefined {
  const match = DATE_TIME.exec(value);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const millisecond = Math.floor(Number(`0${match[7] ?? ''}`) * 1000);
  const offset = offsetMinutes(match[8] ?? 'Z');
  if (offset === undefined || hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute - offset, second, millisecond);
  const resultYear = date.getUTCFullYear();
  if (second === 60 && (date.getUTCHours() !== 0 || date.getUTCMinutes() !== 0)) return undefined;
  return resultYear >= 1 && resultYear <= 9999 ? date : undefined;
}

/** The rule for a value after {@link parseInstant}. */
export const instant: Rule = (value) =>
  value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : RFC_3339_EXPECTED;

/** Converts a date-time to a Date. Any other value is returned unchanged, and the rule refuses it. */
export function parseInstant(value: unknown): unknown {
  return typeof value === 'string' ? (parseDateTime(value) ?? value) : value;
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
