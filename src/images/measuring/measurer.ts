import { type Found, type FormatReader, MAX_PIECE_BYTES, type WantedBytes } from './format-reader.js';
import { FORMATS } from './formats.js';
import type { KeptStart } from './kept-start.js';
import type { ImageSize, Measurement } from './measurement.js';
import { MAX_LAST_PIECE, Pieces } from './pieces.js';
import { type ImageFormat, getSignature } from './signature.js';

/** Maximum number of bytes that are examined in sequence to recognise the file. */
const SIGNATURE_BYTES = [12, 32, 512] as const;

/** Maximum number of pieces of one file. No real file needs as many, and the limit bounds the work of a reader. */
export const MAX_PIECES = 2_048;
/**
 * How often pieces may be far apart or go back, because each may cost a request. Fewer are allowed if the size
 * is known and only orientation or EXIF is missing.
 */
export const MAX_LEAPS = 16;
export const MAX_LEAPS_FOR_EXIF = 4;

/** Bytes at the start that are always available to go back to. */
export const SURE_START = 16_384;
/** A gap of up to this many bytes is read, not skipped, because a connection delivers it at once. */
const MODEST_GAP = 32_768;
/** A longer gap is read too if this many times its length was read before. */
const GAP_GROWTH = 2;

const NOTHING: Buffer = Buffer.alloc(0);
const MORE: Measurement = { kind: 'more' };

/**
 * Whether the bytes of a gap are read instead of skipped. A request takes as much time as about 30 KiB, and a
 * gap costs relatively less the more was read.
 *
 * @param read bytes that were read before
 */
export function isNear(gap: number, read: number): boolean {
  return gap >= 0 && gap <= Math.max(MODEST_GAP, read * GAP_GROWTH);
}

/**
 * Measures an image by its bytes, which arrive in chunks of any length and from any needed offset. The result
 * depends only on the bytes: not on how they were cut, nor on unneeded bytes that arrived too. It takes time
 * linear in their number, and keeps the first 64 KiB and the piece that its reader waits for. It never throws:
 * if a reader throws, the image is `broken`.
 */
export class Measurer {
  private readonly pieces = new Pieces();
  private format: ImageFormat | undefined;
  private reader: FormatReader | undefined;
  private current: Measurement = MORE;
  private soFar: ImageSize | undefined;
  /** Offset of the next byte that is pushed. */
  private position = 0;
  /** Length of the file, once bytes beyond it were requested. */
  private fileLength = Infinity;

  private wanted: WantedBytes = { at: 0, length: SIGNATURE_BYTES[0] };
  private looks = 0;
  private asked = 0;
  private leaps = 0;
  /** Bytes that the pieces so far require, whichever others arrived. */
  private read = SURE_START;
  /** Start of the previous piece, unless it was too long to be kept, and its end. */
  private lastFrom = 0;
  private lastEnd = 0;

  /** @param wantsExif whether more of the file is read for its EXIF after size and orientation are known */
  constructor(private readonly wantsExif = true) {}

  /** The measurement of the bytes so far. */
  get measurement(): Measurement {
    return this.current;
  }

  /** The start of the file, kept as long as more of it is needed. */
  get start(): KeptStart {
    return this.pieces.start;
  }

  /** Offset of the next needed byte. It may be before the bytes that arrived. */
  get wantedAt(): number {
    return this.pieces.countMissing(this.wanted);
  }

  /** End of the needed bytes. */
  get wantedEnd(): number {
    return this.wanted.at + this.wanted.length;
  }

  /** Sets the offset of the next bytes. */
  moveTo(at: number): void {
    this.position = at;
  }

  /** Adds the next bytes. They have no effect once the measurement is not `more`. */
  push(bytes: Buffer): Measurement {
    const at = this.position;
    this.position += bytes.length;
    if (this.current.kind !== 'more' || bytes.length === 0) return this.current;
    this.feed(bytes, at);
    if (this.current.kind === 'more') this.pieces.keep(bytes, at);
    return this.current;
  }

  /** Sets the length of the file. Bytes before it may still be needed. */
  endsAt(length: number): Measurement {
    this.fileLength = length;
    if (this.current.kind === 'more') this.feed(NOTHING, length);
    return this.current;
  }

