import { getCamera } from './camera.js';
import { type CaptureTimeSource, captureTime } from './capture-time.js';
import { readTags } from './exif-tags.js';
import type { TimeZone } from '../../../http/input/time-zone.js';
import { getPosition } from './position.js';

/**
 * The EXIF data of a photo. A value that cannot be read is null. It is a type and not an interface, so that it
 * is assignable to JSON.
 */
export type ExifFinding = {
  /** ISO 8601 in UTC, with milliseconds. */
  readonly capture_time: string | null;
  /** Source of the capture time: DateTimeOriginal, DateTimeDigitized, DateTime or the GPS time. */
  readonly capture_time_source: CaptureTimeSource | null;
  /** Capture time minus visit time; negative if the photo was taken before. */
  readonly capture_delay_seconds: number | null;
  /** Make and model, 100 characters at most. */
  readonly camera: string | null;
  /** Degrees of WGS 84, to 6 decimal places; north and east are positive. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Position error according to the photo (GPSHPositioningError). */
  readonly position_error_meters: number | null;
};

/** The last moment whose year has four digits. */
const LAST_MOMENT = Date.UTC(10_000, 0) - 1;

/**
 * Decodes a block of EXIF: a TIFF structure without the `Exif\0\0` mark. Never throws. It takes time linear in
 * the length of the block, a fraction of a millisecond for blocks of phones.
 *
 * @param zone zone of clock times without an offset in the photo
 * @param now time of processing; a later GPS time is ignored
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
