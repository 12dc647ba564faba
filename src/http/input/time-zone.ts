import type { Rule } from './rules.js';

/** A local date and time of day, in milliseconds as if it was UTC. */
export type WallTime = number;

const DAY_MS = 86_400_000;
/** The maximum number of days whose offset a zone caches. */
const MAX_REMEMBERED_DAYS = 4_096;

/** Whether a name is an IANA time zone that this version of Node supports. */
export function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Converts wall times of a time zone to moments. */
export class TimeZone {
  private readonly format: Intl.DateTimeFormat;
  /** Offsets by the day of a wall time. Null for a day near a change of the offset. */
  private readonly offsets = new Map<number, number | null>();
  /** Offsets by the day of a moment, in UTC. Null for a day in which the offset changes. */
  private readonly offsetsInUtc = new Map<number, number | null>();

  /** @throws RangeError if the name is not an IANA time zone */
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
   * Converts a wall time to milliseconds since 1970. If the wall time occurs twice, because clocks are set back, the result is the first moment. If it is
   * skipped, because clocks are set forward, it is read with the offset before the change (RFC 5545 §3.3.5).
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
   * Returns all moments of a wall time, in milliseconds since 1970. There is usually one. There is none if a change of the clocks skips the wall time, and
   * there are two if a change repeats it.
   */
  toMoments(wall: WallTime): readonly number[] {
    const usual = this.offsetOfDay(Math.floor(wall / DAY_MS));
    if (usual !== null) return [wall - usual];
    const offsets = new Set([this.offsetAt(wall - DAY_MS), this.offsetAt(wall + DAY_MS)]);
    return [...offsets]
      .map((offset) => wall - offset)
      .filter((moment) => moment + this.offsetAt(moment) === wall);
  }

  /** Returns the wall time of a moment, which is given in milliseconds since 1970. */
  toWall(moment: number): WallTime {
    return moment + (this.offsetOfUtcDay(Math.floor(moment / DAY_MS)) ?? this.offsetAt(moment));
  }

  /** The offset of all moments of a day in UTC, or null if it changes. */
  private offsetOfUtcDay(day: number): number | null {
    const known = this.offsetsInUtc.get(day);
    if (known !== undefined) return known;
    const first = this.offsetAt(day * DAY_MS);
    const offset = first === this.offsetAt((day + 1) * DAY_MS) ? first : null;
    if (this.offsetsInUtc.size >= MAX_REMEMBERED_DAYS) this.offsetsInUtc.clear();
    this.offsetsInUtc.set(day, offset);
    return offset;
  }

  /** The offset of all wall times of a day, or null if there may be several offsets. */
  private offsetOfDay(day: number): number | null {
    const known = this.offsets.get(day);
    if (known !== undefined) return known;
    const before = this.offsetAt((day - 1) * DAY_MS);
    const offset = before === this.offsetAt((day + 2) * DAY_MS) ? before : null;
    if (this.offsets.size >= MAX_REMEMBERED_DAYS) this.offsets.clear();
    this.offsets.set(day, offset);
    return offset;
  }

  /** The wall time of a moment minus the moment. */
  private offsetAt(moment: number): number {
    const shown: Record<string, number> = {};
    for (const { type, value } of this.format.formatToParts(moment)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    const wall = Date.UTC(year, month - 1, day, hour, minute, second);
    // The formatted time has no fraction of a second. Round down, also before 1970.
    return wall - Math.floor(moment / 1000) * 1000;
  }
}

/** Returns undefined if the date or time does not exist, or is before the year 1800. */
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
 * Returns the zone of a name in any case. Zones are cached because creating one is slow. There are only some hundred names.
 *
 * @throws RangeError if the name is not an IANA time zone
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

/** Common abbreviations of zones, each with examples of zones that it may mean. */
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

/** IANA names without a slash: `UTC`, `GMT` and places such as `Japan`. `EST5EDT` and `CET` are abbreviations and do not match. */
const PLAIN_NAME = /^(?:utc|gmt|[a-z]{4,}(?:-[a-z]+)?)$/i;

/** The rule for an IANA name of a zone. An abbreviation is refused, because several zones may use it. */
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

/** All IANA names are shorter. */
const MAX_NAME_LENGTH = 64;