  /** Ends the measurement, because no more bytes will arrive. The result is never `more`. */
  end(): Measurement {
    this.endsAt(Math.min(this.fileLength, Math.max(this.position, this.start.length)));
    if (this.current.kind === 'more') this.finish({ kind: 'cut_short' });
    this.releaseBytes();
    return this.current;
  }

  /**
   * Drops every reference to the bytes except for the start and the measurement. A measurer that waited for its
   * bytes is in the old generation. When it is dead, it would keep them until the next full garbage collection,
   * and every answer would need new memory. That doubled the cost of an image.
   */
  private releaseBytes(): void {
    this.reader = undefined;
    this.pieces.release();
  }

  /** Passes every available piece to the reader. */
  private feed(bytes: Buffer, at: number): void {
    while (this.current.kind === 'more') {
      const piece = this.pieces.collect(this.wanted, bytes, at, this.fileLength);
      if (piece === undefined) return;
      if (this.reader === undefined) this.recognize(piece);
      else this.resume(this.reader, piece);
    }
    this.releaseBytes();
  }

  private recognize(head: Buffer): void {
    const signature = getSignature(head);
    const isAll = head.length < this.wanted.length;
    if (signature === 'undecided' && !isAll) {
      this.looks += 1;
      const length = SIGNATURE_BYTES[this.looks];
      if (length === undefined) this.current = { kind: 'not_an_image' };
      else this.wanted = { at: 0, length };
    } else if (signature === 'undecided' || signature === 'unknown') {
      this.current = { kind: head.length === 0 ? 'empty' : 'not_an_image' };
    } else {
      this.format = signature;
      this.reader = FORMATS[signature].read();
      this.resume(this.reader);
    }
  }

  private resume(reader: FormatReader, ...piece: [] | [Buffer]): void {
    try {
      const step = reader.next(...piece);
      if (step.done === true) this.current = this.named(step.value);
      else this.want(step.value);
    } catch {
      // A reader throws only on an invalid file.
      this.finish({ kind: 'broken' });
    }
  }

  private want(wanted: WantedBytes): void {
    const { at, length, soFar } = wanted;
    if (soFar !== undefined && soFar !== this.soFar) {
      if (this.soFar === undefined) this.leaps = 0;
      this.soFar = soFar;
      this.current = { kind: 'more', soFar };
    }
    this.wanted = wanted;
    this.count(at, length);
    if (!isPossible(wanted)) return this.finish({ kind: 'broken' });
    if (this.isEnough()) this.finish({ kind: 'unsupported' });
  }

  /** Counts the cost of a piece. It depends only on the file, not on which of its bytes arrived. */
  private count(at: number, length: number): void {
    const end = at + length;
    this.asked += 1;
    if (end > SURE_START) {
      if (at >= this.lastFrom && isNear(Math.max(0, at - this.lastEnd), this.read)) {
        this.read += Math.max(0, end - this.lastEnd);
      } else {
        this.leaps += 1;
        this.read += Math.max(SURE_START, length);
      }
    }
    this.lastEnd = end;
    this.lastFrom = length <= MAX_LAST_PIECE ? at : end;
  }

  /** Whether the limits allow no further piece. */
  private isEnough(): boolean {
    if (this.asked > MAX_PIECES) return true;
    if (this.soFar === undefined) return this.leaps > MAX_LEAPS;
    return this.leaps > MAX_LEAPS_FOR_EXIF || (this.soFar.orientation !== null && !this.wantsExif);
  }

  private finish(otherwise: Found): void {
    this.current = this.soFar ?? this.named(otherwise);
  }

  private named(found: Found): Measurement {
    if (found.kind !== 'unsupported') return found;
    return { kind: 'unsupported', format: this.format === undefined ? 'file' : FORMATS[this.format].name };
  }
}

/** A file may claim any offset for its parts. */
function isPossible({ at, length }: WantedBytes): boolean {
  return at >= 0 && Number.isSafeInteger(at) && length >= 0 && length <= MAX_PIECE_BYTES;
}
