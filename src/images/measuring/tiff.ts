import { FileWindow } from './file-window.js';
import type { Found, FormatReader } from './format-reader.js';
import { type ImageSize, toMeasuredSize } from './measurement.js';
import { DNG, getKindByMake, getKindByStart, TIFF, TIFF_MAGICS, type TiffKind } from './raw-formats.js';
import { ORIENTATION, parseTiffHeader } from './tiff-directory.js';
import { isExifTag, MAKE, readExif, readPhoto } from './tiff-exif.js';
import { type TiffFields, TiffFile, type TiffStep } from './tiff-file.js';
import { findFullImage, isImageTag } from './tiff-images.js';

const FIRST_BYTES = 16_384;
/** Length of the header of a BigTIFF, which is the longest. */
const HEADER_BYTES = 16;

const DNG_VERSION = 0xc612;
const PHOTO_WIDTH = 0xa002;
const PHOTO_HEIGHT = 0xa003;
/** Tags in Panasonic's first directory: start and end of the picture on the sensor. */
const TOP = 0x0004;
const LEFT = 0x0005;
const BOTTOM = 0x0006;
const RIGHT = 0x0007;
const OWN_TAGS: ReadonlySet<number> = new Set([DNG_VERSION, TOP, LEFT, BOTTOM, RIGHT]);

/**
 * Reads a TIFF (TIFF 6.0), a BigTIFF, and raw files that are TIFF files (TIFF/EP, DNG 1.7): the size of the
 * full image, its orientation, and EXIF (EXIF 3.0 §4.6). Directories and values may be anywhere in the file.
 *
 * A reader of TIFF finds only a preview in a raw file. The size is therefore that of the raw image as it is
 * stored, without the crop of a DNG. If it is not found, the file is `unsupported`.
 */
export function* readTiff(): FormatReader {
  const window = new FileWindow();
  yield* window.move(0, FIRST_BYTES);
  const layout = parseTiffHeader(window.bytes, TIFF_MAGICS);
  if (layout === undefined) return { kind: window.bytes.length < HEADER_BYTES ? 'cut_short' : 'broken' };
  const kind = getKindByStart(window.bytes);
  const file = new TiffFile(window, layout);
  const image = yield* file.directory(layout.firstDirectory, isWanted);
  if (image === undefined) return { kind: 'broken' };
  const photo = kind.sizeBy === 'photo' ? yield* readPhoto(file, image, isPhotoTag) : undefined;
  const found = yield* readSize(file, kind, image, photo);
  if (found.kind !== 'size') return found;

  window.soFar = found;
  const exif = yield* readExif(file, image, photo, (block) => {
    window.soFar = withBlock(found, block);
  });
  return withBlock(found, exif);
}

function* readSize(
  file: TiffFile,
  kind: TiffKind,
  image: TiffFields,
  photo: TiffFields | undefined,
): TiffStep<Found> {
  const isCutShort = image.isCutShort || photo?.isCutShort === true;
  switch (kind.sizeBy) {
    case 'photo': {
      const [width, height] = numbers(file, photo, [PHOTO_WIDTH, PHOTO_HEIGHT]);
      if (width === undefined || height === undefined) break;
      return toSize(width, height, kind, getOrientation(file, image));
    }
    case 'borders': {
      const [top, left, bottom, right] = numbers(file, image, [TOP, LEFT, BOTTOM, RIGHT]);
      if (top === undefined || left === undefined || bottom === undefined || right === undefined) break;
      return toSize(right - left, bottom - top, kind, getOrientation(file, image));
    }
    case 'directories': {
      const found = yield* findFullImage(file, image);
      if (found.kind !== 'image') return { kind: found.kind };
      const own = yield* findKind(file, kind, image, found.isRaw);
      return toSize(found.width, found.height, own, getOrientation(file, image) ?? found.orientation);
    }
  }
  return { kind: isCutShort ? 'cut_short' : 'unsupported' };
}

/** The kind of a file whose start allows several. */
function* findKind(file: TiffFile, kind: TiffKind, image: TiffFields, isRaw: boolean): TiffStep<TiffKind> {
  if (kind !== TIFF) return kind;
  if (image.fields.has(DNG_VERSION)) return DNG;
  const make = image.fields.get(MAKE);
  return isRaw && make !== undefined ? getKindByMake(yield* file.text(make)) : kind;
}

function getOrientation(file: TiffFile, image: TiffFields): number | undefined {
  return file.number(image.fields.get(ORIENTATION));
}

function numbers(
  file: TiffFile,
  directory: TiffFields | undefined,
  tags: readonly number[],
): (number | undefined)[] {
  return tags.map((tag) => file.number(directory?.fields.get(tag)));
}

function toSize(
  width: number,
  height: number,
  { format, mime }: TiffKind,
  orientation: number | undefined,
): Found {
  return toMeasuredSize(width, height, format, mime, orientation);
}

function withBlock(size: ImageSize, exif: Buffer | undefined): ImageSize {
  return exif === undefined ? size : { ...size, exif };
}

function isWanted(tag: number): boolean {
  return isImageTag(tag) || isExifTag(tag) || OWN_TAGS.has(tag);
}

function isPhotoTag(tag: number): boolean {
  return isExifTag(tag) || tag === PHOTO_WIDTH || tag === PHOTO_HEIGHT;
}
