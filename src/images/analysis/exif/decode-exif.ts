import { getCamera } from './camera.js';
import { type CaptureTimeSource, captureTime } from './capture-time.js';
import { readTags } from './exif-tags.js';
import type { TimeZone } from './local-time.js';
import { getPosition } from './position.js';

/** What the EXIF of a photo says. A value that cannot be read is null. A type, not an interface: it is JSON. */
export type ExifFinding = {
  /** ISO 8601 in UTC, with milliseconds. */
  readonly capture_time: string | null;
  /** What the capture time was taken from: DateTimeOriginal, DateTimeDigitized, DateTime or the time of GPS. */
  readonly capture_time_source: CaptureTimeSource | null;
  /** From the time of the visit to the capture; negative where the photo was taken before. */
  readonly capture_delay_seconds: number | null;
  /** Make and model, 100 characters at most. */
  readonly camera: string | null;
  /** Degrees of WGS 84, to 6 places; north and east are positive. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** How far off the position may be, as the photo says (GPSHPositioningError). */
  readonly position_error_meters: number | null;
};

/** The last moment whose text has a year of four digits. */
const LAST_MOMENT = Date.UTC(10_000, 0) - 1;

/**
 * Decodes a block of EXIF: a TIFF structure without the `Exif\0\0` mark, wherever it stood in its file. Never throws, and
 * takes time linear in the length of the block, which is a fraction of a millisecond for what phones write.
 *
 * @param zone in which clock times are read whose offset nothing in the photo says
 * @param now the time of processing: a GPS time that is later is not believed
 */
export function decodeExif(
  block: Buffer,
  visitTime: Date,
  zone?: TimeZone,
  now: Date = new Date(),
): ExifFinding {
  const tags = readTags(block);
  const captured = captureTime(tags, { visitTime, zone, now });
  const known = captured !== undefined && captured.at <= LAST_MOMENT ? captured : undefined;
  const { latitude, longitude, errorMeters } = getPosition(tags);
  return {
    capture_time: known === undefined ? null : new Date(known.at).toISOString(),
    capture_time_source: known?.source ?? null,
    capture_delay_seconds:
      known === undefined ? null : Math.trunc((known.at - visitTime.getTime()) / 1000) || 0,
    camera: getCamera(tags),
    latitude,
    longitude,
    position_error_meters: errorMeters,
  };
}
