import type { Measurement } from '../measuring/measurement.js';
import { Measurer } from '../measuring/measurer.js';
import { type Answer, readAnswer } from './answer.js';
import type { AnswerReader } from './exchange.js';
import { FetchFault } from './fetch-fault.js';
import { FileStart } from './file-start.js';
import type { Headers } from './headers.js';
import type { RequestHeaders } from './image-client.js';
import { FIRST_RANGE, nextRange } from './next-range.js';
import { HostRanges } from './range-support.js';
import { agree, SameFile } from './same-file.js';

/** A host that cuts a file into more parts than this only wastes time. */
export const MOST_REQUESTS = 32;

/** What is wanted of a file beside its size. */
export interface Glance {
  /** Whether a file is read on for its EXIF block, where its size and orientation are known without. */
  readonly usesExif: boolean;
  /** Whether the start of a file of this format, with this EXIF block, is of any interest. It must not throw. */
  wants(start: Buffer, format: string, exif: Buffer | null): boolean;
}

/** Sends a GET for the file; resolves with whether the body was read to its end. */
export type Ask = (headers: RequestHeaders, reader: AnswerReader) => Promise<boolean>;

/** The host sends on to another URL. */
export interface Redirect {
  readonly kind: 'redirect';
  readonly location: string | undefined;
  /** The values of `Set-Cookie`. */
  readonly cookies: readonly string[];
}

/** What there is to say of the size. */
export interface MeasuredFile {
  readonly kind: 'measured';
  readonly measurement: Measurement;
}

/** How a download went on: to a size or its lack, or to another URL. */
export type DownloadStep = MeasuredFile | Redirect;

/**
 * Reads of a file what it takes to measure it, and measures it as it comes: by ranges, from wherever bytes are wanted,
 * where the host honours them; by plain answers, read as far as those bytes, where it does not. Reads `maxBytes` of it at
 * the most, over all requests and hops together; what comes beside the bodies counts too, beyond what each answer may need.
 */
export class Download implements AnswerReader {
  private measurer: Measurer;
  private answer: Answer | undefined;
  /** Where the next byte of a body stands in the file. */
  private offset = 0;
  /** Bytes that were read since the file was begun, and how far into it. */
  private read = 0;
  private reached = 0;
  /** Bytes that may still be taken of this body, and of the image. */
  private room = 0;
  private budget: number;
  private ranged = true;
  private ranges = new HostRanges();
  /** The host refused a request for a range, and was asked without one. */
  private refusedRange = false;
  /** Whether a plain answer is read once more, for what stands further back. */
  private goesBack = false;
  private hops = 0;
  private restarted = false;
  private readonly sameFile = new SameFile();
  private validator: string | undefined;
  private total: number | null = null;
  private type: string | undefined;

  /**
   * @param glance whether the start of a file of some format is wanted: {@link FIRST_RANGE} bytes are read then at the least.
   *   Undefined: no start is
   */
  constructor(
    private readonly maxBytes: number,
    private readonly glance?: Glance,
  ) {
    this.budget = maxBytes;
    this.measurer = new Measurer(glance?.usesExif ?? false);
  }

  /** The start of the file, where it is wanted; it is whoever's that takes it. */
  takeStart(): FileStart | undefined {
    const { total, validator, ranged, known } = this;
    const { bytes } = this.measurer.start;
    if (!this.isWanted(bytes)) return undefined;
    return new FileStart(bytes, total, validator, ranged, exifOf(known));
  }

  /** Bytes of the whole file as the host declared them, or null. */
  get contentLength(): number | null {
    return this.total;
  }

  /** What the host says that the file is, as it came. */
  get contentType(): string | undefined {
    return this.type;
  }

  /** Bytes that were read of it, over all requests; what comes beside the bodies counts where it is much. */
  get bytes(): number {
    return this.maxBytes - this.budget;
  }

  /** What the bytes say when no more of them will come, if that is a size. */
  get known(): Measurement | undefined {
    const said = this.measurer.measurement;
    return said.kind === 'size' ? said : said.kind === 'more' ? said.soFar : undefined;
  }

