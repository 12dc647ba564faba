import { type Found, type FormatReader, MAX_PIECE_BYTES, type WantedBytes } from './format-reader.js';
import { FORMATS } from './formats.js';
import type { KeptStart } from './kept-start.js';
import type { ImageSize, Measurement } from './measurement.js';
import { MAX_LAST_PIECE, Pieces } from './pieces.js';
import { type ImageFormat, getSignature } from './signature.js';

/** Bytes that are looked at, one after the other, until they say what the file is. */
const SIGNATURE_BYTES = [12, 32, 512] as const;

/** Pieces that may be asked for of one file: no real one needs as many, and none may keep its reader at work for long. */
export const MAX_PIECES = 2_048;
/**
 * How often the pieces may be far apart, or go back: each time may cost a request. Where the size is known, and no more
 * than its orientation or EXIF is looked for, that is worth fewer of them.
 */
export const MAX_LEAPS = 16;
export const MAX_LEAPS_FOR_EXIF = 4;

/** Bytes at the start that are always there to go back to. */
export const SURE_START = 16_384;
/** Bytes between two pieces that are read over rather than leapt over: what a connection brings in a moment. */
const MODEST_GAP = 32_768;
/** So are more bytes where so many times as many were not too many before. */
const GAP_GROWTH = 2;

const NOTHING: Buffer = Buffer.alloc(0);
const MORE: Measurement = { kind: 'more' };

/**
 * Whether what stands behind a gap is read on to, rather than asked for by itself: a request costs as much time as some
 * 30 KiB more, and the more was read, the less another part of it matters.
 *
 * @param read bytes that were read before
 */
export function isNear(gap: number, read: number): boolean {
  return gap >= 0 && gap <= Math.max(MODEST_GAP, read * GAP_GROWTH);
}

/**
 * Measures an image by its bytes, which come in chunks of any length, and from wherever they are wanted. What it says
 * depends on the bytes alone: not on how they were cut, nor on which of those that nobody wanted came along. It takes time
 * linear in their number, and keeps the first 64 KiB, and the piece that its reader waits for. Never throws: what a reader
 * stumbles over is `broken`.
 */
export class Measurer {
  private readonly pieces = new Pieces();
  private format: ImageFormat | undefined;
  private reader: FormatReader | undefined;
  private said: Measurement = MORE;
  private soFar: ImageSize | undefined;
  /** Where the next byte stands that is pushed. */
  private position = 0;
  /** Bytes of the whole file, once those beyond them were asked for. */
  private fileLength = Infinity;

  private wanted: WantedBytes = { at: 0, length: SIGNATURE_BYTES[0] };
  private looks = 0;
  private asked = 0;
  private leaps = 0;
  /** Bytes that have to be read for the pieces so far, whichever others came along. */
  private read = SURE_START;
  /** Where the piece before begins, unless it was too long to be kept, and where it ends. */
  private lastFrom = 0;
  private lastEnd = 0;

  /** @param wantsExif whether the file is read on for its EXIF where size and orientation are known */
  constructor(private readonly wantsExif = true) {}

  /** What the bytes so far say. */
  get measurement(): Measurement {
    return this.said;
  }

  /** The start of the file, which is kept as long as more of it is wanted. */
  get start(): KeptStart {
    return this.pieces.start;
  }

  /** Where the next byte stands that makes a difference; it may be before those that came. */
  get wantedAt(): number {
    return this.pieces.countMissing(this.wanted);
  }

  /** Where the bytes end that are wanted there. */
  get wantedEnd(): number {
    return this.wanted.at + this.wanted.length;
  }

  /** The next bytes will be those from there on. */
  moveTo(at: number): void {
    this.position = at;
  }

  /** Takes the next bytes. More of them make no difference once the measurement is anything but `more`. */
  push(bytes: Buffer): Measurement {
    const at = this.position;
    this.position += bytes.length;
    if (this.said.kind !== 'more' || bytes.length === 0) return this.said;
    this.feed(bytes, at);
    if (this.said.kind === 'more') this.pieces.keep(bytes, at);
    return this.said;
  }

