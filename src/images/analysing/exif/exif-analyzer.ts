import type { AnalyzedImage, ImageAnalyzer, ImageBytes } from '../image-analyzer.js';
import { exifBlock } from './exif-block.js';
import { type ExifTags, readTags } from './exif-tags.js';
import { offsetOf, TimeZone, wallTime, wallTimeOf } from './local-time.js';

/** What the EXIF of a photo says. A type, not an interface: it is JSON. */
export type ExifFinding = {
  /** ISO 8601 in UTC. */
  readonly capture_time: string | null;
  /** From the time of the visit to the capture; negative where the photo was taken before. */
  readonly capture_delay_seconds: number | null;
  /** Make and model. */
  readonly camera: string | null;
  /** Degrees of WGS 84, to 6 places; north and east are positive. */
  readonly latitude: number | null;
  readonly longitude: number | null;
};

export interface ExifOptions {
  /**
   * IANA name of the zone in which capture times are read that say no offset of their own. Without it they are not
   * known, unless the photo has the time of GPS.
   */
  readonly timeZone?: string;
}

const LONGEST_CAMERA = 100;
const WGS_84 = /^WGS[- ]?84$/i;

/**
 * Says when, where and by which camera a photo was taken: what stands in the EXIF of JPEG, PNG, WebP, HEIF, AVIF and TIFF
 * files, as far as it stands in the bytes that were read to measure them. It sends no request. A file without EXIF costs a
 * look at a few bytes, and has no entry.
 *
 * The clock of a camera is believed as it is. It shows local time: its offset is taken from the photo
 * (`OffsetTimeOriginal`, else `OffsetTime`); without one the time of GPS, which is UTC, counts instead; without that the
 * time is read in the zone of the options. Nothing else is assumed.
 *
 * @example
 * analyzers: [new ExifAnalyzer({ timeZone: 'Asia/Kolkata' })]
 */
export class ExifAnalyzer implements ImageAnalyzer {
  readonly name = 'exif';
  private readonly zone: TimeZone | undefined;

  /** @throws RangeError for a time zone that is none */
  constructor(options: ExifOptions = {}) {
    this.zone = options.timeZone === undefined ? undefined : new TimeZone(options.timeZone);
  }

  wants(start: Buffer, format: string): boolean {
    return exifBlock(start, format) !== undefined;
  }

  async analyze(
    { format, visit_time }: Pick<AnalyzedImage, 'format' | 'visit_time'>,
    { start }: Pick<ImageBytes, 'start'>,
  ): Promise<ExifFinding | undefined> {
    const block = exifBlock(start, format);
    if (block === undefined) return undefined;
    const tags = readTags(block);
    const captured = captureTime(tags, this.zone);
    return {
      capture_time: captured === undefined ? null : new Date(captured).toISOString(),
      capture_delay_seconds:
        captured === undefined ? null : Math.trunc((captured - visit_time.getTime()) / 1000),
      camera: cameraOf(tags),
      latitude: degrees(tags, 'GPSLatitude', ['N', 'S'], 90),
      longitude: degrees(tags, 'GPSLongitude', ['E', 'W'], 180),
    };
  }
}

/** Milliseconds since 1970. */
function captureTime(tags: ExifTags, zone: TimeZone | undefined): number | undefined {
  const wall = wallTimeOf(tags.texts.DateTimeOriginal);
  const offset = offsetOf(tags.texts.OffsetTimeOriginal) ?? offsetOf(tags.texts.OffsetTime);
  if (wall !== undefined && offset !== undefined) return wall - offset;
  const satellite = gpsTime(tags);
  if (satellite !== undefined) return satellite;
  return wall === undefined ? undefined : zone?.momentOf(wall);
}

/** The time of the position, in UTC (EXIF 2.32 §4.6.6). */
function gpsTime({ texts, triples }: ExifTags): number | undefined {
  const date = /^(\d{4})[:-](\d\d)[:-](\d\d)$/.exec(texts.GPSDateStamp ?? '');
  const time = triples.GPSTimeStamp;
  if (date === null || time === undefined) return undefined;
  return wallTime(Number(date[1]), Number(date[2]), Number(date[3]), time[0], time[1], Math.trunc(time[2]));
}

/** Without the make where the model begins with it, or with the first word of it. */
function cameraOf({ texts: { Make: make, Model: model } }: ExifTags): string | null {
  if (make === undefined || model === undefined) return bounded(model ?? make);
  const [brand = make] = make.toLowerCase().split(' ');
  return bounded(model.toLowerCase().startsWith(brand) ? model : `${make} ${model}`);
}

function bounded(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, LONGEST_CAMERA).toWellFormed().trim();
}

function degrees(
  { texts, triples }: ExifTags,
  name: 'GPSLatitude' | 'GPSLongitude',
  [positive, negative]: readonly [string, string],
  most: number,
): number | null {
  const triple = triples[name];
  const reference = texts[`${name}Ref`]?.toUpperCase();
  const isWgs84 = texts.GPSMapDatum === undefined || WGS_84.test(texts.GPSMapDatum);
  if (triple === undefined || !isWgs84 || (reference !== positive && reference !== negative)) return null;
  const value = triple[0] + triple[1] / 60 + triple[2] / 3600;
  if (value > most) return null;
  // No minus before a zero.
  return Math.round((reference === negative ? -value : value) * 1e6) / 1e6 || 0;
}
