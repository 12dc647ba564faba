import { parseDateTime, RFC_3339_EXPECTED } from '../../http/input/date-time.js';
import { type TimeZone, type WallTime, wallTime } from '../../http/input/time-zone.js';

/** A time, or the message of its fault. */
export type ParsedTime = Date | string;

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const EXPECTED = 'must be a date and a time, such as 2026-11-17 17:06 or 2026-11-17T17:06:00+05:30';
// prettier-ignore
const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
];

/** The database, and ISO 8601 with years of four digits, end here. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The maximum number of characters of a date and a time in any format. */
const MAX_LENGTH = 64;
const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)/;
const DAY_AND_NAME = /^(\d{1,2})[ -]([a-z]{3,9})\.?,?[ -](\d{4})(?!\d)/i;
const NAME_AND_DAY = /^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})(?!\d)/i;
const TIME =
  /^(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(?: ?([ap])\.?m\.?)?(?: ?(z|[+-]\d{2}:?\d{2}))?$/i;
const SHORT_YEAR = /^\d{1,2}([-/.])\d{1,2}\1\d{2}(?!\d)/;
const SERIAL_NUMBER = /^\d{5}(?:[.,]\d+)?$/;

/** Parses the times of visits. */
export class VisitTimes {
  /** @param zone the zone of times without an offset. If it is undefined, only RFC 3339 is accepted. */
  constructor(private readonly zone: TimeZone | undefined) {}

  parse(value: unknown): ParsedTime {
    if (typeof value !== 'string') return this.zone === undefined ? RFC_3339_EXPECTED : EXPECTED;
    const exact = parseDateTime(value);
    if (exact !== undefined) return exact;
    const local = parseLocalTime(value);
    if (this.zone !== undefined) return typeof local === 'string' ? local : toMoment(local, this.zone);
    if (typeof local === 'string') return local === EXPECTED ? RFC_3339_EXPECTED : local;
    return local.offset === undefined
      ? 'has no offset, and no time_zone is given: end it with Z or an offset such as +05:30, or give the time_zone, such as Asia/Kolkata'
      : RFC_3339_EXPECTED;
  }
}

/** A date and a time of day, and the offset in milliseconds if the text has one. */
interface LocalTime {
  readonly wall: WallTime;
  readonly offset: number | undefined;
  /** The date and time in ISO 8601, without an offset. */
  readonly iso: string;
}

function toMoment({ wall, offset, iso }: LocalTime, zone: TimeZone): ParsedTime {
  if (offset !== undefined) return toTime(wall - offset);
  const [moment, laterMoment] = zone.toMoments(wall);
  const write = (at: number): string => `${iso}${toOffsetText(wall - at)}`;
  if (moment === undefined)
    return `does not exist in ${zone.name}: a change of the clocks skips it. Write the time that the clocks showed`;
  if (laterMoment !== undefined)
    return `comes twice in ${zone.name}, because the clocks are set back: write ${write(moment)} or ${write(laterMoment)}`;
  return toTime(moment);
}

function toTime(moment: number): ParsedTime {
  return moment > LATEST ? 'must lie before the end of the year 9999, in UTC' : new Date(moment);
}

/** Parses the formats of people and spreadsheets. Returns the message of the fault if the text is invalid. */
function parseLocalTime(value: string): LocalTime | string {
  if (value.length > MAX_LENGTH) return EXPECTED;
  const text = value.trim().replaceAll(/\s+/g, ' ');
  const found = findDay(text);
  if (found === undefined) return describeOther(text);
  const rest = text.slice(found.length).replace(/^(?:, ?| |t(?=\d))/i, '');
  if (rest === '') return 'is a date without a time: add the time of the visit, such as 2026-11-17 17:06';
  const time = parseTime(rest);
  if (time === undefined) return describeRest(rest);
  const [first, ...others] = found.days;
  if (first === undefined) return 'is a date that does not exist';
  if (others.length > 0) {
    const days = [first, ...others];
    const names = days.map(({ month, day }) => `${day} ${MONTHS[month - 1]}`).join(' or ');
    return `could be ${names}: write ${days.map((day) => `${toIsoDay(day)} ${time.clock}`).join(' or ')}`;
  }
  const wall = wallTime(first.year, first.month, first.day, time.hour, time.minute, time.second);
  if (wall === undefined) return 'is a date or a time that does not exist';
  const iso = `${toIsoDay(first)}T${time.clock.padEnd(8, ':00')}`;
  return { wall: wall + time.millisecond, offset: time.offset, iso };
}

/** The possible days of the date at the start of a text, and its length. Returns undefined if there is no date. */
function findDay(text: string): { readonly days: readonly Day[]; readonly length: number } | undefined {
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst !== null) {
    const [all, year, , month, day] = yearFirst;
    return { days: existing([toDay(year, month, day)]), length: all.length };
  }
  const yearLast = YEAR_LAST.exec(text);
  if (yearLast !== null) {
    const [all, one, , other, year] = yearLast;
    const days = [toDay(year, other, one)];
    // 05/05 is the same day either way.
    if (Number(one) !== Number(other)) days.push(toDay(year, one, other));
    return { days: existing(days), length: all.length };
  }
  const [all, day, name, year] = DAY_AND_NAME.exec(text) ?? swapped(NAME_AND_DAY.exec(text));
  if (all === undefined || name === undefined) return undefined;
  const month = MONTHS.findIndex((each) => isMonthName(name, each)) + 1;
  return month === 0 ? undefined : { days: existing([toDay(year, String(month), day)]), length: all.length };
}

