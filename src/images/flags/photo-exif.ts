/** What the analyzer `exif` found that flags need. */
export interface PhotoExif {
  readonly capture_time: string | null;
  readonly capture_time_source: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly position_error_meters: number | null;
}

/**
 * Reads the finding `exif` out of an analysis. A platform may have an analyzer of that name of its own, so a value of
 * another type counts as missing.
 *
 * @param analysis the findings of all analyzers as JSON
 * @returns undefined if there is no such finding
 */
export function parsePhotoExif(analysis: string): PhotoExif | undefined {
  const findings: unknown = JSON.parse(analysis);
  const exif = getField(findings, 'exif');
  if (typeof exif !== 'object' || exif === null) return undefined;
  return {
    capture_time: textOrNull(getField(exif, 'capture_time')),
    capture_time_source: textOrNull(getField(exif, 'capture_time_source')),
    latitude: numberOrNull(getField(exif, 'latitude')),
    longitude: numberOrNull(getField(exif, 'longitude')),
    position_error_meters: numberOrNull(getField(exif, 'position_error_meters')),
  };
}

function getField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
