import type { FileKeys } from '../flags/file-keys.js';
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
import { type SendRequest, type Redirect, sizeText } from './transfer.js';

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
  /** Bytes that may still be read of this body. */
  private room = 0;
  /** Bytes that may still be read for this image, over all requests. */
  private budget: number;
  /** Whether the whole file is requested again, because the needed bytes are before the current offset. */
  private rereads = false;
  /** Number of hosts that were asked: one more after each redirect. */
  private hops = 0;
  private hasRestarted = false;
  private readonly sameFile = new SameFile();
  private validator: string | undefined;
  private total: number | null = null;
  private type: string | undefined;

  /**
   * @param interest what analyzers need besides the size; undefined if nothing is
   * @param identifies whether the keys of the file are needed
   */
  constructor(
    private readonly maxBytes: number,
    private readonly interest?: FileInterest,
    private readonly identifies = false,
  ) {
    super();
    this.budget = maxBytes;
    this.file = new FileReading(interest, identifies);
  }

  /** The keys of the file, if they are needed and known. They need its start, so this comes before {@link releaseStart}. */
  get keys(): FileKeys | undefined {
    return this.file.getKeys(this.total);
  }

  /** Returns the start of the file if an analyzer needs it. The caller owns the bytes; they are not kept here. */
  releaseStart(): FileStart | undefined {
    const { total, validator, requestsRange, sizeSoFar } = this;
    const start = this.file.releaseStart();
    return start && new FileStart(start, total, validator, requestsRange, sizeSoFar?.exif ?? null);
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

  /** The size, if the bytes so far contain it. */
  get sizeSoFar(): ImageSize | undefined {
    return this.file.sizeSoFar;
  }

  override async readFrom(
    sendRequest: SendRequest,
    ranges = new HostRanges(),
  ): Promise<MeasuredFile | Redirect> {
    if (this.hops > 0) this.discardBytes();
    this.hops += 1;
    this.requestsRange = ranges.areRequested;
    return super.readFrom(sendRequest, ranges);
  }

  onBytes(chunk: Buffer): boolean {
    const rest = this.sameFile.strip(chunk);
    if (rest === undefined || rest.length === 0) return rest !== undefined;
    const bytes = rest.length > this.room ? rest.subarray(0, this.room) : rest;
    const at = this.offset;
    this.room -= bytes.length;
    this.budget -= bytes.length;
    this.offset += bytes.length;
    const needsMore = this.file.push(bytes, at, this.reach());
    if (this.file.isUndecided) this.sameFile.keep(bytes, this.offset);
    return needsMore && this.room > 0;
  }

  onFramingBytes(bytes: number): void {
    this.budget = Math.max(0, this.budget - bytes);
    this.room = Math.min(this.room, this.budget);
    if (this.budget === 0) throw this.tooLarge();
  }

  /**
   * The offset up to which the answer can still be read. It is not known (Infinity) for a plain answer without a length while the size of
   * the image is unknown: the file may end before the place that its boxes point to.
   */
  private reach(): number {
    const limit = this.offset + this.room;
    if (this.answer?.kind !== 'whole') return limit;
    if (this.total !== null) return Math.min(limit, this.total);
    return this.file.sizeSoFar === undefined ? Infinity : limit;
  }

  /** If an answer breaks off, the bytes that arrived may still contain the size. */
  protected override async send(sendRequest: SendRequest, headers: RequestHeaders): Promise<boolean> {
    try {
      return await super.send(sendRequest, headers);
    } catch (error) {
      this.file.end();
      throw error;
    }
  }

  protected onPart(part: Part): boolean {
    if (this.offset > 0 && !this.sameFile.accepts(part, this.total, this.validator)) return false;
    this.validator = part.validator;
    this.total = part.total;
    this.type = part.contentType;
    this.room = Math.max(0, Math.min(part.length - this.sameFile.overlap, this.budget));
    return true;
  }

  protected onWhole({ total, contentType }: Whole): boolean {
    if (!this.rereads || !agree(total, this.total)) this.discardBytes();
    this.total = total;
    this.type = contentType;
    this.room = this.budget;
    return true;
  }

  /** A file may be shorter than its own boxes say, but not shorter than the bytes that arrived. */
  protected concludePastEnd(total: number | null, offsetBefore: number): MeasuredFile | undefined {
    const isPlausible =
      total === null || (total <= offsetBefore && total >= this.file.reached && agree(total, this.total));
    if (offsetBefore === 0 || !isPlausible) {
      return this.fallBackToPlain('the host says that the file ends where it does not');
    }
    this.file.endsAt(total ?? offsetBefore);
    return this.resultIfDecided();
  }

  protected concludePart({ total }: Part, offsetBefore: number): MeasuredFile | undefined {
    // `onPart` refused the part only for its entity tag. The next request has an overlap with the bytes that were
    // read, which shows whether they are of the same version of the file.
    if (this.file.isUndecided && this.sameFile.consumeTagMismatch()) return undefined;
    // No byte was read: the part is of another version of the file (`onPart`), its overlap differs (`onBytes`), or
    // it was empty. Repeating the request would change nothing.
    if (this.file.isUndecided && this.offset === offsetBefore) return this.restartOnce();
    this.endIfNothingFollows(total);
    return this.resultIfDecided();
  }

  protected concludeWhole({ total }: Whole, isComplete: boolean): MeasuredFile | undefined {
    this.requestsRange = false;
    if (isComplete || this.offset === total) this.file.endsAt(this.offset);
    else this.endIfNothingFollows(this.total);
    this.rereads = this.file.wantedAt < this.offset;
    if (this.file.isUndecided && !this.rereads) throw this.tooLarge();
    return this.resultIfDecided();
  }

  /** Sets the end of the file if it was read to its end, or if the measurer needs a byte behind it. */
  private endIfNothingFollows(total: number | null): void {
    if (total !== null && Math.max(this.offset, this.file.wantedAt) >= total) this.file.endsAt(total);
  }

  /** The result, or undefined to go on. @throws FetchFault if no more bytes may be read */
  private resultIfDecided(): MeasuredFile | undefined {
    if (!this.file.isUndecided) return { kind: 'measured', measurement: this.file.measurement };
    if (this.budget === 0) throw this.tooLarge();
    return undefined;
  }

  /** Reads the file again from its start, once. It changed while it was read, or a part arrived without a byte. */
  private restartOnce(): undefined {
    if (this.hasRestarted) throw new FetchFault('bad_response', 'the file changed while it was read');
    this.hasRestarted = true;
    this.discardBytes();
  }

  protected discardBytes(): void {
    this.file = new FileReading(this.interest, this.identifies);
    this.offset = 0;
    this.rereads = false;
    this.sameFile.discardBytes();
    this.validator = undefined;
    this.total = null;
  }

  protected moveToNextRange(): RangeRequest | undefined {
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

  protected onPlainRequest(): void {
    this.offset = 0;
  }

  private tooLarge(): FetchFault {
    const start = sizeText(this.maxBytes);
    return new FetchFault('too_large', `the size of the image is not in the first ${start} of the file`);
  }
}
