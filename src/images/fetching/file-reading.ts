import type { ImageSize, Measurement } from '../measuring/measurement.js';
import { Measurer } from '../measuring/measurer.js';
import type { FileInterest } from './file-interest.js';
import { type ByteRange, FIRST_RANGE, nextRange } from './next-range.js';

/** What came of a file so far, what it says, and which bytes are wanted of it next. */
export class FileReading {
  private readonly measurer: Measurer;
  /** Bytes that came, those that came twice included. */
  private bytes = 0;
  /** How far into the file it was read. */
  reached = 0;

  /**
   * @param interest what is wanted beside the size: at least {@link FIRST_RANGE} bytes are read then. Undefined: nothing is
   */
  constructor(private readonly interest: FileInterest | undefined) {
    this.measurer = new Measurer(interest?.usesExif ?? false);
  }

  get measurement(): Measurement {
    return this.measurer.measurement;
  }

  /** Whether more bytes are wanted to measure it. */
  get isUndecided(): boolean {
    return this.measurer.measurement.kind === 'more';
  }

  /** What the bytes say when no more of them will come, if that is a size. */
  get known(): ImageSize | undefined {
    const said = this.measurer.measurement;
    return said.kind === 'size' ? said : said.kind === 'more' ? said.soFar : undefined;
  }

  /** Where the next byte stands that makes a difference. */
  get wantedAt(): number {
    return this.measurer.wantedAt;
  }

  /** The start of the file, where an analyzer wants it. It is dropped here: see `Measurer.releaseBytes`. */
  takeStart(): Buffer | undefined {
    const { bytes } = this.measurer.start;
    this.measurer.start.release();
    return this.isWanted(bytes) ? bytes : undefined;
  }

  /** @param end where the bytes end that came last */
  nextRange(end: number): ByteRange {
    const { wantedAt, wantedEnd } = this.measurer;
    return nextRange(end, this.bytes, { at: wantedAt, end: wantedEnd });
  }

  /** A range that follows on what came, however far the wanted bytes are. @param end where the bytes end that came last */
  rangeBehind(end: number): ByteRange {
    return nextRange(end, this.bytes, { at: end, end: this.measurer.wantedEnd });
  }

  /**
   * Takes bytes of an answer.
   *
   * @param at where they stand in the file
   * @param reach where the answer ends; Infinity where it may go on to the end of the file
   * @returns whether what follows of the answer is wanted
   */
  push(bytes: Buffer, at: number, reach: number): boolean {
    const end = at + bytes.length;
    this.bytes += bytes.length;
    this.reached = Math.max(this.reached, end);
    this.measurer.moveTo(at);
    const isUndecided = this.measurer.push(bytes).kind === 'more';
    const goesOn = isUndecided ? this.isAhead(end, reach) : this.lacksStart(end);
    // Most files come at once, and hold nothing that is wanted: of those nothing is kept for a moment.
    const isAll = !goesOn && !isUndecided && at === 0;
    if (this.interest !== undefined && !(isAll && !this.isWanted(bytes))) this.measurer.start.push(bytes, at);
    return goesOn;
  }

  /** The file is known to end there. */
  endsAt(length: number): void {
    this.measurer.endsAt(length);
  }

  /** Nothing more will come: what came may say the size all the same. */
  end(): void {
    this.measurer.end();
  }

  /** Whether what is wanted stands in the bytes to come. All of the start does: it is kept to go back to. */
  private isAhead(end: number, reach: number): boolean {
    const { wantedAt } = this.measurer;
    return end < FIRST_RANGE || (wantedAt >= end && wantedAt < reach);
  }

  private lacksStart(end: number): boolean {
    return this.interest !== undefined && end < FIRST_RANGE;
  }

  private isWanted(start: Buffer): boolean {
    const { known, interest } = this;
    return known !== undefined && interest?.wants(start, known.format, known.exif ?? null) === true;
  }
}
