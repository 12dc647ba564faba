import { InvalidInputError } from '../errors/api-error.js';
import { parseDateTime } from './date-time.js';
import type { Rule } from './rules.js';
import { getTimeZone, type TimeZone, type WallTime, wallTime } from './time-zone.js';

export const DAY_MS = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A period: `from` is inclusive, `to` is exclusive. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
  /** The zone of dates. */
  readonly zone: TimeZone;
}

/** The OpenAPI schema of {@link dateOrInstant}. */
export const DATE_OR_INSTANT = {
  type: 'string',
  pattern: String.raw`^\d{4}-\d{2}-\d{2}(?:[Tt].{9,})?$`,
} as const;

/** The rule for a date such as `2026-11-16`, or a time as RFC 3339 with an offset or `Z`. */
export const dateOrInstant: Rule = (value) =>
  typeof value === 'string' && (parseDate(value) !== undefined || parseDateTime(value) !== undefined)
    ? undefined
    : 'must be a date such as 2026-11-16, or an RFC 3339 date-time with an offset or Z';

/**
 * Converts dates and times that satisfy {@link dateOrInstant} to a period. A date is the start of its day in the zone. As `to` it includes its day.
 *
 * @throws InvalidInputError if the period is empty, or longer than `maxDays`
 */
export function toPeriod(
  given: { readonly from: string; readonly to: string; readonly timeZone?: string | undefined },
  maxDays: number,
): Period {
  const zone = getTimeZone(given.timeZone ?? 'UTC');
  const from = toMoment(given.from, zone, 0);
  const to = toMoment(given.to, zone, DAY_MS);
  if (to <= from) throw new InvalidInputError([{ path: 'to', message: 'must be later than from' }]);
  // A day with a change of the clocks may have an hour more.
  if (to.getTime() - from.getTime() > maxDays * DAY_MS + DAY_MS / 24)
    throw new InvalidInputError([{ path: 'to', message: `must be at most ${maxDays} days after from` }]);
  return { from, to, zone };
}

function toMoment(text: string, zone: TimeZone, add: number): Date {
  const date = parseDate(text);
  const moment = date === undefined ? parseDateTime(text) : new Date(zone.toMoment(date + add));
  if (moment === undefined) throw new TypeError(`${text} is neither a date nor a time`);
  return moment;
}

function parseDate(text: string): WallTime | undefined {
  const [, year, month, day] = DATE.exec(text) ?? [];
  return year === undefined ? undefined : wallTime(Number(year), Number(month), Number(day), 0, 0, 0);
}

/** A day or an ISO week of a zone. */
export interface Interval {
  /** The local date of its first day. */
  readonly date: string;
  readonly start: Date;
}

/** The days or ISO weeks of a period, in order. The first may begin before the period. */
export function toIntervals({ from, to, zone }: Period, unit: 'day' | 'week'): Interval[] {
  const length = unit === 'day' ? DAY_MS : 7 * DAY_MS;
  let wall = Math.floor(zone.toWall(from.getTime()) / DAY_MS) * DAY_MS;
  // The 1st of January 1970 was a Thursday.
  if (unit === 'week') wall -= ((((wall / DAY_MS + 3) % 7) + 7) % 7) * DAY_MS;
  const intervals: Interval[] = [];
  for (; ; wall += length) {
    const start = new Date(zone.toMoment(wall));
    if (start >= to) return intervals;
    intervals.push({ date: new Date(wall).toISOString().slice(0, 10), start });
  }
}