function swapped(match: RegExpExecArray | null): readonly string[] {
  const [all = '', name = '', day = '', year = ''] = match ?? [];
  return match === null ? [] : [all, day, name, year];
}

/** Accepts `Nov`, `Sept` and `November`. */
function isMonthName(name: string, month: string): boolean {
  const lower = name.toLowerCase();
  const full = month.toLowerCase();
  return lower === full || lower === full.slice(0, 3) || (lower === 'sept' && full === 'september');
}

function toDay(year = '', month = '', day = ''): Day {
  return { year: Number(year), month: Number(month), day: Number(day) };
}

function existing(days: readonly Day[]): Day[] {
  return days.filter(({ year, month, day }) => wallTime(year, month, day, 0, 0, 0) !== undefined);
}

interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly offset: number | undefined;
  /** The time in 24-hour format, without fractions of a second. */
  readonly clock: string;
}

function parseTime(text: string): TimeOfDay | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, hours = '', minutes, seconds, fraction = '', amOrPm, zone] = match;
  const given = Number(hours);
  // An hour alone is only a time with AM or PM.
  if (amOrPm === undefined ? minutes === undefined || given > 23 : given < 1 || given > 12) return undefined;
  const hour = amOrPm === undefined ? given : (given % 12) + (amOrPm.toLowerCase() === 'p' ? 12 : 0);
  const [minute, second] = [Number(minutes ?? 0), Number(seconds ?? 0)];
  const offset = zone === undefined ? undefined : parseOffset(zone);
  if (minute > 59 || second > 59 || offset === null) return undefined;
  const clock = [hour, minute, ...(seconds === undefined ? [] : [second])].map(twoDigits).join(':');
  return { hour, minute, second, millisecond: Number(fraction.slice(0, 3).padEnd(3, '0')), offset, clock };
}

/** Returns milliseconds, or null for an offset that does not exist. */
function parseOffset(zone: string): number | null {
  if (/^z$/i.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** The fault of a text that does not start with a date. */
function describeOther(text: string): string {
  if (parseTime(text) !== undefined)
    return 'is a time without a date: put both into one cell, such as 2026-11-17 17:06';
  if (SHORT_YEAR.test(text)) return 'has a year of two digits: write four, such as 2026-11-17 17:06';
  if (SERIAL_NUMBER.test(text))
    return 'is the number that a spreadsheet keeps for a date: format the column as text or as a date, such as 2026-11-17 17:06';
  return EXPECTED;
}

/** The fault of the text after a date. */
function describeRest(rest: string): string {
  const [, abbreviation] = /\d ?([a-z]{3,5})$/i.exec(rest) ?? [];
  return abbreviation === undefined
    ? 'has a time that cannot be read: write it as 2026-11-17 17:06, or with AM or PM'
    : `ends with ${abbreviation}, which several zones may be called: write an offset such as +05:30 instead`;
}

function toIsoDay({ year, month, day }: Day): string {
  return `${year}-${twoDigits(month)}-${twoDigits(day)}`;
}

function toOffsetText(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  return `${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
