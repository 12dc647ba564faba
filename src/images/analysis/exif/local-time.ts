/** A date and a time of day as a clock on a wall shows them, in milliseconds as if that were UTC. */
export type WallTime = number;

const DAY_MS = 86_400_000;

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
