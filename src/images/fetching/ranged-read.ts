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
  protected asksForRange = true;
  protected hostRanges = new HostRanges();
  /** Offset in the file at which the answer has to begin. */
  private first = 0;
  /** Whether the host refused a range and gets the same request without one. */
  private refusedRange = false;

  /** Bytes that were read over all requests. */
  abstract readonly bytes: number;
  /** Where in the file the next received byte belongs. */
  protected abstract readonly offset: number;

  /**
   * Sends requests to one host until the needed bytes arrived, the file ends, or the host redirects.
   *
   * @param hostRanges whether that host supports ranges
   * @throws FetchFault, or the error of `ask`
   */
  async from(ask: Ask, hostRanges = new HostRanges()): Promise<Done | Redirect> {
    this.hostRanges = hostRanges;
    this.refusedRange = false;
    for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
      const range = this.asksForRange ? this.nextRange() : undefined;
      this.asksForRange = range !== undefined;
      this.first = range?.first ?? 0;
      if (range === undefined) this.onPlainRequest();
      this.answer = undefined;
      const before = this.offset;
      const isComplete = await this.send(ask, range?.headers ?? NO_HEADERS);
      const result = this.conclude(this.answer, isComplete, before);
      if (result !== undefined) return result;
    }
    throw new FetchFault('bad_response', 'the host sends its file in too many small parts');
  }

  onHead(status: number, headers: Headers): boolean {
    const answer = readAnswer(status, headers, this.asksForRange ? this.first : undefined);
    this.answer = answer;
    switch (answer.kind) {
      case 'part':
        if (!this.onPart(answer)) return false;
        this.hostRanges.recordAnswered();
        return true;
      case 'whole':
        if (this.refusedRange) this.hostRanges.recordRefused();
        return this.onWhole(answer);
      case 'wrong_part':
      case 'past_end':
      case 'redirect':
      case 'fault':
        return false;
    }
  }

  abstract onBytes(chunk: Buffer): boolean;
  abstract spend(bytes: number): void;

  /** Chooses the next range, and moves `offset` to its first new byte. Undefined for a plain request. */
  protected abstract nextRange(): RangeRequest | undefined;
  /** Called before a plain request. Its answer begins with the first byte of the file. */
  protected abstract onPlainRequest(): void;
  /** Called with the head of a part. @returns whether the part is of the same file */
  protected abstract onPart(part: Part): boolean;
  /** Called with the head of a plain answer. @returns whether the body should be read */
  protected abstract onWhole(whole: Whole): boolean;
  /**
   * Called after a part was read. Undefined: send the next request.
   *
   * @param before `offset` when the request was sent
   */
  protected abstract concludePart(part: Part, before: number): Done | undefined;
  /** Called after the whole file was read. Undefined: send the next request. */
  protected abstract concludeWhole(whole: Whole, isComplete: boolean): Done | undefined;
  /** Called if the host says that the file ends before the range. Undefined: send the next request. */
  protected abstract concludePastEnd(total: number | null, before: number): Done | undefined;
  /** Discards the bytes that were read. */
  protected abstract discardBytes(): void;

  protected async send(ask: Ask, headers: RequestHeaders): Promise<boolean> {
    return ask(headers, this);
  }

  /**
   * Makes the next request a plain one, because ranges do not work with this host.
   *
   * @throws FetchFault with the complaint if this request was plain already
   */
  protected fallBackToPlain(complaint: string): undefined {
    if (!this.asksForRange) throw new FetchFault('bad_response', complaint);
    this.asksForRange = false;
    this.discardBytes();
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
        if (answer.mayBeOfRange !== true || !this.hostRanges.mayBeRefused) throw answer.fault;
        this.refusedRange = true;
        return this.fallBackToPlain(answer.fault.message);
      case 'redirect':
        return answer;
      case 'wrong_part':
        return this.fallBackToPlain('the host answered with another part of the file than it was asked for');
      case 'past_end':
        return this.concludePastEnd(answer.total, before);
      case 'part':
        return this.concludePart(answer, before);
      case 'whole':
        return this.concludeWhole(answer, isComplete);
    }
  }
}
