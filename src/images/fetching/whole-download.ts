import { GatheredBytes } from '../../http/gathered-bytes.js';
import { type Answer, readAnswer } from './answer.js';
import type { AnswerReader } from './exchange.js';
import { FetchFault } from './fetch-fault.js';
import type { FileStart } from './file-start.js';
import type { Headers } from './headers.js';
import type { RequestHeaders } from './image-client.js';
import { HostRanges } from './range-support.js';
import { agree } from './same-file.js';
import { type Ask, MAX_REQUESTS, type Redirect, sizeText } from './transfer.js';

/** All of the file. */
export interface WholeFile {
  readonly kind: 'whole';
  readonly bytes: Buffer;
}

/** How it went on: to the file, or to another URL. */
export type WholeStep = WholeFile | Redirect;

/**
 * Reads the rest of a file whose start is known: by one range where the host honours ranges and it still is the same
 * file, all of it again otherwise.
 */
export class WholeDownload implements AnswerReader {
  private gathered = new GatheredBytes();
  private answer: Answer | undefined;
  private ranged: boolean;
  private ranges = new HostRanges();
  private restarted = false;
  private total: number | null;
  private validator: string | undefined;
  private isTooLong = false;
  /** Bytes that were read, over all requests; what comes beside the bodies counts where it is much. */
  bytes = 0;

  /** @param mostBytes that the file may have */
  constructor(
    start: FileStart,
    private readonly mostBytes: number,
  ) {
    this.ranged = start.ranged && start.bytes.length > 0;
    this.total = start.total;
    this.validator = start.validator;
    if (this.ranged) this.gathered.add(start.bytes);
  }

  /**
   * Asks one host until the file ends, or the host sends on.
   *
   * @param ranges whether that host answers requests for a range
   * @throws FetchFault, or what asking threw
   */
  async from(ask: Ask, ranges = new HostRanges()): Promise<WholeStep> {
    this.ranges = ranges;
    for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
      if (this.ranged && this.total !== null && this.offset >= this.total) return this.whole();
      this.answer = undefined;
      const before = this.offset;
      const complete = await ask(this.rangeHeaders(), this);
      const step = this.conclude(this.answer, complete, before);
      if (step !== undefined) return step;
    }
    throw new FetchFault('bad_response', 'the host sends its file in too many small parts');
  }

  begin(status: number, headers: Headers): boolean {
    const answer = readAnswer(status, headers, this.ranged ? this.offset : undefined);
    this.answer = answer;
    switch (answer.kind) {
      case 'part':
        if (!this.isSameFile(answer)) return false;
        this.total ??= answer.total;
        return true;
      case 'whole':
        this.startOver();
        this.total = answer.total;
        this.isTooLong = answer.total !== null && answer.total > this.mostBytes;
        return !this.isTooLong;
      case 'wrong_part':
      case 'past_end':
      case 'redirect':
      case 'fault':
        return false;
    }
  }

  take(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    this.isTooLong = this.offset + chunk.length > this.mostBytes;
    if (!this.isTooLong) this.gathered.add(chunk);
    return !this.isTooLong;
  }

  spend(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > 2 * this.mostBytes) throw tooLong(this.mostBytes);
  }

  /** Bytes of the file that are there: where the next range begins. */
  private get offset(): number {
    return this.gathered.bytes;
  }

  /** What follows of an answer; undefined: the next request. */
  private conclude(answer: Answer | undefined, complete: boolean, before: number): WholeStep | undefined {
    if (this.isTooLong) throw tooLong(this.mostBytes);
    switch (answer?.kind) {
      case undefined:
        throw new FetchFault('bad_response', 'the host gave no answer');
      case 'fault':
        if (answer.mayBeOfRange !== true || !this.ranges.mayBeRefused) throw answer.fault;
        return this.readAnew(answer.fault.message);
      case 'redirect':
        return answer;
      case 'wrong_part':
        return this.readAnew('the host answered with another part of the file than it was asked for');
      case 'past_end':
        if (answer.total === null || answer.total === before) return this.whole();
        return this.readAnew('the host says that the file ends where it does not');
      case 'part':
        return this.offset === before ? this.readAnew('the file changed while it was read') : undefined;
      case 'whole':
        if (complete || this.offset === this.total) return this.whole();
        throw new FetchFault('bad_response', 'the host ended its file before the end');
    }
  }

  private whole(): WholeStep {
    return { kind: 'whole', bytes: this.gathered.take() };
  }

  private isSameFile(part: Answer & { kind: 'part' }): boolean {
    return agree(part.total, this.total) && agree(part.validator ?? null, this.validator ?? null);
  }

  /** Ranges lead nowhere: one plain request, and then no other. */
  private readAnew(complaint: string): undefined {
    if (this.restarted) throw new FetchFault('bad_response', complaint);
    this.restarted = true;
    this.ranged = false;
    this.startOver();
  }

  private startOver(): void {
    this.ranged = false;
    this.gathered = new GatheredBytes();
    this.total = null;
  }

  private rangeHeaders(): RequestHeaders {
    if (!this.ranged) return [];
    const range = `bytes=${this.offset}-${(this.total ?? this.mostBytes + 1) - 1}`;
    return this.validator === undefined ? ['range', range] : ['range', range, 'if-range', this.validator];
  }
}

/** The file is longer than it may be. */
export function tooLong(mostBytes: number): FetchFault {
  return new FetchFault('too_large', `the whole file was wanted, and is longer than ${sizeText(mostBytes)}`);
}
