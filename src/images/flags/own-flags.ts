import { FLAG_BITS, toMask } from './flag-codes.js';
import type { StoredEvidence } from './flag.js';
import type { FlagsOptions } from './flags.options.js';
import { measureDistance } from './distance.js';
import type { PhotoExif } from './photo-exif.js';

/** Formats that programs write and cameras do not. */
const NOT_OF_CAMERAS: ReadonlySet<string> = new Set(['png', 'gif', 'bmp', 'svg', 'ico']);
/** No earlier capture time is plausible. Clocks that were reset begin before it. */
const FIRST_PLAUSIBLE = Date.UTC(2005, 0);
const HOUR_MS = 3_600_000;

/** A measured image, its EXIF if it has any, and the visit that it is said to be of. */
export interface OwnFacts {
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly photo?: { readonly exif: PhotoExif; readonly visit: VisitFacts } | undefined;
}

/** The visit, and where its store is at the moment. */
export interface VisitFacts {
  readonly visit_time: Date;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly radius_meters: number | null;
  /** When the visit was read, by the database's clock. */
  readonly read_at: Date;
}

/** Flags about an image itself. */
export interface OwnFlags {
  readonly mask: number;
  readonly evidence: StoredEvidence | undefined;
}

/** Finds the flags that an image gets without any other. A value that is missing is never a finding. */
export function findOwnFlags({ format, width, height, photo }: OwnFacts, options: FlagsOptions): OwnFlags {
  const enabled = toMask(options.flags);
  let mask = 0;
  if (NOT_OF_CAMERAS.has(format)) mask |= FLAG_BITS.not_a_camera_format;
  if (getShortSide({ width, height }) < options.minSide) mask |= FLAG_BITS.too_small;
  if (photo === undefined) return { mask: mask & enabled, evidence: undefined };
  const found: StoredEvidence = {
    ...findTime(photo.exif, photo.visit, options.maxDelayHours),
    ...findPlace(photo.exif, photo.visit, options.maxDistanceMeters),
  };
  const evidence = Object.fromEntries(
    Object.entries(found).filter(([code]) => options.flags.some((flag) => flag === code)),
  );
  for (const code of ['other_time', 'clock_implausible', 'elsewhere'] as const)
    if (code in evidence) mask |= FLAG_BITS[code];
  return { mask: mask & enabled, evidence: Object.keys(evidence).length === 0 ? undefined : evidence };
}

export function getShortSide({ width, height }: { readonly width: number; readonly height: number }): number {
  return Math.min(width, height);
}

function findTime(exif: PhotoExif, visit: VisitFacts, maxDelayHours: number): StoredEvidence {
  const { capture_time, capture_time_source: source } = exif;
  const at = Date.parse(capture_time ?? '');
  if (capture_time === null || Number.isNaN(at)) return {};
  if (at < FIRST_PLAUSIBLE || at > visit.read_at.getTime() + HOUR_MS)
    return { clock_implausible: { capture_time } };
  const delayMs = at - visit.visit_time.getTime();
  if (Math.abs(delayMs) <= maxDelayHours * HOUR_MS) return {};
  const delay_seconds = Math.trunc(delayMs / 1_000);
  return { other_time: { capture_time, source, delay_seconds, limit_seconds: maxDelayHours * 3_600 } };
}

function findPlace(exif: PhotoExif, store: VisitFacts, maxDistanceMeters: number): StoredEvidence {
  if (exif.latitude === null || exif.longitude === null) return {};
  if (store.latitude === null || store.longitude === null) return {};
  const distance = measureDistance(
    { latitude: exif.latitude, longitude: exif.longitude },
    { latitude: store.latitude, longitude: store.longitude },
  );
  const error_meters = exif.position_error_meters;
  const limit_meters = store.radius_meters ?? maxDistanceMeters;
  if (distance - (error_meters ?? 0) <= limit_meters) return {};
  return { elsewhere: { distance_meters: Math.round(distance), error_meters, limit_meters } };
}
