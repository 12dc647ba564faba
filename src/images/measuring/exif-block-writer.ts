import {
  LONG,
  ORIENTATION,
  PHOTO_POINTER,
  POSITION_POINTER,
  type TiffEntry,
  type TiffLayout,
} from './tiff-directory.js';

const HEADER_BYTES = 8;
const COUNT_BYTES = 2;
const ENTRY_BYTES = 12;
const NEXT_BYTES = 4;
const INSIDE_BYTES = 4;

/** The directories of EXIF: of the image, of the photo and of the position (EXIF 3.0 §4.6.3). */
export type DirectoryName = 'image' | 'photo' | 'position';

interface BlockEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Buffer;
}

/** Writes a TIFF structure in the byte order of the file that its values come from. */
export class ExifBlock {
  private readonly image: BlockEntry[] = [];
  private readonly photo: BlockEntry[] = [];
  private readonly position: BlockEntry[] = [];

  constructor(private readonly layout: TiffLayout) {}

  get isBigEndian(): boolean {
    return this.layout.isBigEndian;
  }

  /** @param value bytes of its values, or the start of them if they are characters */
  add(directory: DirectoryName, { tag, type, count, length }: TiffEntry, value: Buffer): void {
    this[directory].push({ tag, type, count: value.length < length ? value.length : count, value });
  }

  /** Undefined if there are no fields besides an orientation. */
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

/** Bytes of a directory; 0 without entries. */
function getDirectoryBytes(entries: readonly BlockEntry[]): number {
  return entries.length === 0 ? 0 : COUNT_BYTES + entries.length * ENTRY_BYTES + NEXT_BYTES;
}
