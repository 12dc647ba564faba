import { type Box, readBox, wanted } from './boxes.js';
import { withExif } from './exif-block.js';
import { exifInItem } from './exif-item.js';
import type { Found, FormatReader } from './format-reader.js';
import { type ImageSize, MAX_EXIF_BYTES, toMeasuredSize } from './measurement.js';

/** Start of a codestream, and most bytes of its size and orientation behind that. */
const START = 0xff0a;
const HEADER_BYTES = 16;
/** Bytes before each part of a codestream in parts. */
const PART_NUMBER_BYTES = 4;

/** Ratios of width to height, by number (ISO/IEC 18181-1 §D.2). */
const RATIOS: readonly (readonly [width: number, height: number])[] = [
  [0, 1],
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
];
/** Number of bits of a side, by number. */
const SIDE_BITS: readonly number[] = [9, 13, 18, 30];

/** Reads a bare JPEG XL codestream (ISO/IEC 18181-1 annex D). */
export function* readJxlCodestream(): FormatReader {
  return sizeInCodestream(yield { at: 0, length: HEADER_BYTES });
}

/**
 * Reads a JPEG XL file (ISO/IEC 18181-2): size and orientation in its codestream, and its EXIF, whose
 * orientation is used if the codestream has none.
 */
export function* readJxl(): FormatReader {
  let soFar: ImageSize | undefined;
  let exif: Buffer | undefined;
  for (let at = 0; soFar === undefined || exif === undefined;) {
    const box: Box | undefined = yield* readBox(at, Infinity, soFar);
    if (box === undefined) break;
    at = box.end;
    const isPart = box.type === 'jxlp';
    if ((box.type === 'jxlc' || isPart) && soFar === undefined) {
      const from = box.bodyAt + (isPart ? PART_NUMBER_BYTES : 0);
      const size = sizeInCodestream(yield { at: from, length: HEADER_BYTES });
      if (size.kind !== 'size') return size;
      soFar = size;
    } else if (box.type === 'Exif') {
      const length = Math.min(box.end - box.bodyAt, MAX_EXIF_BYTES);
      exif = exifInItem(yield wanted(box.bodyAt, length, soFar));
    }
  }
  if (soFar === undefined) return { kind: 'cut_short' };
  if (exif === undefined) return soFar;
  return soFar.orientation === null ? withExif(soFar, exif) : { ...soFar, exif };
}

function sizeInCodestream(bytes: Buffer): Found & { readonly kind: 'size' | 'broken' | 'cut_short' } {
  if (bytes.length >= 2 && bytes.readUInt16BE(0) !== START) return { kind: 'broken' };
  const bits = new BitReader(bytes, 16);
  const isSmall = bits.readBits(1) === 1;
  const side = (): number => {
    if (isSmall) return (bits.readBits(5) + 1) * 8;
    return bits.readBits(SIDE_BITS[bits.readBits(2)] ?? 0) + 1;
  };
  const height = side();
  const ratio = bits.readBits(3);
  const [wide, high] = RATIOS[ratio] ?? [0, 1];
  const width = ratio === 0 ? side() : Math.floor((height * wide) / high);
  const hasDefaults = bits.readBits(1) === 1;
  const saysMore = !hasDefaults && bits.readBits(1) === 1;
  const orientation = saysMore ? bits.readBits(3) + 1 : undefined;
  if (!bits.isWithin) return { kind: 'cut_short' };
  return toMeasuredSize(width, height, 'jxl', 'image/jxl', orientation);
}

/** Reads bits, from the lowest bit of each byte (ISO/IEC 18181-1 §B.1). */
class BitReader {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  /** Whether all bits that were read existed. */
  get isWithin(): boolean {
    return this.at <= this.bytes.length * 8;
  }

  readBits(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1, this.at += 1) {
      value += (((this.bytes[this.at >> 3] ?? 0) >> (this.at & 7)) & 1) * 2 ** bit;
    }
    return value;
  }
}
