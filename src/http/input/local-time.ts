import type { Rule } from './rules.js';

/** A date and a time of day as a clock on a wall shows them, in milliseconds as if that were UTC. */
export type WallTime = number;

const DAY_MS = 86_400_000;
/** Days whose offset a zone remembers. */
const MAX_REMEMBERED_DAYS = 4_096;

/** Whether a name is a time zone of the IANA database that this Node knows. */
export function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A time zone, by which wall times are read. */
export class TimeZone {
  private readonly format: Intl.DateTimeFormat;
  /** Offsets by the number of the day of a wall time; null for a day near a change. */
  private readonly offsets = new Map<number, number | null>();

  /** @throws RangeError for a name that is none of the IANA database */
  constructor(readonly name: string) {
    if (!isTimeZone(name)) throw new RangeError(`"${name}" is no time zone of the IANA database`);
    this.format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /**
   * The moment that a wall time is in this zone, in milliseconds since 1970. A time that comes twice, when clocks are set
   * back, is the first of the two; one that is skipped, when they are set forward, is as much after the change as it is
   * after the clock stopped (RFC 5545 §3.3.5).
   */
  toMoment(wall: WallTime): number {
    // No zone changes its offset twice within two days.
    const before = this.offsetAt(wall - DAY_MS);
    const after = this.offsetAt(wall + DAY_MS);
    const first = wall - before;
    if (before === after || this.offsetAt(first) === before) return first;
    const second = wall - after;
    return this.offsetAt(second) === after ? second : first;
  }

  /**
   * The moments that a wall time is in this zone, in milliseconds since 1970: one, as a rule; none where a change of the clocks skips it;
   * two where a change repeats it.
   */
  toMoments(wall: WallTime): readonly number[] {
    const usual = this.offsetOfDay(Math.floor(wall / DAY_MS));
    if (usual !== null) return [wall - usual];
    const offsets = new Set([this.offsetAt(wall - DAY_MS), this.offsetAt(wall + DAY_MS)]);
    return [...offsets]
      .map((offset) => wall - offset)
      .filter((moment) => moment + this.offsetAt(moment) === wall);
  }

  /** The offset of all wall times of a day; null where there may be several. */
  private offsetOfDay(day: number): number | null {
    const known = this.offsets.get(day);
    if (known !== undefined) return known;
    const before = this.offsetAt((day - 1) * DAY_MS);
    const offset = before === this.offsetAt((day + 2) * DAY_MS) ? before : null;
    if (this.offsets.size >= MAX_REMEMBERED_DAYS) this.offsets.clear();
    this.offsets.set(day, offset);
    return offset;
  }

  /** What clocks show at a moment, less the moment. */
  private offsetAt(moment: number): number {
    const shown: Record<string, number> = {};
    for (const { type, value } of this.format.formatToParts(moment)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    const wall = Date.UTC(year, month - 1, day, hour, minute, second);
    // Nothing below a second is shown, also before 1970.
    return wall - Math.floor(moment / 1000) * 1000;
  }
}

/** Undefined where it is no time that there is. Photographs are younger than the year 1800. */
export function wallTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): WallTime | undefined {
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(wall);
  const exists = year >= 1800 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists && hour < 24 && minute < 60 && second < 60 ? wall : undefined;
}

const zones = new Map<string, TimeZone>();

/**
 * The zone of a name. One is made for each name, as that takes long. There are some hundred names, in whatever case they are written.
 *
 * @throws RangeError for a name that is none of the IANA database
 */
export function getTimeZone(name: string): TimeZone {
  const key = name.toLowerCase();
  let zone = zones.get(key);
  if (zone === undefined) {
    zone = new TimeZone(name);
    zones.set(key, zone);
  }
  return zone;
}

/** Abbreviations that people use for zones, with some of the zones that each stands for. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  BST: 'Europe/London or Asia/Dhaka',
  CET: 'Europe/Berlin or Europe/Paris',
  CST: 'America/Chicago or Asia/Shanghai',
  EST: 'America/New_York',
  IST: 'Asia/Kolkata, Europe/Dublin or Asia/Jerusalem',
  JST: 'Asia/Tokyo',
  MSK: 'Europe/Moscow',
  MST: 'America/Denver',
  PST: 'America/Los_Angeles or Asia/Manila',
};

/** Names of the database that have no slash: `UTC`, `GMT` and places such as `Japan`. `EST5EDT` and `CET` are abbreviations. */
const PLAIN_NAME = /^(?:utc|gmt|[a-z]{4,}(?:-[a-z]+)?)$/i;

/** The IANA name of a place's zone, or `UTC`. An abbreviation is refused: several zones may have it. */
export const timeZoneName: Rule = (value) => {
  if (typeof value !== 'string') return 'must be a text: an IANA name such as Asia/Kolkata';
  if (value.length <= MAX_NAME_LENGTH && (value.includes('/') || PLAIN_NAME.test(value)) && isTimeZone(value))
    return undefined;
  const shown = JSON.stringify(value.slice(0, MAX_NAME_LENGTH));
  const meant = Object.hasOwn(ABBREVIATIONS, value.toUpperCase()) && ABBREVIATIONS[value.toUpperCase()];
  return meant
    ? `must be an IANA name, and ${shown} is an abbreviation: write ${meant}`
    : `must be an IANA name such as Asia/Kolkata, and ${shown} is none`;
};

/** No name of the database is longer. */
const MAX_NAME_LENGTH = 64;
