import type { WantedBytes } from './format-reader.js';
import type { ImageSize } from './measurement.js';

/** What a box begins with, where its size takes 64 bits. */
export const BOX_HEAD_BYTES = 16;
const SHORT_HEAD_BYTES = 8;
/** Sizes that say something else: the size follows in 64 bits, and the box goes on to the end. */
const LONG_SIZE = 1;
const TO_THE_END = 0;

/**
 * A box of the ISO base media file format (ISO/IEC 14496-12 §4.2): what HEIF, AVIF, JPEG 2000, JPEG XL and CR3 files are
 * made of. Positions are bytes from the start of the file.
 */
export interface Box {
  readonly type: string;
  readonly at: number;
  /** Where its content begins, and where it ends: beyond every file where it goes on to the end of one. */
  readonly bodyAt: number;
  readonly end: number;
}

/** A step of a reader that ends with a value of its own. */
export type ReadStep<T> = Generator<WantedBytes, T, Buffer>;

/**
 * The box whose head stands there; undefined where none can.
 *
 * @param bytes of the file, of which `at` is a place
 * @param bytesAt where they stand in the file
 * @param end of what the box stands in; a box that says that it goes beyond ends there
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

/** Reads the head of the box that stands there; undefined where none can, or the file ends. */
export function* readBox(at: number, end: number, soFar?: ImageSize): ReadStep<Box | undefined> {
  // Behind a box that goes on to the end of the file stands none, nor behind one that is longer than any file.
  if (!Number.isSafeInteger(at + BOX_HEAD_BYTES) || at + SHORT_HEAD_BYTES > end) return undefined;
  const bytes = yield wanted(at, Math.min(BOX_HEAD_BYTES, end - at), soFar);
  return boxIn(bytes, 0, at, end);
}

/** The boxes that stand one after the other in a piece of the file. */
export function* boxesIn(bytes: Buffer, bytesAt: number, from = 0): Generator<Box, void, void> {
  const end = bytesAt + bytes.length;
  for (let at = from; ;) {
    const box = boxIn(bytes, at, bytesAt, end);
    if (box === undefined) return;
    yield box;
    at = box.end - bytesAt;
  }
}

/** The first of these boxes; undefined where none of them stands in front of `end`. */
export function* findBox(type: string, from: number, end: number): ReadStep<Box | undefined> {
  for (let at = from; ;) {
    const box = yield* readBox(at, end);
    if (box === undefined || box.type === type) return box;
    at = box.end;
  }
}

/** Bytes with an offset that they are read from; what is beyond them is 0. */
export class FieldReader {
  constructor(
    private readonly bytes: Buffer,
    public at = 0,
  ) {}

  /** Whether everything that was read was there. */
  get isWithin(): boolean {
    return this.at <= this.bytes.length;
  }

  /** An unsigned number of so many bytes, 8 at the most; beyond 2^53 it is not exact. No file is that long. */
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

/** A piece that is wanted for orientation or EXIF alone, where there is a size. */
export function wanted(at: number, length: number, soFar: ImageSize | undefined): WantedBytes {
  return soFar === undefined ? { at, length } : { at, length, soFar };
}
