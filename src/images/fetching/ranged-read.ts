import { type Answer, type Part, readAnswer, type Whole } from './answer.js';
import type { AnswerReader } from './exchange.js';
import { FetchFault } from './fetch-fault.js';
import type { Headers } from './headers.js';
import type { RequestHeaders } from './image-client.js';
import { HostRanges } from './range-support.js';
import { type Ask, MAX_REQUESTS, type Redirect } from './transfer.js';

/** A request for a range of the file. */
export interface RangeRequest {
  /** The first byte that it asks for. */
  readonly first: number;
  readonly headers: RequestHeaders;
}

const NO_HEADERS: RequestHeaders = [];

/**
 * Reads a file from one host after the other as they send on: by ranges where the host honours them, by plain answers where it
 * does not. What is read, and when that is enough, is for the class that extends it.
 */
export abstract class RangedRead<Done> implements AnswerReader {
  /** The answer that is being read. */
  protected answer: Answer | undefined;
  /** Whether the next request is one for a range. */
  protected ranged = true;
  protected ranges = new HostRanges();
  /** The first byte of the file that the answer has to begin with. */
  private first = 0;
  /** The host refused a request for a range, and is asked without one. */
  private refusedRange = false;

  /** Bytes that were read, over all requests. */
  abstract readonly bytes: number;
  /** Where the next byte of a body stands in the file. */
  protected abstract readonly offset: number;

  /**
   * Asks one host until what is wanted has come, the file ends, or the host sends on.
   *
   * @param ranges whether that host answers requests for a range
   * @throws FetchFault, or what asking threw
   */
  async from(ask: Ask, ranges = new HostRanges()): Promise<Done | Redirect> {
    this.ranges = ranges;
    this.refusedRange = false;
    for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
      const range = this.ranged ? this.nextRange() : undefined;
      this.ranged = range !== undefined;
      this.first = range?.first ?? 0;
      if (range === undefined) this.beginPlain();
      this.answer = undefined;
      const before = this.offset;
      const isComplete = await this.send(ask, range?.headers ?? NO_HEADERS);
      const step = this.conclude(this.answer, isComplete, before);
      if (step !== undefined) return step;
    }
    throw new FetchFault('bad_response', 'the host sends its file in too many small parts');
  }

  begin(status: number, headers: Headers): boolean {
    const answer = readAnswer(status, headers, this.ranged ? this.first : undefined);
    this.answer = answer;
    switch (answer.kind) {
      case 'part':
        if (!this.beginPart(answer)) return false;
        this.ranges.recordAnswered();
        return true;
      case 'whole':
        if (this.refusedRange) this.ranges.recordRefused();
        return this.beginWhole(answer);
      case 'wrong_part':
      case 'past_end':
      case 'redirect':
      case 'fault':
        return false;
    }
  }

  abstract onBytes(chunk: Buffer): boolean;
  abstract spend(bytes: number): void;

  /** The next range; undefined where a plain request is to follow. */
  protected abstract nextRange(): RangeRequest | undefined;
  /** A plain request is sent: its answer begins with the first byte. */
  protected abstract beginPlain(): void;
  /** @returns whether the part is of the same file */
  protected abstract beginPart(part: Part): boolean;
  /** @returns whether the body is wanted */
  protected abstract beginWhole(whole: Whole): boolean;
  /** What follows of a part that was read. Undefined: the next request. */
  protected abstract concludePart(part: Part, before: number): Done | undefined;
  /** What follows of all of the file. Undefined: the next request. */
  protected abstract concludeWhole(whole: Whole, isComplete: boolean): Done | undefined;
  /** What follows where the host says that the file ends before the range. Undefined: the next request. */
  protected abstract concludePastEnd(total: number | null, before: number): Done | undefined;
  /** Forgets what was read. */
  protected abstract startOver(): void;

  protected async send(ask: Ask, headers: RequestHeaders): Promise<boolean> {
    return ask(headers, this);
  }

  /** Ranges lead nowhere with this host: one plain request follows, and then no other. */
  protected readPlain(complaint: string): undefined {
    if (!this.ranged) throw new FetchFault('bad_response', complaint);
    this.ranged = false;
    this.startOver();
  }

  private conclude(
    answer: Answer | undefined,
    isComplete: boolean,
    before: number,
  ): Done | Redirect | undefined {
    switch (answer?.kind) {
      case undefined:
        throw new FetchFault('bad_response', 'the host gave no answer');
      case 'fault':
        if (answer.mayBeOfRange !== true || !this.ranges.mayBeRefused) throw answer.fault;
        this.refusedRange = true;
        return this.readPlain(answer.fault.message);
      case 'redirect':
        return answer;
      case 'wrong_part':
        return this.readPlain('the host answered with another part of the file than it was asked for');
      case 'past_end':
        return this.concludePastEnd(answer.total, before);
      case 'part':
        return this.concludePart(answer, before);
      case 'whole':
        return this.concludeWhole(answer, isComplete);
    }
  }
}
