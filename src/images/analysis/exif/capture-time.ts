import { parseExifDate, parseExifDay, parseOffset, parseSubseconds } from './exif-date.js';
import type { ExifTags } from './exif-tags.js';
import type { TimeZone, WallTime } from '../../../http/input/time-zone.js';

/** The source of a capture time: DateTimeOriginal, DateTimeDigitized, DateTime, or the GPS time. */
export type CaptureTimeSource = 'original' | 'digitized' | 'modified' | 'gps';

export interface CaptureTime {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: CaptureTimeSource;
}

/** The context in which a photo's tags are interpreted. */
export interface CaptureContext {
  readonly visitTime: Date;
  /** The zone of clock times without an offset in the photo. */
  readonly zone: TimeZone | undefined;
  /** The time of processing. */
  readonly now: Date;
}

/** The dates of a photo by priority, with the tags that belong to each. */
const SOURCES = [
  ['original', 'DateTimeOriginal', 'OffsetTimeOriginal', 'SubSecTimeOriginal'],
  ['digitized', 'DateTimeDigitized', 'OffsetTimeDigitized', 'SubSecTimeDigitized'],
  ['modified', 'DateTime', 'OffsetTime', 'SubSecTime'],
] as const;
const OFFSET_TAGS = ['OffsetTimeOriginal', 'OffsetTimeDigitized', 'OffsetTime'] as const;

const SECOND_MS = 1_000;
const QUARTER_HOUR_MS = 15 * 60 * SECOND_MS;
const HOUR_MS = 60 * 60 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;
/**
 * A clock time and a GPS time that differ by more are of different moments. Offsets range from -12 to +14
 * hours.
 */
const MAX_OFFSET_MS = 15 * HOUR_MS;
/** No phone or camera that writes a GPS time is older. */
const FIRST_PLAUSIBLE = Date.UTC(2005, 0);
/** GPS counts weeks in ten bits, so a receiver with old software is off by this much (IS-GPS-200, 3.3.4). */
const WEEK_ROLLOVER_MS = 1_024 * 7 * DAY_MS;
const ROLLOVER_MARGIN_MS = 365 * DAY_MS;
/** The first week of GPS, which a receiver without a fix reports. */
const GPS_EPOCH = Date.UTC(1980, 0, 6);

interface Clock {
  readonly source: CaptureTimeSource;
  readonly wall: WallTime;
  /** The offset in the value itself or in an offset tag. */
  readonly offset: number | undefined;
}

/**
 * When a photo was taken: the first of its dates with a known offset, else a plausible GPS time. The offset of
 * a date comes from the date itself, an offset tag, a GPS time within 15 hours of it, or the zone, in this
 * order.
 */
export function captureTime(tags: ExifTags, context: CaptureContext): CaptureTime | undefined {
  const clocks = getClocks(tags);
  const gps = gpsTime(tags);
  for (const clock of clocks) {
    const at = placed(clock, gps, context.zone);
    if (at !== undefined) return { at, source: clock.source };
  }
  return gps !== undefined && isPlausible(gps, clocks, context) ? { at: gps, source: 'gps' } : undefined;
}

function getClocks({ texts }: ExifTags): Clock[] {
  const anyOffset = OFFSET_TAGS.map((tag) => parseOffset(texts[tag])).find((offset) => offset !== undefined);
  const clocks: Clock[] = [];
  for (const [source, dateTag, offsetTag, subsecondsTag] of SOURCES) {
    const date = parseExifDate(texts[dateTag]);
    if (date === undefined) continue;
    const subseconds = date.hasFraction ? 0 : (parseSubseconds(texts[subsecondsTag]) ?? 0);
    const offset = date.offset ?? parseOffset(texts[offsetTag]) ?? anyOffset;
    clocks.push({ source, wall: date.wall + subseconds, offset });
  }
  return clocks;
}

/** Milliseconds since 1970. */
function placed(
  { wall, offset }: Clock,
  gps: number | undefined,
  zone: TimeZone | undefined,
): number | undefined {
  if (offset !== undefined) return wall - offset;
  const difference = gps === undefined ? Infinity : wall - gps;
  if (Math.abs(difference) <= MAX_OFFSET_MS) {
    return wall - Math.round(difference / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  }
  return zone?.toMoment(wall);
}

/** The GPS time in milliseconds since 1970. Its parts may have fractions. Invalid seconds count as 0. */
function gpsTime({ texts, numbers }: ExifTags): number | undefined {
  const day = parseExifDay(texts.GPSDateStamp);
  const [hours = Number.NaN, minutes = 0, seconds = 0] = numbers.GPSTimeStamp ?? [];
  if (day === undefined || day === GPS_EPOCH) return undefined;
  const isTime = hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
  if (!isTime) return undefined;
  const knownSeconds = seconds >= 0 && seconds < 61 ? seconds : 0;
  return day + Math.round(((hours * 60 + minutes) * 60 + knownSeconds) * SECOND_MS);
}

/**
 * Whether a GPS time is plausible without another date: from a time with such receivers, not in the future, not
 * what a receiver would report after a week rollover before the visit, and not days away from a plausible
 * clock.
 */
function isPlausible(gps: number, clocks: readonly Clock[], { visitTime, now }: CaptureContext): boolean {
  const isOfThisAge = (time: number): boolean => time >= FIRST_PLAUSIBLE && time <= now.getTime() + DAY_MS;
  const isRollover = Math.abs(gps + WEEK_ROLLOVER_MS - visitTime.getTime()) <= ROLLOVER_MARGIN_MS;
  return isOfThisAge(gps) && !isRollover && !clocks.some(({ wall }) => isOfThisAge(wall));
}
