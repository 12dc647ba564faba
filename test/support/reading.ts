import { type Found, type FormatReader, MAX_PIECE_BYTES } from '../../src/images/measuring/format-reader.js';
import type { ImageSize } from '../../src/images/measuring/measurement.js';

/** What a reader says of a file, and how it went about it. */
export interface Reading {
  readonly found: Found;
  /** Each piece that it asked for, as `[from, to]`. */
  readonly pieces: readonly (readonly [from: number, to: number])[];
  /** What it knew when it asked for each. */
  readonly known: readonly (ImageSize | undefined)[];
  readonly bytes: number;
}

/** More pieces than any real file needs. */
const MAX_PIECES = 70_000;

/**
 * Reads a file that is at hand. Each piece is a copy that is overwritten once the reader has asked for the next: a reader
 * that kept a part of one reads nonsense.
 *
 * @throws Error where it asks for what no reader may ask for, or does not end
 */
export function read(reader: FormatReader, file: Buffer): Reading {
  const pieces: [number, number][] = [];
  const known: (ImageSize | undefined)[] = [];
  let bytes = 0;
  let step = reader.next();
  while (step.done !== true) {
    const { at, length, soFar } = step.value;
    const isFair = Number.isSafeInteger(at) && at >= 0 && Number.isSafeInteger(length) && length >= 0;
    if (!isFair || length > MAX_PIECE_BYTES) throw new Error(`no such piece: ${length} bytes at ${at}`);
    if (pieces.push([at, at + length]) > MAX_PIECES) throw new Error('the reader does not end');
    known.push(soFar);
    const piece = Buffer.from(file.subarray(at, at + length));
    bytes += piece.length;
    step = reader.next(piece);
    if (step.done !== true) piece.fill(0xaa);
  }
  return { found: step.value, pieces, known, bytes };
}

/** `24 × 16`, `24 × 16, orientation 6`, or why there is no size. */
export function told(found: Found): string {
  if (found.kind !== 'size') return found.kind;
  const { width, height, orientation } = found;
  return `${width} × ${height}${orientation === null ? '' : `, orientation ${orientation}`}`;
}
