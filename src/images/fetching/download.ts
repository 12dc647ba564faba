import type { ImageSize, Measurement } from '../measuring/measurement.js';
import { type Answer, readAnswer } from './answer.js';
import type { AnswerReader } from './exchange.js';
import { FetchFault } from './fetch-fault.js';
import { FileReading, type Glance } from './file-reading.js';
import { FileStart } from './file-start.js';
import type { Headers } from './headers.js';
import type { RequestHeaders } from './image-client.js';
import { HostRanges } from './range-support.js';
import { agree, SameFile } from './same-file.js';
import { type Ask, MAX_REQUESTS, type Redirect, sizeText } from './transfer.js';

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
  private file: FileReading;
  private answer: Answer | undefined;
  /** Where the next byte of a body stands in the file. */
  private offset = 0;
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

  /** @param glance what is wanted of the file beside its size; undefined: nothing is */
  constructor(
    private readonly maxBytes: number,
    private readonly glance?: Glance,
  ) {
    this.budget = maxBytes;
    this.file = new FileReading(glance);
  }

  /** The start of the file, where it is wanted; it is whoever's that takes it. */
  takeStart(): FileStart | undefined {
    const { total, validator, ranged, known } = this;
    const start = this.file.takeStart();
    return start && new FileStart(start, total, validator, ranged, known?.exif ?? null);
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
  get known(): ImageSize | undefined {
    return this.file.known;
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
    for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
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
      this.file.end();
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
        return true;
      case 'whole':
        if (this.refusedRange) this.ranges.recordRefused();
        if (!this.goesBack || !agree(answer.total, this.total)) this.startOver();
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
    const at = this.offset;
    this.room -= bytes.length;
    this.budget -= bytes.length;
    this.offset += bytes.length;
    const goesOn = this.file.take(bytes, at, this.reach());
    if (this.file.isUndecided) this.sameFile.keep(bytes, this.offset);
    return goesOn && this.room > 0;
  }

  spend(bytes: number): void {
    this.budget = Math.max(0, this.budget - bytes);
    this.room = Math.min(this.room, this.budget);
    if (this.budget === 0) throw this.tooLarge();
  }

  /**
   * Where the bytes of the answer end that may still be taken. A plain answer of unknown length may end before that: a file
   * without a size may then be found to be shorter than it says.
   */
  private reach(): number {
    const limit = this.offset + this.room;
    if (this.answer?.kind !== 'whole') return limit;
    if (this.total !== null) return Math.min(limit, this.total);
    return this.file.known === undefined ? Infinity : limit;
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
    const canBe =
      total === null || (total <= before && total >= this.file.reached && agree(total, this.total));
    if (before === 0 || !canBe) {
      return this.readWhole('the host says that the file ends where it does not');
    }
    this.file.endsAt(total ?? before);
    return this.stepOnceDecided();
  }

  private concludePart(total: number | null, before: number): DownloadStep | undefined {
    if (this.file.isUndecided && this.sameFile.takeOtherTag()) return undefined;
    if (this.file.isUndecided && this.offset === before) return this.beginAnew();
    this.endWhereNoneFollows(total);
    return this.stepOnceDecided();
  }

  private concludeWhole(isAll: boolean): DownloadStep | undefined {
    this.ranged = false;
    if (isAll) this.file.endsAt(this.offset);
    else this.endWhereNoneFollows(this.total);
    this.goesBack = this.file.wantedAt < this.offset;
    if (this.file.isUndecided && !this.goesBack) throw this.tooLarge();
    return this.stepOnceDecided();
  }

  /** Where a file says that its parts stand behind its end, that end is what its reader is waiting for. */
  private endWhereNoneFollows(total: number | null): void {
    if (total !== null && Math.max(this.offset, this.file.wantedAt) >= total) this.file.endsAt(total);
  }

  private stepOnceDecided(): DownloadStep | undefined {
    if (!this.file.isUndecided) return { kind: 'measured', measurement: this.file.measurement };
    if (this.budget === 0) throw this.tooLarge();
    return undefined;
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
    this.file = new FileReading(this.glance);
    this.offset = 0;
    this.goesBack = false;
    this.sameFile.startOver();
    this.validator = undefined;
    this.total = null;
  }

  /** The headers of the next request, and where its answer begins. */
  private aim(): RequestHeaders {
    const { overlap, end } = this.sameFile;
    // Bytes in common are what tells the file then, so that nothing can be leapt over.
    if (overlap > 0 && this.file.wantedAt < end) this.ranged = false;
    if (!this.ranged) {
      this.offset = 0;
      return [];
    }
    const { from, length } = overlap > 0 ? this.file.rangeBehind(end) : this.file.nextRange(this.offset);
    this.offset = from;
    const range = `bytes=${from - overlap}-${from + Math.min(length, this.budget) - 1}`;
    return from === 0 ? ['range', range] : ['range', range, ...this.sameFile.condition(this.validator)];
  }

  private tooLarge(): FetchFault {
    return new FetchFault('too_large', `its size does not stand within the first ${sizeText(this.maxBytes)}`);
  }
}
