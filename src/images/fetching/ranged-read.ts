import { type Answer, type Part, readAnswer, type Whole } from './answer.js';
import type { AnswerReader } from './exchange.js';
import { FetchFault } from './fetch-fault.js';
import type { Headers } from './headers.js';
import type { RequestHeaders } from './image-client.js';
import { HostRanges } from './range-support.js';
import { type SendRequest, MAX_REQUESTS, type Redirect } from './transfer.js';

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
 *
 * For each request, {@link readFrom} calls the hooks of the subclass in this order:
 *
 * 1. `moveToNextRange`, if ranges are used. If it returns no range, or ranges are not used, `onPlainRequest`.
 * 2. `onPart` or `onWhole`, when the head of the answer has arrived. The hook returns whether to read the body.
 * 3. `onBytes` for each chunk of the body, and `onFramingBytes` for bytes outside the body.
 * 4. `concludePart`, `concludeWhole` or `concludePastEnd`, when the answer has ended. The hook returns the result,
 *    or undefined to send the next request.
 *
 * For a redirect, a fault and a part that was not requested, hooks 2 and 4 are not called. If ranges turn out not to
 * work with the host, `discardBytes` is called, and the next request is a plain one.
 */
export abstract class RangedRead<Done> implements AnswerReader {
  /** The answer that is being read. */
  protected answer: Answer | undefined;
  /** Whether the next request is for a range. */
  protected requestsRange = true;
  protected hostRanges = new HostRanges();
  /** Offset in the file at which a part has to begin. */
  private firstByte = 0;
  /** Whether the host refused a range and gets the same request without one. */
  private refusedRange = false;

  /** Bytes that were read over all requests. */
  abstract readonly bytes: number;
  /** Offset in the file of the next byte that the subclass will receive. */
  protected abstract readonly offset: number;

  /**
   * Sends requests to one host until the needed bytes arrived, the file ends, or the host redirects.
   *
   * @param hostRanges whether that host supports ranges
   * @throws FetchFault, or the error of `sendRequest`
   */
  async readFrom(sendRequest: SendRequest, hostRanges = new HostRanges()): Promise<Done | Redirect> {
    this.hostRanges = hostRanges;
    this.refusedRange = false;
    for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
      const range = this.requestsRange ? this.moveToNextRange() : undefined;
      this.requestsRange = range !== undefined;
      this.firstByte = range?.first ?? 0;
      if (range === undefined) this.onPlainRequest();
      this.answer = undefined;
      const offsetBefore = this.offset;
      const isComplete = await this.send(sendRequest, range?.headers ?? NO_HEADERS);
      const result = this.conclude(this.answer, isComplete, offsetBefore);
      if (result !== undefined) return result;
    }
    throw new FetchFault('bad_response', 'the host sends its file in too many small parts');
  }

  onHead(status: number, headers: Headers): boolean {
    const answer = readAnswer(status, headers, this.requestsRange ? this.firstByte : undefined);
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
  abstract onFramingBytes(bytes: number): void;

  /**
   * Chooses the next range, and moves `offset` to the first byte of it that was not read yet. Returns undefined if
   * the next request must be a plain one.
   */
  protected abstract moveToNextRange(): RangeRequest | undefined;
  /** Called before a plain request. Its answer begins with the first byte of the file. */
  protected abstract onPlainRequest(): void;
  /**
   * Called with the head of a part. Returns whether the part is of the same version of the file. If it is not, its
   * body is not read.
   */
  protected abstract onPart(part: Part): boolean;
  /** Called with the head of a plain answer. Returns whether its body should be read. */
  protected abstract onWhole(whole: Whole): boolean;
  /**
   * Called after a part has ended, also if `onPart` refused to read it. Returns the result, or undefined to send the
   * next request.
   *
   * @param offsetBefore `offset` when the request was sent. If `offset` still has this value, no byte was read.
   */
  protected abstract concludePart(part: Part, offsetBefore: number): Done | undefined;
  /**
   * Called after a plain answer has ended. Returns the result, or undefined to send the next request.
   *
   * @param isComplete whether the body was read to its end
   */
  protected abstract concludeWhole(whole: Whole, isComplete: boolean): Done | undefined;
  /**
   * Called if the host answers that the file ends before the range. Returns the result, or undefined to send the
   * next request.
   *
   * @param total size of the file in bytes, or null if the host does not declare it
   */
  protected abstract concludePastEnd(total: number | null, offsetBefore: number): Done | undefined;
  /** Discards the bytes that were read. */
  protected abstract discardBytes(): void;

  protected async send(sendRequest: SendRequest, headers: RequestHeaders): Promise<boolean> {
    return sendRequest(headers, this);
  }

  /**
   * Makes the next request a plain one, because ranges do not work with this host.
   *
   * @throws FetchFault with the complaint if this request was plain already
   */
  protected fallBackToPlain(complaint: string): undefined {
    if (!this.requestsRange) throw new FetchFault('bad_response', complaint);
    this.requestsRange = false;
    this.discardBytes();
  }

  private conclude(
    answer: Answer | undefined,
    isComplete: boolean,
    offsetBefore: number,
  ): Done | Redirect | undefined {
    switch (answer?.kind) {
      case undefined:
        throw new FetchFault('bad_response', 'the host gave no answer');
      case 'fault':
        if (answer.mayBeCausedByRange !== true || !this.hostRanges.mayBeRefused) throw answer.fault;
        this.refusedRange = true;
        return this.fallBackToPlain(answer.fault.message);
      case 'redirect':
        return answer;
      case 'wrong_part':
        return this.fallBackToPlain('the host answered with another part of the file than it was asked for');
      case 'past_end':
        return this.concludePastEnd(answer.total, offsetBefore);
      case 'part':
        return this.concludePart(answer, offsetBefore);
      case 'whole':
        return this.concludeWhole(answer, isComplete);
    }
  }
}
