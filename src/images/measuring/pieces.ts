import type { WantedBytes } from './format-reader.js';
import { KeptStart, MAX_START_BYTES } from './kept-start.js';

/** Maximum number of bytes kept of the previous piece, which may be requested again. */
export const MAX_LAST_PIECE = 4_096;

const NOTHING: Buffer = Buffer.alloc(0);

/** Assembles the pieces that a reader needs from chunks of the file. */
export class Pieces {
  /** The start of the file, while it is needed. */
  readonly start = new KeptStart();
  /** The available part of a piece that arrives in several chunks. */
  private gathered: Buffer | undefined;
  private gatheredBytes = 0;
  /** The previous piece, unless it was long. */
  private last: Buffer = NOTHING;
  private lastAt = 0;

  /** Offset of the missing bytes of the current piece. */
  countMissing({ at }: WantedBytes): number {
    if (this.gathered !== undefined) return at + this.gatheredBytes;
    return Math.max(at, at < this.start.length ? this.start.length : 0);
  }

  /**
   * Returns a piece if all of it is available or it ends with the file; undefined if more has to arrive.
   *
   * @param chunk the last chunk and its offset in the file
   * @param fileLength length of the file; Infinity if unknown
   */
  collect(
    { at, length }: WantedBytes,
    chunk: Buffer,
    chunkAt: number,
    fileLength: number,
  ): Buffer | undefined {
    const end = Math.min(at + length, fileLength);
    const piece = end <= at ? (this.releaseGathered() ?? NOTHING) : this.find(at, end, chunk, chunkAt);
    if (piece === undefined) return undefined;
    this.last = piece.length <= MAX_LAST_PIECE ? piece : NOTHING;
    this.lastAt = at;
    return piece;
  }

  /**
   * Keeps the bytes of a chunk that may be requested again. The chunk itself is released, unless it is the
   * first.
   */
  keep(chunk: Buffer, chunkAt: number): void {
    this.start.push(chunk, chunkAt);
    if (this.last.buffer === chunk.buffer) this.last = Buffer.from(this.last);
  }

  /** Drops every piece but not the start. */
  release(): void {
    this.gathered = undefined;
    this.gatheredBytes = 0;
    this.last = NOTHING;
  }

  private find(at: number, end: number, chunk: Buffer, chunkAt: number): Buffer | undefined {
    if (this.gathered === undefined) {
      const whole =
        findPart(chunk, chunkAt, at, end) ??
        this.inStart(at, end) ??
        findPart(this.last, this.lastAt, at, end);
      if (whole !== undefined) return whole;
      // The start of the file is assembled there.
      if (end <= MAX_START_BYTES && at <= this.start.length) {
        this.start.push(chunk, chunkAt);
        return this.inStart(at, end);
      }
      const isBegun = at < this.start.length || isIn(chunk, chunkAt, at) || isIn(this.last, this.lastAt, at);
      if (!isBegun) return undefined;
      this.gathered = Buffer.allocUnsafeSlow(end - at);
      this.gather(this.start.bytes, 0, at);
      this.gather(this.last, this.lastAt, at);
    }
    this.gather(chunk, chunkAt, at);
    return at + this.gatheredBytes >= end ? this.releaseGathered() : undefined;
  }

  private inStart(at: number, end: number): Buffer | undefined {
    return end <= this.start.length ? this.start.bytes.subarray(at, end) : undefined;
  }

  /** Adds the bytes that continue the piece. */
  private gather(bytes: Buffer, bytesAt: number, pieceAt: number): void {
    const next = pieceAt + this.gatheredBytes;
    if (this.gathered === undefined || !isIn(bytes, bytesAt, next)) return;
    this.gatheredBytes += bytes.copy(this.gathered, this.gatheredBytes, next - bytesAt);
  }

  private releaseGathered(): Buffer | undefined {
    const piece = this.gathered?.subarray(0, this.gatheredBytes);
    this.gathered = undefined;
    this.gatheredBytes = 0;
    return piece;
  }
}

function isIn(bytes: Buffer, bytesAt: number, at: number): boolean {
  return at >= bytesAt && at < bytesAt + bytes.length;
}

function findPart(bytes: Buffer, bytesAt: number, from: number, to: number): Buffer | undefined {
  const isThere = from >= bytesAt && to <= bytesAt + bytes.length;
  return isThere ? bytes.subarray(from - bytesAt, to - bytesAt) : undefined;
}