  /**
   * Asks one host until the size is known, the file ends, or the host sends on.
   *
   * @param ranges whether that host answers requests for a range
   * @throws FetchFault, or what asking threw
   */
  async from(ask: Ask, ranges = new HostRanges()): Promise<DownloadStep> {
    if (this.hops > 0) this.startOver();
    this.hops += 1;
    this.ranges = ranges;
    this.ranged = ranges.areAsked;
    this.refusedRange = false;
    for (let requests = 0; requests < MOST_REQUESTS; requests += 1) {
      this.answer = undefined;
      const headers = this.aim();
      const before = this.offset;
      const complete = await this.ask(ask, headers);
      const step = this.conclude(this.answer, complete, before);
      if (step !== undefined) return step;
    }
    throw new FetchFault('bad_response', 'the host sends its file in too many small parts');
  }

  /** Where an answer breaks off, what came of it may say the size all the same. */
  private async ask(ask: Ask, headers: RequestHeaders): Promise<boolean> {
    try {
      return await ask(headers, this);
    } catch (error) {
      this.measurer.end();
      throw error;
    }
  }

  begin(status: number, headers: Headers): boolean {
    const { overlap } = this.sameFile;
    const answer = readAnswer(status, headers, this.ranged ? this.offset - overlap : undefined);
    this.answer = answer;
    switch (answer.kind) {
      case 'part':
        if (this.offset > 0 && !this.sameFile.accepts(answer, this.total, this.validator)) return false;
        this.ranges.recordAnswered();
        this.validator = answer.validator;
        this.total = answer.total;
        this.type = answer.contentType;
        this.room = Math.max(0, Math.min(answer.length - overlap, this.budget));
        this.measurer.moveTo(this.offset);
        return true;
      case 'whole':
        if (this.refusedRange) this.ranges.recordRefused();
        if (!this.goesBack || !agree(answer.total, this.total)) this.startOver();
        this.total = answer.total;
        this.type = answer.contentType;
        this.room = this.budget;
        this.measurer.moveTo(0);
        return true;
      case 'wrong_part':
      case 'past_end':
      case 'redirect':
      case 'fault':
        return false;
    }
  }

  take(chunk: Buffer): boolean {
    const rest = this.sameFile.strip(chunk);
    if (rest === undefined || rest.length === 0) return rest !== undefined;
    const bytes = rest.length > this.room ? rest.subarray(0, this.room) : rest;
    const at = this.offset;
    this.room -= bytes.length;
    this.budget -= bytes.length;
    this.read += bytes.length;
    this.offset += bytes.length;
    this.reached = Math.max(this.reached, this.offset);
    const isUndecided = this.measurer.push(bytes).kind === 'more';
    if (isUndecided) this.sameFile.keep(bytes, this.offset);
    const goesOn = this.room > 0 && (isUndecided ? this.isOnTheWay() : this.needsStart());
    // Most files come at once, and hold nothing that is wanted: of those nothing is kept for a moment.
    const isAll = !goesOn && !isUndecided && this.offset === bytes.length;
    if (this.glance !== undefined && !(isAll && !this.isWanted(bytes))) this.measurer.start.push(bytes, at);
    return goesOn;
  }

  spend(bytes: number): void {
    this.budget = Math.max(0, this.budget - bytes);
    this.room = Math.min(this.room, this.budget);
    if (this.budget === 0) throw this.tooLarge();
  }

  /** Whether this body leads to what is wanted. */
  private isOnTheWay(): boolean {
    const { wantedAt } = this.measurer;
    if (this.offset < FIRST_RANGE) return true;
    return wantedAt >= this.offset && (!this.ranged || wantedAt < this.offset + this.room);
  }

  /** Whether the start of the file is wanted beside its size, and is not there yet. */
  private needsStart(): boolean {
    return this.glance !== undefined && this.offset < FIRST_RANGE;
  }

  /** What follows of an answer; undefined: the next request. */
  private conclude(answer: Answer | undefined, complete: boolean, before: number): DownloadStep | undefined {
    switch (answer?.kind) {
      case undefined:
        throw new FetchFault('bad_response', 'the host gave no answer');
      case 'fault':
        if (answer.mayBeOfRange !== true || !this.ranges.mayBeRefused) throw answer.fault;
        this.refusedRange = true;
        return this.readWhole(answer.fault.message);
      case 'redirect':
        return answer;
      case 'wrong_part':
        return this.readWhole('the host answered with another part of the file than it was asked for');
      case 'past_end':
        return this.concludePastEnd(answer.total, before);
      case 'part':
        return this.concludePart(answer.total, before);
      case 'whole':
        return this.concludeWhole(complete || this.offset === answer.total);
    }
  }

