/**
 * Directories of TIFF structures: TIFF 6.0 §2, BigTIFF (magic number 43, 8 bytes instead of 4), and the EXIF
 * blocks of other formats, which are TIFF structures too (EXIF 3.0 §4.5.2).
 */

/** Bytes of one value of each type, by type number. */
const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
/** Added by EXIF 3.0 §4.6.2. A character takes one byte or more. */
const UTF_8 = 129;
const BYTE = 1;
const ASCII = 2;
const SHORT = 3;
export const LONG = 4;
const SBYTE = 6;
const UNDEFINED = 7;
const SSHORT = 8;
const SLONG = 9;
const IFD = 13;
const LONG8 = 16;
const SLONG8 = 17;
const IFD8 = 18;
/** Types whose values may be cut. */
const TEXT_TYPES: ReadonlySet<number> = new Set([BYTE, ASCII, SBYTE, UNDEFINED, UTF_8]);

const LITTLE_ENDIAN = 0x4949;
const BIG_ENDIAN = 0x4d4d;
const TIFF = 42;
const BIG_TIFF = 43;

export const ORIENTATION = 0x0112;
/** Entries that point to the directory of the photo and to that of the position (EXIF 3.0 §4.6.3). */
export const PHOTO_POINTER = 0x8769;
export const POSITION_POINTER = 0x8825;

/** One entry of a directory. Its values are untrusted: any number may be wrong. */
export interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Bytes of all its values; 0 for an unknown type. */
  readonly length: number;
  /** Offset of its values in the structure. */
  readonly at: number;
}

/** Whether values of a type are characters, or single bytes that some writers use for characters. */
export function isTextType(type: number): boolean {
  return TEXT_TYPES.has(type);
}

function getTypeBytes(type: number): number {
  return type === UTF_8 ? 1 : (TYPE_BYTES[type] ?? 0);
}

/** Byte order and sizes of a TIFF structure, and the offset of its first directory. */
export class TiffLayout {
  /** Bytes of the entry count, and of one entry. */
  readonly countBytes: number;
  readonly entryBytes: number;
  /** Values of at most this many bytes are in the entry itself. */
  readonly insideBytes: number;

  constructor(
    readonly isBigEndian: boolean,
    readonly isBigTiff: boolean,
    readonly firstDirectory: number,
  ) {
    this.countBytes = isBigTiff ? 8 : 2;
    this.entryBytes = isBigTiff ? 20 : 12;
    this.insideBytes = isBigTiff ? 8 : 4;
  }

  uint16(bytes: Buffer, at: number): number {
    return this.isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
  }

  uint32(bytes: Buffer, at: number): number {
    return this.isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }

  /** Above 2^53 it is not exact, but no file is that long. */
  uint64(bytes: Buffer, at: number): number {
    const [first, second] = [this.uint32(bytes, at), this.uint32(bytes, at + 4)];
    return this.isBigEndian ? first * 2 ** 32 + second : second * 2 ** 32 + first;
  }

  /** A number of the length of an offset in this file. */
  offset(bytes: Buffer, at: number): number {
    return this.isBigTiff ? this.uint64(bytes, at) : this.uint32(bytes, at);
  }

  entryCount(bytes: Buffer, at: number): number {
    return this.isBigTiff ? this.uint64(bytes, at) : this.uint16(bytes, at);
  }

  /**
   * @param at offset of the entry in these bytes
   * @param start offset of these bytes in the structure
   */
  entry(bytes: Buffer, at: number, start = 0): TiffEntry {
    const type = this.uint16(bytes, at + 2);
    const count = this.offset(bytes, at + 4);
    const length = getTypeBytes(type) * count;
    const field = at + (this.isBigTiff ? 12 : 8);
    const isInside = length <= this.insideBytes;
    return {
      tag: this.uint16(bytes, at),
      type,
      count,
      length,
      at: isInside ? start + field : this.offset(bytes, field),
    };
  }

  /** The whole number at this offset; undefined for a type that is no whole number. */
  wholeNumber(bytes: Buffer, type: number, at: number): number | undefined {
    if (at < 0 || at + getTypeBytes(type) > bytes.length) return undefined;
    switch (type) {
      case BYTE:
        return bytes.readUInt8(at);
      case SBYTE:
        return bytes.readInt8(at);
      case SHORT:
        return this.uint16(bytes, at);
      case SSHORT:
        return (this.uint16(bytes, at) << 16) >> 16;
      case LONG:
      case IFD:
        return this.uint32(bytes, at);
      case SLONG:
        return this.uint32(bytes, at) | 0;
      case LONG8:
      case IFD8:
      case SLONG8:
        return this.uint64(bytes, at);
      default:
        return undefined;
    }
  }
}

/**
 * The layout of a structure that begins with these bytes; undefined for other bytes.
 *
 * @param magics accepted magic numbers: 42, and those of some formats
 */
export function parseTiffHeader(bytes: Buffer, magics: readonly number[] = [TIFF]): TiffLayout | undefined {
  if (bytes.length < 8) return undefined;
  const order = bytes.readUInt16BE(0);
  if (order !== LITTLE_ENDIAN && order !== BIG_ENDIAN) return undefined;
  const classic = new TiffLayout(order === BIG_ENDIAN, false, 0);
  const magic = classic.uint16(bytes, 2);
  if (magics.includes(magic)) {
    return new TiffLayout(classic.isBigEndian, false, classic.uint32(bytes, 4));
  }
  // The magic number of BigTIFF is followed by the length of an offset, which is 8, and zero.
  const isBigTiff = magic === BIG_TIFF && bytes.length >= 16 && classic.uint16(bytes, 4) === 8;
  return isBigTiff ? new TiffLayout(classic.isBigEndian, true, classic.uint64(bytes, 8)) : undefined;
}

/**
 * The EXIF orientation in the first directory of a block, 1 to 8 (EXIF 3.0 §4.6.5.1.6): the first valid entry,
 * as a whole number of any type; undefined without one. It applies to every format with EXIF.
 */
export function findOrientation(block: Buffer): number | undefined {
  const layout = parseTiffHeader(block);
  if (layout === undefined || layout.firstDirectory + layout.countBytes > block.length) return undefined;
  const entries = layout.entryCount(block, layout.firstDirectory);
  const first = layout.firstDirectory + layout.countBytes;
  const end = Math.min(first + entries * layout.entryBytes, block.length);
  for (let at = first; at + layout.entryBytes <= end; at += layout.entryBytes) {
    if (layout.uint16(block, at) !== ORIENTATION) continue;
    const { type, count, at: valueAt } = layout.entry(block, at);
    const value = count === 1 ? layout.wholeNumber(block, type, valueAt) : undefined;
    if (value !== undefined && value >= 1 && value <= 8) return value;
  }
  return undefined;
}
