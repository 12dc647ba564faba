import type { ImageSize, Measurement } from '../measuring/measurement.js';
import type { Part, Whole } from './answer.js';
import { FetchFault } from './fetch-fault.js';
import type { FileInterest } from './file-interest.js';
import { FileReading } from './file-reading.js';
import { FileStart } from './file-start.js';
import type { RequestHeaders } from './image-client.js';
import { HostRanges } from './range-support.js';
import { RangedRead, type RangeRequest } from './ranged-read.js';
import { agree, SameFile } from './same-file.js';
import { type Ask, type Redirect, sizeText } from './transfer.js';

/** The result of measuring a file. */
export interface MeasuredFile {
  readonly kind: 'measured';
  readonly measurement: Measurement;
}

/**
 * Reads and measures a file. It requests the ranges that the measurer needs if the host supports ranges, else
 * it reads plain answers up to those bytes. It reads at most `maxBytes`, over all requests and redirects
 * together. Heads and framing count too, beyond `FRAMING` bytes of each answer.
 */
export class Download extends RangedRead<MeasuredFile> {
  private file: FileReading;
  protected offset = 0;
  /** Bytes that may still be read: `room` of this body, `budget` of the image. */
  private room = 0;
  private budget: number;
  /** Whether a plain answer is read again, for bytes that are further back. */
  private goesBack = false;
  private hops = 0;
  private restarted = false;
  private readonly sameFile = new SameFile();
  private validator: string | undefined;
  private total: number | null = null;
  private type: string | undefined;

  /** @param interest what is needed besides the size; undefined if nothing is */
  constructor(
    private readonly maxBytes: number,
    private readonly interest?: FileInterest,
  ) {
    super();
    this.budget = maxBytes;
    this.file = new FileReading(interest);
  }

  /** The start of the file, if it is needed. The caller owns it. */
  takeStart(): FileStart | undefined {
    const { total, validator, ranged, known } = this;
    const start = this.file.takeStart();
    return start && new FileStart(start, total, validator, ranged, known?.exif ?? null);
  }

  /** Bytes of the whole file as the host declared them, or null. */
  get contentLength(): number | null {
    return this.total;
  }

  /** The `Content-Type` of the file, unchanged. */
  get contentType(): string | undefined {
    return this.type;
  }

  /** Bytes that were read over all requests, including heads and framing beyond `FRAMING` bytes of each answer. */
  get bytes(): number {
    return this.maxBytes - this.budget;
  }

  /** The size that is known if no more bytes arrive. */
  get known(): ImageSize | undefined {
    return this.file.known;
  }

  override async from(ask: Ask, ranges = new HostRanges()): Promise<MeasuredFile | Redirect> {
    if (this.hops > 0) this.startOver();
    this.hops += 1;
    this.ranged = ranges.areAsked;
    return super.from(ask, ranges);
  }

  onBytes(chunk: Buffer): boolean {
    const rest = this.sameFile.strip(chunk);
    if (rest === undefined || rest.length === 0) return rest !== undefined;
    const bytes = rest.length > this.room ? rest.subarray(0, this.room) : rest;
    const at = this.offset;
    this.room -= bytes.length;
    this.budget -= bytes.length;
    this.offset += bytes.length;
    const goesOn = this.file.push(bytes, at, this.reach());
    if (this.file.isUndecided) this.sameFile.keep(bytes, this.offset);
    return goesOn && this.room > 0;
  }

  spend(bytes: number): void {
    this.budget = Math.max(0, this.budget - bytes);
    this.room = Math.min(this.room, this.budget);
    if (this.budget === 0) throw this.tooLarge();
  }

  /**
   * The offset at which the readable rest of the answer ends. It is infinite for a plain answer of unknown length while the size of
   * the image is unknown, because the file may be shorter than its boxes say.
   */
  private reach(): number {
    const limit = this.offset + this.room;
    if (this.answer?.kind !== 'whole') return limit;
    if (this.total !== null) return Math.min(limit, this.total);
    return this.file.known === undefined ? Infinity : limit;
  }

