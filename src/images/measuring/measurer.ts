import { type Found, type FormatReader, MAX_PIECE_BYTES, type WantedBytes } from './format-reader.js';
import { FORMATS } from './formats.js';
import { KeptStart } from './kept-start.js';
import type { ImageSize, Measurement } from './measurement.js';
import { type ImageFormat, signatureOf } from './signature.js';

/** Bytes that are looked at, one after the other, until they say what the file is. */
const SIGNATURE_BYTES = [12, 32, 512] as const;

/** Pieces that may be asked for of one file: no real one needs as many, and none may keep its reader at work for long. */
export const MAX_PIECES = 65_536;

/** Bytes between two pieces that are read over rather than leapt over: what a connection brings in a moment. */
export const MODEST_GAP = 32_768;
/** Bytes at the start that are always there to go back to. */
export const SURE_START = 16_384;
/**
 * How often the pieces may be far apart, or go back: each time may cost a request. Where the size is known, and no more
 * than its orientation or EXIF is looked for, that is worth fewer of them.
 */
export const MAX_LEAPS = 16;
export const MAX_LEAPS_FOR_EXIF = 4;

/** Of the piece before, which may be asked for once more, so many bytes are kept. */
const MAX_LAST_PIECE = 4_096;

const NOTHING: Buffer = Buffer.alloc(0);
const MORE: Measurement = { kind: 'more' };

/**
 * Measures an image by its bytes, which come in chunks of any length, and from wherever they are wanted. What it says
 * depends on the bytes alone: not on how they were cut, nor on which of those that nobody wanted came along. It takes time
 * linear in their number, and keeps the first 64 KiB, and the piece that its reader waits for. Never throws: what a reader
 * stumbles over is `broken`.
 */
export class Measurer {
  /** The start of the file, while that is of use. */
  readonly start = new KeptStart();
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
  private pieces = 0;
  private leaps = 0;
  /** Where the piece before begins, unless it was too long to be kept, and where it ends. */
  private lastFrom = 0;
  private lastEnd = 0;

  /** What is there of a piece that came in several chunks. */
  private gathered: Buffer | undefined;
  private gatheredBytes = 0;
  /** The piece before, unless it was long. */
  private last: Buffer = NOTHING;
  private lastAt = 0;

  /** @param wantsExif whether the file is read on for its EXIF where size and orientation are known */
  constructor(private readonly wantsExif = true) {}

  /** What the bytes so far say. */
  get measurement(): Measurement {
    return this.said;
  }

  /** Where the next byte stands that makes a difference; it may be before those that came. */
  get wantedAt(): number {
    if (this.gathered !== undefined) return this.wanted.at + this.gatheredBytes;
    return this.wanted.at;
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
    if (this.said.kind === 'more') this.keep(bytes, at);
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
    return this.said;
  }

  /** Gives the reader every piece that is there. */
  private feed(bytes: Buffer, at: number): void {
    while (this.said.kind === 'more') {
      const piece = this.pieceOf(bytes, at);
      if (piece === undefined) return;
      this.last = piece.length <= MAX_LAST_PIECE ? piece : NOTHING;
      this.lastAt = this.wanted.at;
      if (this.reader === undefined) this.recognize(piece);
      else this.goOn(this.reader, piece);
    }
  }

  /** The piece that is wanted, where all of it is there, or it ends with the file. */
  private pieceOf(bytes: Buffer, bytesAt: number): Buffer | undefined {
    const { at, length } = this.wanted;
    const end = Math.min(at + length, this.fileLength);
    if (end <= at) return this.takeGathered() ?? NOTHING;
    if (this.gathered === undefined) {
      if (at >= bytesAt && end <= bytesAt + bytes.length) return bytes.subarray(at - bytesAt, end - bytesAt);
      if (end <= this.start.length) return this.start.bytes.subarray(at, end);
      if (end <= this.lastAt + this.last.length && at >= this.lastAt)
        return this.last.subarray(at - this.lastAt, end - this.lastAt);
      const isBegun =
        this.isIn(bytes, bytesAt, at) || at < this.start.length || this.isIn(this.last, this.lastAt, at);
      if (!isBegun) return undefined;
      this.gathered = Buffer.allocUnsafeSlow(end - at);
      this.gather(this.start.bytes, 0);
      this.gather(this.last, this.lastAt);
    }
    this.gather(bytes, bytesAt);
    return at + this.gatheredBytes >= end ? this.takeGathered() : undefined;
  }

  private isIn(bytes: Buffer, bytesAt: number, at: number): boolean {
    return at >= bytesAt && at < bytesAt + bytes.length;
  }

  /** Takes those of the bytes that come next in the piece. */
  private gather(bytes: Buffer, bytesAt: number): void {
    const next = this.wanted.at + this.gatheredBytes;
    if (this.gathered === undefined || !this.isIn(bytes, bytesAt, next)) return;
    this.gatheredBytes += bytes.copy(this.gathered, this.gatheredBytes, next - bytesAt);
  }

  private takeGathered(): Buffer | undefined {
    const piece = this.gathered?.subarray(0, this.gatheredBytes);
    this.gathered = undefined;
    this.gatheredBytes = 0;
    return piece;
  }

  private recognize(head: Buffer): void {
    const signature = signatureOf(head);
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

  private named(found: Found): Measurement {
    if (found.kind !== 'unsupported') return found;
    return { kind: 'unsupported', format: this.format === undefined ? 'file' : FORMATS[this.format].name };
  }

  private want(wanted: WantedBytes): void {
    const { at, length, soFar } = wanted;
    if (soFar !== undefined && soFar !== this.soFar) {
      this.soFar = soFar;
      this.said = { kind: 'more', soFar };
    }
    this.pieces += 1;
    if (this.isLeap(at, length)) this.leaps += 1;
    this.lastEnd = at + length;
    this.lastFrom = length <= MAX_LAST_PIECE ? at : this.lastEnd;
    this.wanted = wanted;
    const isBad = !(at >= 0 && length >= 0 && length <= MAX_PIECE_BYTES && Number.isSafeInteger(at));
    if (isBad) return this.finish({ kind: 'broken' });
    const hasOrientation = this.soFar !== undefined && this.soFar.orientation !== null;
    if (hasOrientation && !this.wantsExif) return this.finish(this.named({ kind: 'unsupported' }));
    const leaps = this.soFar === undefined ? MAX_LEAPS : MAX_LEAPS_FOR_EXIF;
    if (this.pieces > MAX_PIECES || this.leaps > leaps) this.finish(this.named({ kind: 'unsupported' }));
  }

  /** Whether a piece is far from the one before: it depends on the file alone, not on which bytes of it are there. */
  private isLeap(at: number, length: number): boolean {
    if (at + length <= SURE_START) return false;
    return at > this.lastEnd + MODEST_GAP || at < this.lastFrom;
  }

  private finish(otherwise: Measurement): void {
    this.said = this.soFar ?? otherwise;
  }

  /** What may be asked for again; the chunk itself is let go of. */
  private keep(bytes: Buffer, at: number): void {
    this.start.push(bytes, at);
    if (this.last.buffer === bytes.buffer) this.last = Buffer.from(this.last);
  }
}
