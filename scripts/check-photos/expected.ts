import type { ExiftoolTags, ExiftoolValue } from './exiftool.ts';
import { expectedCaptureTimes } from './expected-time.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What exiftool says of a photo, as far as it can be compared. Of several values each counts as right. */
export interface Expected {
  /** Empty where exiftool reads no size, so that nothing is compared. */
  readonly sizes: readonly Size[];
  readonly orientations: readonly (number | null)[];
  readonly captureTimes: readonly (number | null)[];
  readonly position: { readonly latitude: number; readonly longitude: number } | null;
  readonly cameras: readonly (string | null)[];
}

/** Where exiftool puts the size that the format itself says. Others are those of EXIF, XMP and maker notes. */
const SIZE_GROUPS = ['File', 'PNG', 'GIF', 'RIFF', 'Photoshop', 'Jpeg2000', 'SVG', 'IFD0'] as const;
const TIFF_DIRECTORY = /^(IFD\d+|SubIFD\d*):ImageWidth$/;
/** What exiftool calls an image; Photoshop files are applications to it. */
const IMAGE_TYPE = /^image\/|^application\/vnd\.adobe\.photoshop$/;
/** It names the RAW formats of cameras after their makers: `image/x-nikon-nef`, for example. */
const RAW_TYPE =
  /^image\/x-(?:adobe|canon|epson|fujifilm|gopro|hasselblad|kodak|leica|mamiya|minolta|nikon|olympus|panasonic|pentax|raw|samsung|sigma|sony)/;
const FULL_IMAGE = 0;
/** exiftool prints the size of the first icon, Shelfline that of the largest. */
const ICONS = new Set(['ICO', 'CUR']);
/** Shelfline believes no more, and refuses such a file as damaged. */
const MAX_SIDE = 1_000_000;
const WGS_84 = /84|4326/;

/** Degrees that a HEIF or AVIF image is to be turned, and the EXIF orientation that says the same. */
const ROTATIONS: ReadonlyMap<unknown, number> = new Map([[0, 1], [90, 8], [180, 3], [270, 6]]); // prettier-ignore

export function toExpected(tags: ExiftoolTags): Expected {
  return {
    sizes: sizes(tags),
    orientations: orientations(tags),
    captureTimes: expectedCaptureTimes(tags),
    position: position(tags),
    cameras: cameras(tags),
  };
}

function sizes(tags: ExiftoolTags): Size[] {
  const type = String(tags['File:MIMEType'] ?? '');
  if (!IMAGE_TYPE.test(type) || ICONS.has(String(tags['File:FileType']))) return [];
  if (RAW_TYPE.test(type)) return rawSizes(tags);
  // The clean aperture begins with its width and height.
  const clean = pair(tags['QuickTime:CleanAperture']);
  const group = SIZE_GROUPS.find((name) => tags[`${name}:ImageWidth`] !== undefined);
  const size = clean ?? (group && sizeIn(tags, group));
  return size === undefined ? [] : [size];
}

/** The size that exiftool itself makes of a RAW file, and its largest directory that is not reduced. */
function rawSizes(tags: ExiftoolTags): Size[] {
  const directories = Object.keys(tags)
    .map((key) => TIFF_DIRECTORY.exec(key)?.[1] ?? '')
    .filter((name) => name !== '' && (tags[`${name}:SubfileType`] ?? FULL_IMAGE) === FULL_IMAGE)
    .map((name) => sizeIn(tags, name))
    .filter((size) => size !== undefined)
    .toSorted((one, other) => other.width * other.height - one.width * one.height);
  return [pair(tags['Composite:ImageSize']), directories.at(0)].filter((size) => size !== undefined);
}

/** Two numbers in one value. */
function pair(value: ExiftoolValue): Size | undefined {
  const [width, height] = String(value ?? '')
    .split(' ')
    .map(Number);
  return isSide(width) && isSide(height) ? { width, height } : undefined;
}

function sizeIn(tags: ExiftoolTags, group: string): Size | undefined {
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
  return side !== undefined && Number.isInteger(side) && side > 0 && side <= MAX_SIDE;
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
