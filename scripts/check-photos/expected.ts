import type { ExiftoolTags, ExiftoolValue } from './exiftool.ts';
import { expectedCaptureTimes } from './expected-time.ts';

/** What exiftool says of a photo, as far as it can be compared. Of several values each counts as right. */
export interface Expected {
  /** Undefined where exiftool reads no size, so that nothing is compared. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly orientations: readonly (number | null)[];
  readonly captureTimes: readonly (number | null)[];
  readonly position: { readonly latitude: number; readonly longitude: number } | null;
  readonly cameras: readonly (string | null)[];
}

/** Where exiftool puts the size that the format itself says. Others are those of EXIF, XMP and maker notes. */
const SIZE_GROUPS = ['File', 'PNG', 'GIF', 'RIFF', 'Photoshop', 'Jpeg2000', 'SVG'] as const;
const TIFF_DIRECTORY = /^(IFD\d+|SubIFD\d*):ImageWidth$/;
const RAW = new Set(['DNG', 'NEF', 'NRW', 'ARW', 'SR2', 'PEF', 'SRW', '3FR', 'CR2', 'GPR', 'IIQ']);
const FULL_IMAGE = 0;
const WGS_84 = /84|4326/;

/** Degrees that a HEIF or AVIF image is to be turned, and the EXIF orientation that says the same. */
const ROTATIONS: ReadonlyMap<unknown, number> = new Map([[0, 1], [90, 8], [180, 3], [270, 6]]); // prettier-ignore

export function toExpected(tags: ExiftoolTags): Expected {
  return {
    size: isImage(tags) ? size(tags) : undefined,
    orientations: orientations(tags),
    captureTimes: expectedCaptureTimes(tags),
    position: position(tags),
    cameras: cameras(tags),
  };
}

function isImage(tags: ExiftoolTags): boolean {
  return String(tags['File:MIMEType'] ?? '').startsWith('image/');
}

function size(tags: ExiftoolTags): Expected['size'] {
  const aperture = String(tags['QuickTime:CleanAperture'] ?? '').split(' ');
  // The clean aperture begins with its width and height.
  const [cleanWidth, cleanHeight] = aperture.map(Number);
  if (isSide(cleanWidth) && isSide(cleanHeight)) return { width: cleanWidth, height: cleanHeight };
  const group = SIZE_GROUPS.find((name) => tags[`${name}:ImageWidth`] !== undefined);
  return sizeIn(tags, group ?? tiffDirectory(tags));
}

/** The directory of the full image: in a RAW file the largest that does not call itself reduced, else the first. */
function tiffDirectory(tags: ExiftoolTags): string {
  if (!RAW.has(String(tags['File:FileType']))) return 'IFD0';
  const full = Object.keys(tags)
    .map((key) => TIFF_DIRECTORY.exec(key)?.[1] ?? '')
    .filter((name) => name !== '' && (tags[`${name}:SubfileType`] ?? FULL_IMAGE) === FULL_IMAGE);
  const area = (name: string): number => {
    const { width = 0, height = 0 } = sizeIn(tags, name) ?? {};
    return width * height;
  };
  return full.toSorted((a, b) => area(b) - area(a)).at(0) ?? 'IFD0';
}

function sizeIn(tags: ExiftoolTags, group: string): Expected['size'] {
  // The sides of an SVG may have a unit, or a fraction. The height of a BMP is below zero where it is upside down.
  const width = pixels(tags[`${group}:ImageWidth`]);
  const height = pixels(tags[`${group}:ImageHeight`]);
  return isSide(width) && isSide(height) ? { width, height } : undefined;
}

function pixels(value: ExiftoolValue): number {
  const match = /^-?(\d+(?:\.\d+)?)(?:px)?$/.exec(String(value));
  return match === null ? Number.NaN : Math.round(Number(match[1]));
}

function isSide(side: number | undefined): side is number {
  return side !== undefined && Number.isInteger(side) && side > 0;
}

/** An orientation of 1 and none are the same: nothing is to be turned. */
function orientations(tags: ExiftoolTags): (number | null)[] {
  const all = [ROTATIONS.get(tags['QuickTime:Rotation']), tags['IFD0:Orientation']].filter(
    (value): value is number => typeof value === 'number' && value >= 1 && value <= 8,
  );
  return all.length > 0 ? all : [null];
}

function position(tags: ExiftoolTags): Expected['position'] {
  const datum = String(tags['GPS:GPSMapDatum'] ?? '').trim();
  const latitude = signed(tags['GPS:GPSLatitude'], tags['GPS:GPSLatitudeRef'], 'N', 'S');
  const longitude = signed(tags['GPS:GPSLongitude'], tags['GPS:GPSLongitudeRef'], 'E', 'W');
  const isPosition =
    Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && (latitude !== 0 || longitude !== 0);
  return isPosition && (datum === '' || WGS_84.test(datum)) ? { latitude, longitude } : null;
}

function signed(value: ExiftoolValue, reference: ExiftoolValue, positive: string, negative: string): number {
  const letter = String(reference ?? '')
    .charAt(0)
    .toUpperCase();
  if (typeof value !== 'number' || (letter !== positive && letter !== negative)) return Number.NaN;
  return letter === negative ? -Math.abs(value) : value;
}

/** Shelfline leaves the make out where the model begins with it, so both forms are right. */
function cameras(tags: ExiftoolTags): (string | null)[] {
  const make = plain(tags['IFD0:Make'] ?? tags['ExifIFD:Make']);
  const model = plain(tags['IFD0:Model'] ?? tags['ExifIFD:Model']);
  if (make === null || model === null) return [model ?? make];
  return [model, `${make} ${model}`];
}

/** Control characters and runs of white space as single spaces; null where nothing is left. */
function plain(value: ExiftoolValue): string | null {
  const text = String(value ?? '')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  return text === '' ? null : text;
}
