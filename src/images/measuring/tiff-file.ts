import { FileWindow } from './file-window.js';
import type { WantedBytes } from './format-reader.js';
import { isTextType, type TiffEntry, type TiffLayout } from './tiff-directory.js';

/** A step of a reader that returns a value. */
export type TiffStep<T> = Generator<WantedBytes, T, Buffer>;

/** An entry of a directory, and the bytes of its values if they are known. */
export interface TiffField extends TiffEntry {
  readonly value: Buffer | undefined;
}

export interface TiffFields {
  /** By tag. The first entry of a tag is used. */
  readonly fields: ReadonlyMap<number, TiffField>;
  /** Offset of the next directory; 0 for none. */
  readonly next: number;
  /** Whether the file ends within the directory. */
  readonly isCutShort: boolean;
}

/** Bytes read at once of a directory. Most have fewer than 60 entries. */
const DIRECTORY_BYTES = 1_024;
/** Maximum number of entries that are read. They are sorted by tag, and the needed ones come first. */
const MAX_ENTRIES = 4_096;
/** Values whose distance is at most this are read in one piece. */
const MAX_GAP = 4_096;
const MAX_GROUP_BYTES = 32_768;

const SHORT_TEXT_BYTES = 32;
const MAX_TEXT_BYTES = 1_024;
const MAX_VALUE_BYTES = 256;

/** Reads directories and values from anywhere in a TIFF file. */
export class TiffFile {
  constructor(
    readonly window: FileWindow,
    readonly layout: TiffLayout,
  ) {}

  /** The entries of a directory with some tags; undefined if there can be no directory at this offset. */
  *directory(at: number, isWanted: (tag: number) => boolean): TiffStep<TiffFields | undefined> {
    const { window, layout } = this;
    const { countBytes, entryBytes } = layout;
    if (at < 8 || !Number.isSafeInteger(at)) return undefined;
    if (!window.has(at, countBytes)) yield* window.move(at, DIRECTORY_BYTES);
    const fields = new Map<number, TiffField>();
    if (!window.has(at, countBytes)) return { fields, next: 0, isCutShort: true };
    const all = layout.entryCount(window.bytes, at - window.start);
    const entries = Math.min(all, MAX_ENTRIES);
    const nextBytes = layout.isBigTiff ? 8 : 4;
    const length = countBytes + entries * entryBytes + nextBytes;
    if (!window.has(at, length)) yield* window.move(at, length);

    const end = at + countBytes + entries * entryBytes;
    for (let entryAt = at + countBytes; entryAt < end; entryAt += entryBytes) {
      if (!window.has(entryAt, entryBytes)) return { fields, next: 0, isCutShort: true };
      const tag = layout.uint16(window.bytes, entryAt - window.start);
      if (isWanted(tag) && !fields.has(tag)) fields.set(tag, this.field(entryAt));
    }
    const hasNext = all === entries && window.has(end, nextBytes);
    const next = hasNext ? layout.offset(window.bytes, end - window.start) : 0;
    return { fields, next, isCutShort: false };
  }

  /** The whole number that is the only value of a field. */
  number(field: TiffField | undefined): number | undefined {
    if (field?.value === undefined || field.count !== 1) return undefined;
    return this.layout.wholeNumber(field.value, field.type, 0);
  }

  /** The first whole numbers of a field. */
  *numbers(field: TiffField, most: number): TiffStep<number[]> {
    const width = field.length / field.count;
    const length = Math.min(field.length, most * width);
    if (!(length > 0)) return [];
    const bytes = field.value ?? (yield* this.bytes(field.at, length));
    const numbers: number[] = [];
    for (let at = 0; at + width <= bytes.length && numbers.length < most; at += width) {
      const number = this.layout.wholeNumber(bytes, field.type, at);
      if (number !== undefined) numbers.push(number);
    }
    return numbers;
  }

  /** The start of a field's characters. */
  *text(field: TiffField): TiffStep<string> {
    const bytes = field.value ?? (yield* this.bytes(field.at, Math.min(field.length, SHORT_TEXT_BYTES)));
    return bytes.toString('latin1');
  }

  /**
   * Calls back with each field whose values are known, cut to the longest useful length. First the values in
   * the directory itself, then those elsewhere in order of their offsets. Near values are read in one piece.
   *
   * @param pause called before each further piece
   */
  *values(
    wanted: readonly TiffField[],
    setValue: (field: TiffField, value: Buffer) => void,
    pause: () => void,
  ): TiffStep<void> {
    const { window } = this;
    const elsewhere: TiffField[] = [];
    for (const field of wanted) {
      if (lengthTaken(field) === 0) continue;
      if (field.value !== undefined) setValue(field, field.value);
      else if (Number.isSafeInteger(field.at)) elsewhere.push(field);
    }
    elsewhere.sort((one, other) => one.at - other.at);
    for (const [index, field] of elsewhere.entries()) {
      const length = lengthTaken(field);
      if (!window.has(field.at, length)) {
        pause();
        yield* window.move(field.at, groupLength(elsewhere, index));
      }
      if (window.has(field.at, length)) {
        const from = field.at - window.start;
        setValue(field, Buffer.from(window.bytes.subarray(from, from + length)));
      }
    }
  }

  private *bytes(at: number, length: number): TiffStep<Buffer> {
    const { window } = this;
    if (!Number.isSafeInteger(at)) return Buffer.alloc(0);
    if (!window.has(at, length)) yield* window.move(at, length);
    return window.bytes.subarray(at - window.start, at - window.start + length);
  }

  private field(entryAt: number): TiffField {
    const { bytes, start } = this.window;
    const entry = this.layout.entry(bytes, entryAt - start, start);
    const isInside = entry.length <= this.layout.insideBytes;
    const value = isInside
      ? Buffer.from(bytes.subarray(entry.at - start, entry.at - start + entry.length))
      : undefined;
    return { ...entry, value };
  }
}

/** Number of bytes to read of a field's values; 0 for values that are too long to be useful. */
function lengthTaken({ type, length }: TiffEntry): number {
  if (isTextType(type)) return Math.min(length, MAX_TEXT_BYTES);
  return length <= MAX_VALUE_BYTES ? length : 0;
}

/** Bytes from a field's value to the end of those that follow it closely. */
function groupLength(sorted: readonly TiffField[], from: number): number {
  const start = sorted[from]?.at ?? 0;
  let end = start;
  for (const field of sorted.slice(from)) {
    const fieldEnd = field.at + lengthTaken(field);
    if (field.at > end + MAX_GAP || fieldEnd > start + MAX_GROUP_BYTES) break;
    end = Math.max(end, fieldEnd);
  }
  return end - start;
}
