import type { Measurement } from '../measuring/measurement.js';
import { Measurer } from '../measuring/measurer.js';
import { type Answer, readAnswer } from './answer.js';
import type { AnswerReader } from './exchange.js';
import { FetchFault } from './fetch-fault.js';
import { FileStart, KeptStart } from './file-start.js';
import type { Headers } from './headers.js';
import type { RequestHeaders } from './image-client.js';
import { HostRanges } from './range-support.js';
import { SameFile } from './same-file.js';

/** The first range asked for, in bytes: most images tell their size there. */
export const FIRST_RANGE = 16_384;
/** Each further range is so many times as long as the bytes before it. */
const GROWTH = 3;
/** A host that cuts a file into more parts than this only wastes time. */
export const MOST_REQUESTS = 32;

/** Whether the start of a file of this format is of any interest. It must not throw. */
export type Glance = (start: Buffer, format: string) => boolean;

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
 * Reads a file as far as its size stands, and measures it as it comes: by ranges where the host honours them, by the
 * start of a plain answer where it does not. Reads `maxBytes` of it at the most, over all requests and hops together;
 * what comes beside the bodies counts too, beyond what each answer may need.
 */
export class Download implements AnswerReader {
  private measurer = new Measurer();
  private answer: Answer | undefined;
  /** Bytes of the file that are measured: where the next range begins. */
  private offset = 0;
  /** Bytes that may still be taken of this body, and of the image. */
  private room = 0;
  private budget: number;
  private ranged = true;
  private ranges = new HostRanges();
  /** The host refused a request for a range, and was asked without one. */
  private refusedRange = false;
  private hops = 0;
  private restarted = false;
  private readonly sameFile = new SameFile();
  private validator: string | undefined;
  private total: number | null = null;
  private type: string | undefined;
  private kept: KeptStart | undefined;

  /**
   * @param glance whether the start of a file of some format is wanted: {@link FIRST_RANGE} bytes are read then at the least.
   *   Undefined: no start is
   */
  constructor(
    private readonly maxBytes: number,
    private readonly glance?: Glance,
  ) {
    this.budget = maxBytes;
    if (glance !== undefined) this.kept = new KeptStart();
  }

  /** The start of the file, where it is wanted; it is whoever's that takes it. */
  takeStart(): FileStart | undefined {
    const bytes = this.kept?.take();
    const { total, validator, ranged } = this;
    return bytes && this.isWanted(bytes) ? new FileStart(bytes, total, validator, ranged) : undefined;
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
      const before = this.offset;
      const complete = await ask(this.rangeHeaders(), this);
      const step = this.conclude(this.answer, complete, before);
      if (step !== undefined) return step;
    }
    throw new FetchFault('bad_response', 'the host sends its file in too many small parts');
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
        return true;
      case 'whole':
        if (this.refusedRange) this.ranges.recordRefused();
        // Its ranges would be of the encoded bytes.
        if (answer.isEncoded) this.ranged = false;
        this.startOver();
        this.total = answer.total;
        this.type = answer.contentType;
        this.room = this.budget;
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
    this.room -= bytes.length;
    this.budget -= bytes.length;
    this.offset += bytes.length;
    const isUndecided = this.measurer.push(bytes).kind === 'more';
    if (isUndecided) this.sameFile.keep(bytes);
    if (this.kept === undefined) return isUndecided && this.room > 0;
    const goesOn = (isUndecided || this.offset < FIRST_RANGE) && this.room > 0;
    // Most files come at once, and hold nothing that is wanted: of those nothing is kept for a moment.
    const isAll = !goesOn && !isUndecided && this.offset === bytes.length;
    if (isAll && !this.isWanted(bytes)) this.kept = undefined;
    else this.kept.push(bytes);
    return goesOn;
  }

  spend(bytes: number): void {
    this.budget = Math.max(0, this.budget - bytes);
    this.room = Math.min(this.room, this.budget);
    if (this.budget === 0) throw this.tooLarge();
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
        if (before === 0 || (answer.total !== null && answer.total !== before)) {
          return this.readWhole('the host says that the file ends where it does not');
        }
        return this.measured();
      case 'part':
        return this.concludePart(answer.total, before);
      case 'whole':
        if (this.isUndecided() && !complete && this.offset !== answer.total) throw this.tooLarge();
        return this.measured();
    }
  }

  private concludePart(total: number | null, before: number): DownloadStep | undefined {
    if (!this.isUndecided()) return this.measured();
    if (this.sameFile.takeOtherTag()) return undefined;
    if (this.offset === before) return this.beginAnew();
    if (total !== null && this.offset >= total) return this.measured();
    if (this.budget === 0) throw this.tooLarge();
    return undefined;
  }

  private isWanted(start: Buffer): boolean {
    const { known } = this;
    return known?.kind === 'size' && this.glance?.(start, known.format) === true;
  }

  private measured(): DownloadStep {
    return { kind: 'measured', measurement: this.measurer.end() };
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
    this.measurer = new Measurer();
    this.offset = 0;
    this.sameFile.startOver();
    this.validator = undefined;
    this.total = null;
    if (this.glance !== undefined) this.kept = new KeptStart();
  }

  private rangeHeaders(): RequestHeaders {
    if (!this.ranged) return [];
    const wish = this.offset === 0 ? FIRST_RANGE : this.offset * GROWTH;
    const first = this.offset - this.sameFile.overlap;
    const range = `bytes=${first}-${this.offset + Math.min(wish, this.budget) - 1}`;
    if (this.offset === 0) return ['range', range];
    return ['range', range, ...this.sameFile.condition(this.validator)];
  }

  private tooLarge(): FetchFault {
    return new FetchFault('too_large', `its size does not stand within the first ${sizeText(this.maxBytes)}`);
  }
}

/** A limit as people read it. */
export function sizeText(bytes: number): string {
  return bytes % 1_048_576 === 0 ? `${bytes / 1_048_576} MiB` : `${bytes} bytes`;
}
