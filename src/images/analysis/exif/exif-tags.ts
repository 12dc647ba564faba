import { PHOTO_POINTER, POSITION_POINTER } from '../../measuring/tiff-directory.js';
import { TiffBlock } from './tiff-block.js';

/** Tags of the image and of the photo, and their numbers (EXIF 3.0, 4.6.4 and 4.6.5). */
const TEXT_TAGS = [
  ['Make', 0x010f],
  ['Model', 0x0110],
  ['DateTime', 0x0132],
  ['DateTimeOriginal', 0x9003],
  ['DateTimeDigitized', 0x9004],
  ['OffsetTime', 0x9010],
  ['OffsetTimeOriginal', 0x9011],
  ['OffsetTimeDigitized', 0x9012],
  ['SubSecTime', 0x9290],
  ['SubSecTimeOriginal', 0x9291],
  ['SubSecTimeDigitized', 0x9292],
] as const;

/** Tags of the position (EXIF 3.0, 4.6.6). */
const POSITION_TEXT_TAGS = [
  ['GPSLatitudeRef', 0x01],
  ['GPSLongitudeRef', 0x03],
  ['GPSMapDatum', 0x12],
  ['GPSDateStamp', 0x1d],
] as const;
const POSITION_NUMBER_TAGS = [
  ['GPSLatitude', 0x02],
  ['GPSLongitude', 0x04],
  ['GPSTimeStamp', 0x07],
  ['GPSHPositioningError', 0x1f],
] as const;

type TextTag = (typeof TEXT_TAGS)[number][0] | (typeof POSITION_TEXT_TAGS)[number][0];
type NumberTag = (typeof POSITION_NUMBER_TAGS)[number][0];

/** The tags of a block that the finding uses, if their values can be read. */
export interface ExifTags {
  readonly texts: Readonly<Partial<Record<TextTag, string>>>;
  /** At most three numbers each. The value `n/0` is NaN or infinite. */
  readonly numbers: Readonly<Partial<Record<NumberTag, readonly number[]>>>;
}

/** Degrees, minutes and seconds; hours, minutes and seconds. */
const MAX_NUMBERS = 3;

/**
 * Reads the tags of a block of EXIF: a TIFF structure without the `Exif\0\0` mark. Never throws. An unreadable
 * block has no tags. At most three directories are read, whatever points to them.
 */
export function readTags(block: Buffer): ExifTags {
  const texts: Partial<Record<TextTag, string>> = {};
  const numbers: Partial<Record<NumberTag, readonly number[]>> = {};
  const tiff = TiffBlock.open(block);
  if (tiff === undefined) return { texts, numbers };
  const image = tiff.first;
  const photo = tiff.directory(image, PHOTO_POINTER);
  const position = tiff.directory(image.has(POSITION_POINTER) ? image : photo, POSITION_POINTER);
  for (const [name, tag] of TEXT_TAGS) {
    // TIFF/EP stores the tags of the photo with those of the image, and some writers do the opposite.
    const text = tiff.text(photo, tag) ?? tiff.text(image, tag);
    if (text !== undefined) texts[name] = text;
  }
  for (const [name, tag] of POSITION_TEXT_TAGS) {
    const text = tiff.text(position, tag);
    if (text !== undefined) texts[name] = text;
  }
  for (const [name, tag] of POSITION_NUMBER_TAGS) {
    const values = tiff.numbers(position, tag, MAX_NUMBERS);
    if (values.length > 0) numbers[name] = values;
  }
  return { texts, numbers };
}
