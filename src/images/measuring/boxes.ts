import type { WantedBytes } from './format-reader.js';
import type { ImageSize } from './measurement.js';

/** Length of the head of a box with a 64-bit size. */
export const BOX_HEAD_BYTES = 16;
const SHORT_HEAD_BYTES = 8;
/** Special sizes: a 64-bit size follows, and the box extends to the end of the file. */
const LONG_SIZE = 1;
const TO_THE_END = 0;

/**
 * A box of the ISO base media file format (ISO/IEC 14496-12 §4.2), which HEIF, AVIF, JPEG 2000, JPEG XL and CR3
 * files consist of. Positions are offsets in the file.
 */
export interface Box {
  readonly type: string;
  readonly at: number;
  /**
   * Start and end of its content. The end is beyond every file if the box extends to the end of the file.
   */
  readonly bodyAt: number;
  readonly end: number;
}

/** A step of a reader that returns a value. */
export type ReadStep<T> = Generator<WantedBytes, T, Buffer>;

/**
 * The box whose head is at `at`; undefined if there is none.
 *
 * @param bytes bytes of the file that contain `at`
 * @param bytesAt their offset in the file
 * @param end end of the enclosing box, which also ends a box that claims to be longer
 */
export function boxIn(bytes: Buffer, at: number, bytesAt: number, end: number): Box | undefined {
  if (at + SHORT_HEAD_BYTES > bytes.length || bytesAt + at + SHORT_HEAD_BYTES > end) return undefined;
  let size = bytes.readUInt32BE(at);
  let headBytes = SHORT_HEAD_BYTES;
  if (size === LONG_SIZE) {
    if (at + BOX_HEAD_BYTES > bytes.length) return undefined;
    size = bytes.readUInt32BE(at + 8) * 2 ** 32 + bytes.readUInt32BE(at + 12);
    headBytes = BOX_HEAD_BYTES;
  }
  const boxAt = bytesAt + at;
  if (size !== TO_THE_END && size < headBytes) return undefined;
  return {
    type: bytes.toString('latin1', at + 4, at + 8),
    at: boxAt,
    bodyAt: boxAt + headBytes,
    end: size === TO_THE_END ? end : Math.min(boxAt + size, end),
  };
}

/** Reads the head of the box at this offset; undefined if there is none or the file ends. */
export function* readBox(at: number, end: number, soFar?: ImageSize): ReadStep<Box | undefined> {
  // No box follows one that extends to the end of the file or is longer than any file.
  if (!Number.isSafeInteger(at + BOX_HEAD_BYTES) || at + SHORT_HEAD_BYTES > end) return undefined;
  const bytes = yield wanted(at, Math.min(BOX_HEAD_BYTES, end - at), soFar);
  return boxIn(bytes, 0, at, end);
}

/** The consecutive boxes in a piece of the file. */
export function* boxesIn(bytes: Buffer, bytesAt: number, from = 0): Generator<Box, void, void> {
  const end = bytesAt + bytes.length;
  for (let at = from; ;) {
    const box = boxIn(bytes, at, bytesAt, end);
    if (box === undefined) return;
    yield box;
    at = box.end - bytesAt;
  }
}

/** The first box of these types before `end`, or undefined. */
export function* findBox(type: string, from: number, end: number): ReadStep<Box | undefined> {
  for (let at = from; ;) {
    const box = yield* readBox(at, end);
    if (box === undefined || box.type === type) return box;
    at = box.end;
  }
}

/** Reads bytes from an offset. Bytes beyond the end are 0. */
export class FieldReader {
  constructor(
    private readonly bytes: Buffer,
    public at = 0,
  ) {}

  /** Whether all bytes that were read existed. */
  get isWithin(): boolean {
    return this.at <= this.bytes.length;
  }

  /** An unsigned number of at most 8 bytes. Above 2^53 it is not exact, but no file is that long. */
  uint(length: number): number {
    const { at, bytes } = this;
    this.at += length;
    if (!this.isWithin || length === 0) return 0;
    if (length <= 6) return bytes.readUIntBE(at, length);
    const high = length - 4;
    return bytes.readUIntBE(at, high) * 2 ** 32 + bytes.readUInt32BE(at + high);
  }

  /** Four characters. */
  type(): string {
    this.at += 4;
    return this.bytes.toString('latin1', this.at - 4, this.at);
  }

  /** Version and flags of a full box (ISO/IEC 14496-12 §4.2.2). */
  full(): { readonly version: number; readonly flags: number } {
    return { version: this.uint(1), flags: this.uint(3) };
  }
}

/** A piece that is needed only for orientation or EXIF, if the size is known. */
export function wanted(at: number, length: number, soFar: ImageSize | undefined): WantedBytes {
  return soFar === undefined ? { at, length } : { at, length, soFar };
}
