import type { ExiftoolTags } from './exiftool.ts';

const MINUTE_MS = 60_000;
const QUARTER_HOUR_MS = 15 * MINUTE_MS;
const MAX_OFFSET_MS = 15 * 60 * MINUTE_MS;

const DATES = [
  ['DateTimeOriginal', 'OffsetTimeOriginal'],
  ['CreateDate', 'OffsetTimeDigitized'],
  ['ModifyDate', 'OffsetTime'],
] as const;
const OFFSETS = ['OffsetTimeOriginal', 'OffsetTimeDigitized', 'OffsetTime'] as const;

/**
 * The capture time by the tags that exiftool prints, in milliseconds since 1970 and whole seconds: the first date that is
 * one, with its offset, the offset of a GPS time near it, or in UTC. A GPS time on its own may be believed or not.
 */
export function expectedCaptureTimes(tags: ExiftoolTags): (number | null)[] {
  const gps = toTime(`${text(tags, 'GPS:GPSDateStamp')?.slice(0, 10)} ${text(tags, 'GPS:GPSTimeStamp')}`);
  for (const [dateTag, offsetTag] of DATES) {
    const date = exif(tags, dateTag);
    const clock = toTime(date);
    if (clock === undefined) continue;
    const offset = [date?.slice(16), exif(tags, offsetTag), ...OFFSETS.map((tag) => exif(tags, tag))]
      .map(toOffset)
      .find((found) => found !== undefined);
    if (offset !== undefined) return [clock - offset];
    const difference = clock - (gps ?? Number.NaN);
    if (!(Math.abs(difference) <= MAX_OFFSET_MS)) return [clock];
    return [clock - Math.round(difference / QUARTER_HOUR_MS) * QUARTER_HOUR_MS];
  }
  return gps === undefined ? [null] : [gps, null];
}

function text(tags: ExiftoolTags, key: string): string | undefined {
  return tags[key] === undefined ? undefined : String(tags[key]);
}

/** A tag of EXIF alone: XMP has some of the same name. */
function exif(tags: ExiftoolTags, tag: string): string | undefined {
  return text(tags, `ExifIFD:${tag}`) ?? text(tags, `IFD0:${tag}`);
}

/** The first six numbers of a date as if it were in UTC; undefined where there is no such time. */
function toTime(date: string | undefined): number | undefined {
  const match = /^(\d{4})\D*(\d{1,2})\D*(\d{1,2})\D*(\d{1,2})\D*(\d{1,2})\D*(\d{1,2})?/.exec(
    date?.trim() ?? '',
  );
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(time);
  const exists = year >= 1800 && read.getUTCMonth() === month - 1 && read.getUTCDate() === day;
  return exists && hour < 24 && minute < 60 && second < 60 ? time : undefined;
}

function toOffset(offset: string | undefined): number | undefined {
  if (/Z\s*$/i.test(offset ?? '')) return 0;
  const match = /([+-])(\d{1,2}):?(\d\d)?\s*$/.exec(offset ?? '');
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * MINUTE_MS;
}
