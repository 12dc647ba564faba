import { type DirectoryName, ExifBlock } from './exif-block-writer.js';
import { ORIENTATION, PHOTO_POINTER, POSITION_POINTER } from './tiff-directory.js';
import type { TiffField, TiffFields, TiffFile, TiffStep } from './tiff-file.js';

export const MAKE = 0x010f;

/**
 * Tags of the image and of the photo that are read from files whose EXIF is spread over the file: all tags that
 * `analysis.exif` uses. TIFF/EP stores the tags of the photo with those of the image.
 */
export const EXIF_TAGS: ReadonlySet<number> = new Set([
  MAKE,
  0x0110, // Model
  ORIENTATION,
  0x0132, // DateTime
  0x9003, // DateTimeOriginal
  0x9004, // DateTimeDigitized
  0x9010, // OffsetTime
  0x9011, // OffsetTimeOriginal
  0x9012, // OffsetTimeDigitized
  0x9290, // SubSecTime
  0x9291, // SubSecTimeOriginal
  0x9292, // SubSecTimeDigitized
]);
/** Highest tag of the position (EXIF 3.0 §4.6.6). */
const LAST_POSITION_TAG = 0x1f;

/** Whether an entry of the first directory, or of that of the photo, is used. */
export function isExifTag(tag: number): boolean {
  return EXIF_TAGS.has(tag) || tag === PHOTO_POINTER || tag === POSITION_POINTER;
}

/** Whether an entry of the directory of the position is used. */
export function isPositionTag(tag: number): boolean {
  return tag <= LAST_POSITION_TAG;
}

/**
 * Collects the EXIF of a TIFF file, whose values may be anywhere in it, into a block: a small TIFF structure
 * with the used entries of the directories of the image, of the photo and of the position.
 *
 * @param image the first directory
 * @param photo the directory of the photo, if it was read already
 * @param publish called with the block so far before each further piece is read
 * @returns undefined if there is nothing besides an orientation
 */
export function* readExif(
  file: TiffFile,
  image: TiffFields,
  photo: TiffFields | undefined,
  publish: (block: Buffer | undefined) => void,
): TiffStep<Buffer | undefined> {
  const photoFields = photo?.fields ?? (yield* readPhoto(file, image))?.fields;
  const pointer = image.fields.get(POSITION_POINTER) ?? photoFields?.get(POSITION_POINTER);
  const position = yield* readPointed(file, pointer, isPositionTag);

  const block = new ExifBlock(file.layout);
  const directories = new Map<TiffField, DirectoryName>();
  for (const [name, fields] of [
    ['image', image.fields],
    ['photo', photoFields],
    ['position', position?.fields],
  ] as const) {
    for (const field of fields?.values() ?? []) {
      if (name === 'position' || EXIF_TAGS.has(field.tag)) directories.set(field, name);
    }
  }
  yield* file.values(
    [...directories.keys()],
    (field, value) => block.add(directories.get(field) ?? 'image', field, value),
    () => publish(block.toBuffer()),
  );
  return block.toBuffer();
}

/** The directory of the photo that another one points to. */
export function* readPhoto(
  file: TiffFile,
  image: TiffFields,
  isWanted: (tag: number) => boolean = isExifTag,
): TiffStep<TiffFields | undefined> {
  return yield* readPointed(file, image.fields.get(PHOTO_POINTER), isWanted);
}

/** A pointer is one number, of whatever type. */
function* readPointed(
  file: TiffFile,
  pointer: TiffField | undefined,
  isWanted: (tag: number) => boolean,
): TiffStep<TiffFields | undefined> {
  const value = pointer?.value;
  const at = value && pointer && file.layout.wholeNumber(value, pointer.type, 0);
  return at === undefined ? undefined : yield* file.directory(at, isWanted);
}
