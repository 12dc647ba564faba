import { isUtf8 } from 'node:buffer';
import {
  isTextType,
  parseTiffHeader,
  PHOTO_POINTER,
  POSITION_POINTER,
  type TiffEntry,
  type TiffLayout,
} from '../../measuring/tiff-directory.js';

/** The entries of one directory by tag. The first entry of a tag whose value is within the block is used. */
export type TiffDirectory = ReadonlyMap<number, TiffEntry>;

/** Longest text that is read, in bytes. All texts that are used are far shorter. */
const MAX_TEXT_BYTES = 4_096;

/** Types of values that are fractions or real numbers, and their bytes (TIFF 6.0 §2). */
const RATIONAL = 5;
const SRATIONAL = 10;
const FLOAT = 11;
const DOUBLE = 12;

/**
 * A TIFF structure of untrusted bytes, such as a block of EXIF.
 *
 * No method throws, whatever the bytes are. A value that cannot be read is undefined. A directory takes time
 * linear in its entries, and a value a few microseconds at most.
 */
export class TiffBlock {
  private constructor(
    private readonly bytes: Buffer,
    private readonly layout: TiffLayout,
  ) {}

  /** Undefined if the bytes do not begin such a structure. */
  static open(bytes: Buffer): TiffBlock | undefined {
    const layout = parseTiffHeader(bytes);
    return layout === undefined ? undefined : new TiffBlock(bytes, layout);
  }

  /** The first directory; empty if it is outside the block. */
  get first(): TiffDirectory {
    return this.directoryAt(this.layout.firstDirectory);
  }

  /** The directory that an entry of another one points to; empty if there is none. */
  directory(from: TiffDirectory, pointer: typeof PHOTO_POINTER | typeof POSITION_POINTER): TiffDirectory {
    const entry = from.get(pointer);
    const at = entry === undefined ? undefined : this.layout.wholeNumber(this.bytes, entry.type, entry.at);
    return at === undefined ? new Map() : this.directoryAt(at);
  }

  /**
   * A text up to its first NUL. White space and control characters become single spaces and are removed at both
   * ends. Bytes that are not UTF-8 are read as Latin-1. Undefined for an empty text, and for a value that is no
   * text.
   */
  text(directory: TiffDirectory, tag: number): string | undefined {
    const entry = directory.get(tag);
    if (entry === undefined || !isTextType(entry.type)) return undefined;
    const bytes = this.textBytes(entry);
    const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
    const plain = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
    return plain === '' ? undefined : plain;
  }

  /**
   * The first numbers of a value, at most `most`. A fraction becomes its quotient, which is NaN or infinite for
   * `n/0`.
   */
  numbers(directory: TiffDirectory, tag: number, most: number): readonly number[] {
    const entry = directory.get(tag);
    if (entry === undefined) return [];
    const size = entry.length / entry.count;
    const numbers: number[] = [];
    for (let index = 0; index < entry.count && index < most; index += 1) {
      const number = this.number(entry.type, entry.at + index * size);
      if (number === undefined) return [];
      numbers.push(number);
    }
    return numbers;
  }

  private directoryAt(at: number): TiffDirectory {
    const { bytes, layout } = this;
    const entries = new Map<number, TiffEntry>();
    const first = at + layout.countBytes;
    if (at < 0 || first > bytes.length) return entries;
    const fitting = Math.floor((bytes.length - first) / layout.entryBytes);
    const end = first + Math.min(layout.entryCount(bytes, at), fitting) * layout.entryBytes;
    for (let entryAt = first; entryAt < end; entryAt += layout.entryBytes) {
      if (entries.has(layout.uint16(bytes, entryAt))) continue;
      const entry = this.entryAt(entryAt);
      if (entry !== undefined) entries.set(entry.tag, entry);
    }
    return entries;
  }

  /** Undefined for an unknown type, and for a value that is empty or not completely in the block. */
  private entryAt(at: number): TiffEntry | undefined {
    const entry = this.layout.entry(this.bytes, at);
    // A pointer is one number in the entry itself, whatever its type and count are.
    if (entry.tag === PHOTO_POINTER || entry.tag === POSITION_POINTER) {
      return { ...entry, count: 1, at: at + this.layout.entryBytes - this.layout.insideBytes };
    }
    return entry.length > 0 && entry.at + entry.length <= this.bytes.length ? entry : undefined;
  }

  private textBytes({ at, length }: TiffEntry): Buffer {
    const to = at + length;
    let start = at;
    while (start < to && isPadding(this.bytes[start])) start += 1;
    let end = Math.min(to, start + MAX_TEXT_BYTES);
    // A UTF-8 character is not cut.
    while (end < to && end > start && ((this.bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    const bytes = this.bytes.subarray(start, end);
    const nul = bytes.indexOf(0);
    return nul === -1 ? bytes : bytes.subarray(0, nul);
  }

  /** The number at an offset in the block; undefined for a type that is no number. */
  private number(type: number, at: number): number | undefined {
    const { bytes, layout } = this;
    switch (type) {
      case RATIONAL:
        return layout.uint32(bytes, at) / layout.uint32(bytes, at + 4);
      case SRATIONAL:
        return (layout.uint32(bytes, at) | 0) / (layout.uint32(bytes, at + 4) | 0);
      case FLOAT:
        return layout.isBigEndian ? bytes.readFloatBE(at) : bytes.readFloatLE(at);
      case DOUBLE:
        return layout.isBigEndian ? bytes.readDoubleBE(at) : bytes.readDoubleLE(at);
      default:
        return layout.wholeNumber(bytes, type, at);
    }
  }
}

/** Writers that reserve room for a text fill it with one of these, also before the text. */
function isPadding(byte: number | undefined): boolean {
  return byte === 0 || byte === 0x20;
}
