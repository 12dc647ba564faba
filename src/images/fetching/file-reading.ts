import { type FileKeys, getFileKeys } from '../flags/file-keys.js';
import type { ImageSize, Measurement } from '../measuring/measurement.js';
import { Measurer } from '../measuring/measurer.js';
import type { FileInterest } from './file-interest.js';
import { type ByteRange, FIRST_RANGE, nextRange } from './next-range.js';

/** The bytes of a file that arrived, their measurement, and the bytes that are needed next. */
export class FileReading {
  private readonly measurer: Measurer;
  /** Bytes that arrived, including repeated ones. */
  private bytes = 0;
  /** End of the last byte that arrived, as an offset in the file. */
  reached = 0;
  /** Length of the file, once its end is known. */
  private length: number | null = null;

  /**
   * At least {@link FIRST_RANGE} bytes are read if anything besides the size is needed.
   *
   * @param interest what analyzers need
   * @param identifies whether the keys of the file are needed
   */
  constructor(
    private readonly interest: FileInterest | undefined,
    private readonly identifies = false,
  ) {
    this.measurer = new Measurer(interest?.usesExif ?? false);
  }

  get measurement(): Measurement {
    return this.measurer.measurement;
  }

  /** Whether more bytes are needed to measure the file. */
  get isUndecided(): boolean {
    return this.measurer.measurement.kind === 'more';
  }

  /** The size, if the bytes so far contain it. */
  get sizeSoFar(): ImageSize | undefined {
    const measurement = this.measurer.measurement;
    return measurement.kind === 'size'
      ? measurement
      : measurement.kind === 'more'
        ? measurement.soFar
        : undefined;
  }

  /** Offset of the next byte that is needed. */
  get wantedAt(): number {
    return this.measurer.wantedAt;
  }

  /**
   * The keys of the file; undefined if they are not needed, or if its start or its length is not known. They need the
   * start, so this comes before {@link releaseStart}.
   *
   * @param declared bytes of the whole file as the host declared them, or null
   */
  getKeys(declared: number | null): FileKeys | undefined {
    const { sizeSoFar, length } = this;
    const total = length ?? declared;
    if (!this.identifies || sizeSoFar === undefined || total === null) return undefined;
    const { format, width, height } = sizeSoFar;
    return getFileKeys({ start: this.measurer.start.bytes, length: total, format, width, height });
  }

  /**
   * Returns the start of the file if an analyzer needs it, and releases it here (see `Measurer.releaseBytes`).
   */
  releaseStart(): Buffer | undefined {
    const { bytes } = this.measurer.start;
    this.measurer.start.release();
    return this.isWanted(bytes) ? bytes : undefined;
  }

  /** @param end offset where the last bytes ended */
  nextRange(end: number): ByteRange {
    const { wantedAt, wantedEnd } = this.measurer;
    return nextRange(end, this.bytes, { at: wantedAt, end: wantedEnd });
  }

  /**
   * The range that follows the last bytes, however far away the needed bytes are.
   *
   * @param end offset where the last bytes ended
   */
  rangeBehind(end: number): ByteRange {
    return nextRange(end, this.bytes, { at: end, end: this.measurer.wantedEnd });
  }

  /**
   * Reads bytes of an answer.
   *
   * @param at their offset in the file
   * @param reach offset where the answer ends; Infinity if it may go on to the end of the file
   * @returns whether more of the answer is needed
   */
  push(bytes: Buffer, at: number, reach: number): boolean {
    const end = at + bytes.length;
    this.bytes += bytes.length;
    this.reached = Math.max(this.reached, end);
    this.measurer.moveTo(at);
    const isUndecided = this.measurer.push(bytes).kind === 'more';
    const needsMore = isUndecided ? this.isAhead(end, reach) : this.lacksStart(end);
    // Most files arrive at once and contain nothing that is needed. Nothing of them is kept.
    const isAll = !needsMore && !isUndecided && at === 0;
    if (this.identifies || (this.interest !== undefined && !(isAll && !this.isWanted(bytes))))
      this.measurer.start.push(bytes, at);
    return needsMore;
  }

  /** Sets the length of the file. */
  endsAt(length: number): void {
    this.length = length;
    this.measurer.endsAt(length);
  }

  /** No more bytes will arrive. The bytes that arrived may still contain the size. */
  end(): void {
    this.measurer.end();
  }

  /**
   * Whether the needed bytes are in the rest of the answer. The start of the file is always needed, to go back
   * to.
   */
  private isAhead(end: number, reach: number): boolean {
    const { wantedAt } = this.measurer;
    return end < FIRST_RANGE || (wantedAt >= end && wantedAt < reach);
  }

  private lacksStart(end: number): boolean {
    return (this.identifies || this.interest !== undefined) && end < FIRST_RANGE;
  }

  private isWanted(start: Buffer): boolean {
    const { sizeSoFar, interest } = this;
    return (
      sizeSoFar !== undefined && interest?.wants(start, sizeSoFar.format, sizeSoFar.exif ?? null) === true
    );
  }
}
