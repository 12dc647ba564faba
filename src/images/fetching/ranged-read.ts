import { type Answer, type Part, readAnswer, type Whole } from './answer.js';
import type { AnswerReader } from './exchange.js';
import { FetchFault } from './fetch-fault.js';
import type { Headers } from './headers.js';
import type { RequestHeaders } from './image-client.js';
import { HostRanges } from './range-support.js';
import { type Ask, MAX_REQUESTS, type Redirect } from './transfer.js';

/** A request for a range of the file. */
export interface RangeRequest {
  /** Offset of its first byte. */
  readonly first: number;
  readonly headers: RequestHeaders;
}

const NO_HEADERS: RequestHeaders = [];

/**
 * Reads a file, and continues at another host after a redirect. It uses ranges if the host supports them, else
 * plain answers. The subclass decides what is read and when that is enough.
 */
export abstract class RangedRead<Done> implements AnswerReader {
  /** The answer that is being read. */
  protected answer: Answer | undefined;
  /** Whether the next request is for a range. */
  protected ranged = true;
  protected ranges = new HostRanges();
  /** Offset in the file at which the answer has to begin. */
  private first = 0;
  /** Whether the host refused a range and gets the same request without one. */
  private refusedRange = false;

  /** Bytes that were read over all requests. */
  abstract readonly bytes: number;
  /** Offset in the file of the next byte of a body. */
  protected abstract readonly offset: number;

  /**
   * Sends requests to one host until the needed bytes arrived, the file ends, or the host redirects.
   *
   * @param ranges whether that host supports ranges
   * @throws FetchFault, or the error of `ask`
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

  /** The next range; undefined for a plain request. */
  protected abstract nextRange(): RangeRequest | undefined;
  /** Called before a plain request, whose answer begins with the first byte. */
  protected abstract beginPlain(): void;
  /** @returns whether the part is of the same file */
  protected abstract beginPart(part: Part): boolean;
  /** @returns whether the body should be read */
  protected abstract beginWhole(whole: Whole): boolean;
  /** Called after a part was read. Undefined: send the next request. */
  protected abstract concludePart(part: Part, before: number): Done | undefined;
  /** Called after the whole file was read. Undefined: send the next request. */
  protected abstract concludeWhole(whole: Whole, isComplete: boolean): Done | undefined;
  /** Called if the host says that the file ends before the range. Undefined: send the next request. */
  protected abstract concludePastEnd(total: number | null, before: number): Done | undefined;
  /** Discards the bytes that were read. */
  protected abstract startOver(): void;

  protected async send(ask: Ask, headers: RequestHeaders): Promise<boolean> {
    return ask(headers, this);
  }

  /** Falls back to one plain request, because ranges do not work with this host. */
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
