/** RIFF header, chunk header, and the ten bytes of a first chunk that tell the size. */
const SIZE_ENDS_AT = 30;
/** Bytes of each kind of first chunk that tell the size. */
const SIZE_LENGTHS: Readonly<Record<string, number>> = { 'VP8 ': 10, VP8L: 5, VP8X: 10 };
/** In the flags of a `VP8X` chunk. */
const EXIF_FLAG = 0x08;

export interface FirstWebpChunk {
  /** A file that ends right after the size. */
  readonly alone: Buffer;
  /** Whether an EXIF chunk stands further on, as a rule at the end. */
  readonly exifFollows: boolean;
}

/**
 * The size of a WebP stands in its first chunk (RFC 9649 §2.5 to 2.7). The parser reads the file to its end all the
 * same, in search of EXIF; so it gets the first chunk as a file of its own. Undefined when the file begins otherwise.
 */
export function firstWebpChunk(bytes: Buffer): FirstWebpChunk | undefined {
  const kind = bytes.toString('latin1', 12, 16);
  const length = SIZE_LENGTHS[kind];
  if (length === undefined || bytes.length < SIZE_ENDS_AT || bytes.readUInt32LE(16) < length)
    return undefined;
  const alone = Buffer.from(bytes.subarray(0, SIZE_ENDS_AT));
  alone.writeUInt32LE(SIZE_ENDS_AT - 8, 4);
  alone.writeUInt32LE(length, 16);
  return { alone, exifFollows: kind === 'VP8X' && ((bytes[20] ?? 0) & EXIF_FLAG) !== 0 };
}
