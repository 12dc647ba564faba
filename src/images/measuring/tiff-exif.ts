import { LONG, ORIENTATION, type TiffLayout } from './tiff-directory.js';
import type { TiffField, TiffFields, TiffFile, TiffStep } from './tiff-file.js';

/** Entries that point to the directory of the photo, and to that of the position (EXIF 3.0 §4.6.3). */
export const PHOTO_POINTER = 0x8769;
export const POSITION_POINTER = 0x8825;

export const MAKE = 0x010f;

/**
 * Tags of the image and of the photo that are read out of files whose EXIF is spread over the whole file: all that
 * `analysis.exif` is made of. TIFF/EP keeps those of the photo beside those of the image.
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
/** No tag of the position has a higher number (EXIF 3.0 §4.6.6). */
const LAST_POSITION_TAG = 0x1f;

const HEADER_BYTES = 8;
const COUNT_BYTES = 2;
const ENTRY_BYTES = 12;
const NEXT_BYTES = 4;
const INSIDE_BYTES = 4;

interface BlockEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Buffer;
}

/** Whether an entry of the first directory, or of that of the photo, is of use. */
export function isExifTag(tag: number): boolean {
  return EXIF_TAGS.has(tag) || tag === PHOTO_POINTER || tag === POSITION_POINTER;
}

/**
 * Gathers the EXIF of a TIFF file, whose values may stand anywhere in it, into a block of its own: a small TIFF structure
 * with the directories of the image, of the photo and of the position, and of their entries those that are of use.
 *
 * @param image the first directory
 * @param photo that of the photo, where it was read already
 * @param publish is called with what there is before each further piece is read
 * @returns undefined where there is nothing but an orientation, or not even that
 */
export function* readExif(
  file: TiffFile,
  image: TiffFields,
  photo: TiffFields | undefined,
  publish: (block: Buffer | undefined) => void,
): TiffStep<Buffer | undefined> {
  const photoFields = photo?.fields ?? (yield* readPhoto(file, image))?.fields;
  const pointer = image.fields.get(POSITION_POINTER) ?? photoFields?.get(POSITION_POINTER);
  const position = yield* readPointed(file, pointer, (tag) => tag <= LAST_POSITION_TAG);

  const block = new ExifBlock(file.layout);
  const directories = new Map<TiffField, BlockEntry[]>();
  const wanted: TiffField[] = [];
  for (const [fields, entries] of [
    [image.fields, block.image],
    [photoFields, block.photo],
    [position?.fields, block.position],
  ] as const) {
    for (const field of fields?.values() ?? []) {
      if (fields !== position?.fields && !EXIF_TAGS.has(field.tag)) continue;
      directories.set(field, entries);
      wanted.push(field);
    }
  }
  yield* file.values(
    wanted,
    (field, value) => {
      const count = value.length < field.length ? value.length : field.count;
      directories.get(field)?.push({ tag: field.tag, type: field.type, count, value });
    },
    () => publish(block.toBuffer()),
  );
  return block.toBuffer();
}

/** The directory of the photo to which another one points. */
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

/** Writes a TIFF structure in the byte order of the file that its values are from. */
class ExifBlock {
  readonly image: BlockEntry[] = [];
  readonly photo: BlockEntry[] = [];
  readonly position: BlockEntry[] = [];

  constructor(private readonly layout: TiffLayout) {}

  toBuffer(): Buffer | undefined {
    const { image, photo, position } = this;
    const isEmpty = image.every(({ tag }) => tag === ORIENTATION) && photo.length + position.length === 0;
    if (isEmpty) return undefined;
    const directories = [[...image, ...this.pointers()], photo, position];
    let valuesAt = HEADER_BYTES + directories.reduce((sum, entries) => sum + getDirectoryBytes(entries), 0);
    const parts = [
      Buffer.from(this.layout.isBigEndian ? 'MM' : 'II'),
      this.short(42),
      this.long(HEADER_BYTES),
    ];
    const values: Buffer[] = [];
    for (const entries of directories) {
      if (entries.length === 0) continue;
      parts.push(this.short(entries.length));
      for (const { tag, type, count, value } of entries.toSorted((one, other) => one.tag - other.tag)) {
        parts.push(this.short(tag), this.short(type), this.long(count));
        if (value.length <= INSIDE_BYTES) {
          parts.push(value, Buffer.alloc(INSIDE_BYTES - value.length));
        } else {
          const padded = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.alloc(1)]);
          parts.push(this.long(valuesAt));
          values.push(padded);
          valuesAt += padded.length;
        }
      }
      parts.push(this.long(0));
    }
    return Buffer.concat([...parts, ...values]);
  }

  private pointers(): BlockEntry[] {
    const { image, photo, position } = this;
    const pointers: BlockEntry[] = [];
    const count = image.length + Number(photo.length > 0) + Number(position.length > 0);
    let at = HEADER_BYTES + COUNT_BYTES + count * ENTRY_BYTES + NEXT_BYTES;
    if (photo.length > 0) pointers.push({ tag: PHOTO_POINTER, type: LONG, count: 1, value: this.long(at) });
    at += getDirectoryBytes(photo);
    if (position.length > 0) {
      pointers.push({ tag: POSITION_POINTER, type: LONG, count: 1, value: this.long(at) });
    }
    return pointers;
  }

  private short(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.layout.isBigEndian) bytes.writeUInt16BE(value);
    else bytes.writeUInt16LE(value);
    return bytes;
  }

  private long(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    if (this.layout.isBigEndian) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  }
}

/** Bytes of a directory; none where it has no entries. */
function getDirectoryBytes(entries: readonly BlockEntry[]): number {
  return entries.length === 0 ? 0 : COUNT_BYTES + entries.length * ENTRY_BYTES + NEXT_BYTES;
}