  /** If an answer breaks off, the bytes that arrived may still contain the size. */
  protected override async send(ask: Ask, headers: RequestHeaders): Promise<boolean> {
    try {
      return await super.send(ask, headers);
    } catch (error) {
      this.file.end();
      throw error;
    }
  }

  protected beginPart(part: Part): boolean {
    if (this.offset > 0 && !this.sameFile.accepts(part, this.total, this.validator)) return false;
    this.validator = part.validator;
    this.total = part.total;
    this.type = part.contentType;
    this.room = Math.max(0, Math.min(part.length - this.sameFile.overlap, this.budget));
    return true;
  }

  protected beginWhole({ total, contentType }: Whole): boolean {
    if (!this.goesBack || !agree(total, this.total)) this.startOver();
    this.total = total;
    this.type = contentType;
    this.room = this.budget;
    return true;
  }

  /** A file may be shorter than its own boxes say, but not shorter than the bytes that arrived. */
  protected concludePastEnd(total: number | null, before: number): MeasuredFile | undefined {
    const canBe =
      total === null || (total <= before && total >= this.file.reached && agree(total, this.total));
    if (before === 0 || !canBe) {
      return this.readPlain('the host says that the file ends where it does not');
    }
    this.file.endsAt(total ?? before);
    return this.resultIfDecided();
  }

  protected concludePart({ total }: Part, before: number): MeasuredFile | undefined {
    if (this.file.isUndecided && this.sameFile.takeOtherTag()) return undefined;
    if (this.file.isUndecided && this.offset === before) return this.beginAnew();
    this.endIfNothingFollows(total);
    return this.resultIfDecided();
  }

  protected concludeWhole({ total }: Whole, isComplete: boolean): MeasuredFile | undefined {
    this.ranged = false;
    if (isComplete || this.offset === total) this.file.endsAt(this.offset);
    else this.endIfNothingFollows(this.total);
    this.goesBack = this.file.wantedAt < this.offset;
    if (this.file.isUndecided && !this.goesBack) throw this.tooLarge();
    return this.resultIfDecided();
  }

  /** Tells the measurer where the file ends if the bytes that it needs are behind that end. */
  private endIfNothingFollows(total: number | null): void {
    if (total !== null && Math.max(this.offset, this.file.wantedAt) >= total) this.file.endsAt(total);
  }

  /** The result, or undefined to go on. @throws FetchFault if no more bytes may be read */
  private resultIfDecided(): MeasuredFile | undefined {
    if (!this.file.isUndecided) return { kind: 'measured', measurement: this.file.measurement };
    if (this.budget === 0) throw this.tooLarge();
    return undefined;
  }

  /** Starts again, once. The file changed while it was read, or a part arrived without a byte. */
  private beginAnew(): undefined {
    if (this.restarted) throw new FetchFault('bad_response', 'the file changed while it was read');
    this.restarted = true;
    this.startOver();
  }

  protected startOver(): void {
    this.file = new FileReading(this.interest);
    this.offset = 0;
    this.goesBack = false;
    this.sameFile.startOver();
    this.validator = undefined;
    this.total = null;
  }

  protected nextRange(): RangeRequest | undefined {
    const { overlap, end } = this.sameFile;
    // The overlapping bytes identify the file, so no bytes can be skipped.
    if (overlap > 0 && this.file.wantedAt < end) return undefined;
    const { from, length } = overlap > 0 ? this.file.rangeBehind(end) : this.file.nextRange(this.offset);
    this.offset = from;
    const first = from - overlap;
    const range = `bytes=${first}-${from + Math.min(length, this.budget) - 1}`;
    const condition = from === 0 ? [] : this.sameFile.condition(this.validator);
    return { first, headers: ['range', range, ...condition] };
  }

  protected beginPlain(): void {
    this.offset = 0;
  }

  private tooLarge(): FetchFault {
    return new FetchFault('too_large', `its size does not stand within the first ${sizeText(this.maxBytes)}`);
  }
}
