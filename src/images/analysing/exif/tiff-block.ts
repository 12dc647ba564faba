import { isUtf8 } from 'node:buffer';

/** A directory entry: which tag it is, and where its value stands in the block. */
interface Entry {
  readonly type: number;
  readonly from: number;
  readonly to: number;
}

/** The entries of one directory by tag, each tag's first entry whose value lies within the block. */
export type TiffDirectory = ReadonlyMap<number, Entry>;

const HEAD_BYTES = 8;
const ENTRY_BYTES = 12;
/** A value of at most this many bytes stands in the entry itself. */
const INLINE_BYTES = 4;
/** Bytes of a text that are looked at. Every text that is asked for is far shorter. */
const MAX_TEXT_BYTES = 4_096;

/** Bytes of one element of each type (TIFF 6.0, section 2; EXIF 3.0, 4.6.2 adds 129, which is UTF-8). */
const ELEMENT_BYTES: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 4],
  [5, 8],
  [6, 1],
  [7, 1],
  [8, 2],
  [9, 4],
  [10, 8],
  [11, 4],
  [12, 8],
  [13, 4],
  [129, 1],
]);
/** The entries that point to a directory: of the photo, and of the position (EXIF 3.0, 4.6.3). */
export const PHOTO_POINTER = 0x8769;
export const POSITION_POINTER = 0x8825;

/** BYTE, ASCII, SBYTE, UNDEFINED and UTF-8: cameras write texts as any of them. */
const TEXT_TYPES: ReadonlySet<number> = new Set([1, 2, 6, 7, 129]);

/**
 * A TIFF structure of little trusted bytes, such as a block of EXIF (TIFF 6.0, section 2).
 *
 * No method throws, whatever the bytes are. What cannot be read is undefined, and costs nothing else. A directory takes
 * time linear in its entries, a value at most some microseconds.
 */
export class TiffBlock {
  private readonly isLittle: boolean;

  private constructor(private readonly bytes: Buffer) {
    this.isLittle = bytes[0] === 0x49;
  }

  /** Undefined where the bytes do not begin with a byte order. */
  static open(bytes: Buffer): TiffBlock | undefined {
    if (bytes.length < HEAD_BYTES) return undefined;
    const order = bytes.toString('latin1', 0, 2);
    return order === 'II' || order === 'MM' ? new TiffBlock(bytes) : undefined;
  }

  /** The directory that the header names; empty where it lies beyond the block. */
  get first(): TiffDirectory {
    return this.directoryAt(this.long(4));
  }

  /** The directory to which an entry of another one points; empty where there is none. */
  directory(from: TiffDirectory, pointer: typeof PHOTO_POINTER | typeof POSITION_POINTER): TiffDirectory {
    const entry = from.get(pointer);
    const at = entry === undefined ? undefined : this.number(entry.type, entry.from);
    return at === undefined ? new Map() : this.directoryAt(at);
  }

  /**
   * A text up to its first NUL, with white space and control characters as single spaces and none at its ends. Bytes that
   * are no UTF-8 are taken as Latin-1. Undefined where nothing is left, or the value is no text.
   */
  text(directory: TiffDirectory, tag: number): string | undefined {
    const entry = directory.get(tag);
    if (entry === undefined || !TEXT_TYPES.has(entry.type)) return undefined;
    const bytes = this.textBytes(entry);
    const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
    const plain = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
    return plain === '' ? undefined : plain;
  }

  /** The first numbers of a value, at most `most`: a fraction is its quotient, which is NaN or infinite for `n/0`. */
  numbers(directory: TiffDirectory, tag: number, most: number): readonly number[] {
    const entry = directory.get(tag);
    const size = ELEMENT_BYTES.get(entry?.type ?? 0);
    if (entry === undefined || size === undefined) return [];
    const numbers: number[] = [];
    for (let at = entry.from; at < entry.to && numbers.length < most; at += size) {
      const number = this.number(entry.type, at);
      if (number === undefined) return [];
      numbers.push(number);
    }
    return numbers;
  }

  private directoryAt(at: number): TiffDirectory {
    const entries = new Map<number, Entry>();
    if (!Number.isInteger(at) || at < HEAD_BYTES || at + 2 > this.bytes.length) return entries;
    const first = at + 2;
    const fitting = Math.floor((this.bytes.length - first) / ENTRY_BYTES);
    const end = first + Math.min(this.short(at), fitting) * ENTRY_BYTES;
    for (let entryAt = first; entryAt < end; entryAt += ENTRY_BYTES) {
      const tag = this.short(entryAt);
      if (entries.has(tag)) continue;
      const entry = this.entryAt(entryAt, tag);
      if (entry !== undefined) entries.set(tag, entry);
    }
    return entries;
  }

  /** Undefined for a type that there is not, and for a value that is empty or not wholly in the block. */
  private entryAt(at: number, tag: number): Entry | undefined {
    const type = this.short(at + 2);
    // A pointer is one number, of whatever type, and whatever its count says.
    const count = tag === PHOTO_POINTER || tag === POSITION_POINTER ? 1 : this.long(at + 4);
    const length = count * (ELEMENT_BYTES.get(type) ?? 0);
    const from = length <= INLINE_BYTES ? at + 8 : this.long(at + 8);
    const to = from + length;
    return length > 0 && to <= this.bytes.length ? { type, from, to } : undefined;
  }

  private textBytes({ from, to }: Entry): Buffer {
    let start = from;
    while (start < to && start < from + MAX_TEXT_BYTES && this.bytes[start] === 0) start += 1;
    let end = Math.min(to, start + MAX_TEXT_BYTES);
    // The text is not cut within a character of UTF-8.
    while (end < to && end > start && ((this.bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    const bytes = this.bytes.subarray(start, end);
    const nul = bytes.indexOf(0);
    return nul === -1 ? bytes : bytes.subarray(0, nul);
  }

  /** The number at a place within the block; undefined for a type that is no number. */
  private number(type: number, at: number): number | undefined {
    const { bytes, isLittle } = this;
    switch (type) {
      case 1:
        return bytes.readUInt8(at);
      case 3:
        return this.short(at);
      case 4:
      case 13:
        return this.long(at);
      case 5:
        return this.long(at) / this.long(at + 4);
      case 6:
        return bytes.readInt8(at);
      case 8:
        return isLittle ? bytes.readInt16LE(at) : bytes.readInt16BE(at);
      case 9:
        return this.signedLong(at);
      case 10:
        return this.signedLong(at) / this.signedLong(at + 4);
      case 11:
        return isLittle ? bytes.readFloatLE(at) : bytes.readFloatBE(at);
      case 12:
        return isLittle ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at);
      default:
        return undefined;
    }
  }

  private short(at: number): number {
    return this.isLittle ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  private long(at: number): number {
    return this.isLittle ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  private signedLong(at: number): number {
    return this.isLittle ? this.bytes.readInt32LE(at) : this.bytes.readInt32BE(at);
  }
}