  /** A file may be shorter than its own boxes say; but not than what came of it. */
  private concludePastEnd(total: number | null, before: number): DownloadStep | undefined {
    const canBe = total === null || (total <= before && total >= this.reached && agree(total, this.total));
    if (before === 0 || !canBe) {
      return this.readWhole('the host says that the file ends where it does not');
    }
    this.measurer.endsAt(total ?? before);
    return this.stepOnceDecided();
  }

  private concludePart(total: number | null, before: number): DownloadStep | undefined {
    if (this.isUndecided() && this.sameFile.takeOtherTag()) return undefined;
    if (this.isUndecided() && this.offset === before) return this.beginAnew();
    if (total !== null && Math.max(this.offset, this.measurer.wantedAt) >= total) this.measurer.endsAt(total);
    return this.stepOnceDecided();
  }

  private concludeWhole(isAll: boolean): DownloadStep | undefined {
    this.ranged = false;
    if (isAll) this.measurer.endsAt(this.offset);
    this.goesBack = this.measurer.wantedAt < this.offset;
    if (this.isUndecided() && !this.goesBack) throw this.tooLarge();
    return this.stepOnceDecided();
  }

  private stepOnceDecided(): DownloadStep | undefined {
    if (!this.isUndecided()) return { kind: 'measured', measurement: this.measurer.measurement };
    if (this.budget === 0) throw this.tooLarge();
    return undefined;
  }

  private isWanted(start: Buffer): boolean {
    const { known, glance } = this;
    return known?.kind === 'size' && glance?.wants(start, known.format, known.exif ?? null) === true;
  }

  private isUndecided(): boolean {
    return this.measurer.measurement.kind === 'more';
  }

  /** The file changed while it was read, or a part of it came without a byte: once it is read anew, from its start. */
  private beginAnew(): undefined {
    if (this.restarted) throw new FetchFault('bad_response', 'the file changed while it was read');
    this.restarted = true;
    this.startOver();
  }

  /** Ranges lead nowhere with this host: one plain request, and then no other. */
  private readWhole(complaint: string): undefined {
    if (!this.ranged) throw new FetchFault('bad_response', complaint);
    this.ranged = false;
    this.startOver();
  }

  private startOver(): void {
    this.measurer = new Measurer(this.glance?.usesExif ?? false);
    this.offset = 0;
    this.read = 0;
    this.reached = 0;
    this.goesBack = false;
    this.sameFile.startOver();
    this.validator = undefined;
    this.total = null;
  }

  /** The headers of the next request, and where its answer begins. */
  private aim(): RequestHeaders {
    const { overlap, end } = this.sameFile;
    const { wantedAt, wantedEnd } = this.measurer;
    // Bytes in common are what tells the file then, so that nothing can be leapt over.
    if (overlap > 0 && wantedAt < end) this.ranged = false;
    if (!this.ranged) {
      this.offset = 0;
      return [];
    }
    const wanted = { at: overlap > 0 ? end : wantedAt, end: wantedEnd };
    const { from, length } = nextRange(overlap > 0 ? end : this.offset, this.read, wanted);
    this.offset = from;
    const range = `bytes=${from - overlap}-${from + Math.min(length, this.budget) - 1}`;
    return from === 0 ? ['range', range] : ['range', range, ...this.sameFile.condition(this.validator)];
  }

  private tooLarge(): FetchFault {
    return new FetchFault('too_large', `its size does not stand within the first ${sizeText(this.maxBytes)}`);
  }
}

function exifOf(measurement: Measurement | undefined): Buffer | null {
  return measurement?.kind === 'size' ? (measurement.exif ?? null) : null;
}

/** A limit as people read it. */
export function sizeText(bytes: number): string {
  return bytes % 1_048_576 === 0 ? `${bytes / 1_048_576} MiB` : `${bytes} bytes`;
}