  /** The file is known to end there; what stands before may still be wanted. */
  endsAt(length: number): Measurement {
    this.fileLength = length;
    if (this.said.kind === 'more') this.feed(NOTHING, length);
    return this.said;
  }

  /** The file ends here, or nobody will read on: says what there is to say, never `more`. */
  end(): Measurement {
    this.endsAt(Math.min(this.fileLength, Math.max(this.position, this.start.length)));
    if (this.said.kind === 'more') this.finish({ kind: 'cut_short' });
    this.releaseBytes();
    return this.said;
  }

  /**
   * Drops every reference to the bytes but those of the start and the measurement. A measurer that has waited for its bytes
   * is in the old generation by then: dead as it soon is, it would keep them until the next full garbage collection, and
   * every answer would need fresh memory. That doubled the cost of an image.
   */
  private releaseBytes(): void {
    this.reader = undefined;
    this.pieces.release();
  }

  /** Gives the reader every piece that is there. */
  private feed(bytes: Buffer, at: number): void {
    while (this.said.kind === 'more') {
      const piece = this.pieces.collect(this.wanted, bytes, at, this.fileLength);
      if (piece === undefined) return;
      if (this.reader === undefined) this.recognize(piece);
      else this.goOn(this.reader, piece);
    }
    this.releaseBytes();
  }

  private recognize(head: Buffer): void {
    const signature = getSignature(head);
    const isAll = head.length < this.wanted.length;
    if (signature === 'undecided' && !isAll) {
      this.looks += 1;
      const length = SIGNATURE_BYTES[this.looks];
      if (length === undefined) this.said = { kind: 'not_an_image' };
      else this.wanted = { at: 0, length };
    } else if (signature === 'undecided' || signature === 'unknown') {
      this.said = { kind: head.length === 0 ? 'empty' : 'not_an_image' };
    } else {
      this.format = signature;
      this.reader = FORMATS[signature].read();
      this.goOn(this.reader);
    }
  }

  private goOn(reader: FormatReader, ...piece: [] | [Buffer]): void {
    try {
      const step = reader.next(...piece);
      if (step.done === true) this.said = this.named(step.value);
      else this.want(step.value);
    } catch {
      // A reader that stumbles has met a file that lies.
      this.finish({ kind: 'broken' });
    }
  }

  private want(wanted: WantedBytes): void {
    const { at, length, soFar } = wanted;
    if (soFar !== undefined && soFar !== this.soFar) {
      if (this.soFar === undefined) this.leaps = 0;
      this.soFar = soFar;
      this.said = { kind: 'more', soFar };
    }
    this.wanted = wanted;
    this.count(at, length);
    if (!isPossible(wanted)) return this.finish({ kind: 'broken' });
    if (this.isEnough()) this.finish({ kind: 'unsupported' });
  }

  /** Counts what a piece costs: it depends on the file alone, not on which bytes of it are there. */
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

  /** Whether the file is worth no further piece. */
  private isEnough(): boolean {
    if (this.asked > MAX_PIECES) return true;
    if (this.soFar === undefined) return this.leaps > MAX_LEAPS;
    return this.leaps > MAX_LEAPS_FOR_EXIF || (this.soFar.orientation !== null && !this.wantsExif);
  }

  private finish(otherwise: Found): void {
    this.said = this.soFar ?? this.named(otherwise);
  }

  private named(found: Found): Measurement {
    if (found.kind !== 'unsupported') return found;
    return { kind: 'unsupported', format: this.format === undefined ? 'file' : FORMATS[this.format].name };
  }
}

/** A file may say of its parts that they stand anywhere. */
function isPossible({ at, length }: WantedBytes): boolean {
  return at >= 0 && Number.isSafeInteger(at) && length >= 0 && length <= MAX_PIECE_BYTES;
}
