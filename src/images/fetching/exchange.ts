import { type Dispatcher, errors } from 'undici';
import { FairSemaphore } from '../waiting/fair-semaphore.js';
import { contentCoding } from './content-coding.js';
import { ContentDecoder, type DecodedReader } from './content-decoder.js';
import { FetchFault } from './fetch-fault.js';
import { byteCount, getHeader, type Headers } from './headers.js';
import type { Wire } from './wire.js';

/** Takes an answer as it comes in. What a method throws ends the exchange, and is what it rejects with. */
export interface AnswerReader {
  /** @returns whether the body is wanted */
  begin(status: number, headers: Headers): boolean;
  /** @returns whether more of the body, which is decoded by now, is wanted */
  onBytes(chunk: Buffer): boolean;
  /** So many bytes came that are none of a body's, beyond {@link FRAMING}. */
  spend(bytes: number): void;
}

/**
 * Bytes that an answer may have beside its body for nothing: its head, which is 16 KiB at the most, and the lengths of
 * chunks. Interim answers, chunk extensions and blank lines before the head have no other bound.
 */
export const FRAMING = 65_536;

/** Interim answers that are skipped before the answer itself (RFC 9110 §15.2). */
const MAX_INTERIM = 100;

/** Most bytes of a body that are read although nobody wants them, because that keeps the connection for the next image. */
const SHORT_REST = 65_536;
/** How long such a rest may take to come, in milliseconds. */
const SHORT_WAIT_MS = 250;

const NO_LONGER_WANTED = new Error('the answer is no longer wanted');

/**
 * One request and its answer, as undici's dispatcher reports them. It settles once: with whether the body was read to
 * its end, with what broke it, or with what it was cancelled with. An answer that is no longer wanted is cut off, or its
 * rest read when that is short.
 */
export class Exchange implements Dispatcher.DispatchHandler, DecodedReader {
  private controller: Dispatcher.DispatchController | undefined;
  private reads = true;
  private settled = false;
  /** Bytes of the body that are still to come, where the host declared them. */
  private left: number | null = null;
  private begun = false;
  private ended = false;
  private interim = 0;
  private unread = 0;
  /** Bytes of the body as the reader gets them. */
  private bodyBytes = 0;
  private decoder: ContentDecoder | undefined;
  private spent = 0;
  private wire: Wire | undefined;
  private restTimer: NodeJS.Timeout | undefined;
  /** Whether any part of an answer came. */
  answered = false;
  /** From when the request was sent to the first byte of its answer, in milliseconds. */
  latencyMs: number | undefined;
  private sentAt = 0;

  constructor(
    private readonly reader: AnswerReader,
    private readonly resolve: (complete: boolean) => void,
    private readonly reject: (reason: unknown) => void,
    private readonly decodingMemory = new FairSemaphore(1),
  ) {}

  /** Ends it from this side. Where nothing more was wanted anyway, it resolves all the same. */
  cancel(reason: unknown): void {
    if (this.settled) return;
    this.settle();
    if (this.reads) this.reject(reason);
    else this.resolve(false);
    this.cut();
  }

  /** What its bytes will come over. */
  goesOver(wire: Wire): void {
    this.wire = wire;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    this.sentAt = performance.now();
    if (this.settled) return this.cut();
    this.wire?.begin((bytes) => this.weigh(bytes));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.answered = true;
    if (status < 200) return this.skipInterim();
    this.begun = true;
    this.latencyMs = performance.now() - this.sentAt;
    this.left = byteCount(getHeader(headers, 'content-length'));
    if (!this.reader.begin(status, headers)) return this.stopReading();
    const coding = contentCoding(headers);
    if (coding !== undefined) this.decoder = new ContentDecoder(coding, this.decodingMemory, this);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    if (this.left !== null) this.left -= chunk.length;
    if (this.reads) {
      if (this.decoder === undefined) this.pass(chunk);
      else if (!this.decoder.write(chunk)) this.controller?.pause();
      return;
    }
    this.bodyBytes += chunk.length;
    this.unread += chunk.length;
    if (this.unread > SHORT_REST) this.finishEarly();
  }

  onResponseEnd(): void {
    this.ended = true;
    if (this.settled) return;
    if (this.reads && this.decoder !== undefined) return this.decoder.end();
    this.settle();
    this.resolve(this.reads);
  }

  onDecoded(bytes: Buffer): void {
    if (this.settled || !this.reads) return;
    try {
      this.pass(bytes);
    } catch (error) {
      this.cancel(error);
    }
  }

  onDrain(): void {
    this.controller?.resume();
  }

  onEnd(): void {
    if (this.settled) return;
    this.settle();
    this.resolve(this.reads);
  }

  onFault(fault: FetchFault): void {
    this.cancel(fault);
  }

  onResponseError(_: unknown, error: Error): void {
    if (this.settled) return;
    this.settle();
    if (this.reads) this.reject(this.begun ? error : asBadHead(error));
    else this.resolve(false);
  }

  private skipInterim(): void {
    this.interim += 1;
    if (this.interim > MAX_INTERIM)
      throw new FetchFault('bad_response', `the host sent more than ${MAX_INTERIM} interim answers`);
  }

  private pass(bytes: Buffer): void {
    this.bodyBytes += bytes.length;
    if (!this.reader.onBytes(bytes)) this.stopReading();
  }

  /** Nobody wants what is still to come. */
  private stopReading(): void {
    this.reads = false;
    if (this.decoder !== undefined) {
      this.decoder.destroy();
      this.controller?.resume();
    }
    if (this.ended) return this.onEnd();
    if (this.left === 0) return;
    if (this.left !== null && this.left > SHORT_REST) this.finishEarly();
    else this.restTimer = setTimeout(() => this.finishEarly(), SHORT_WAIT_MS);
  }

  /** Charges the reader for what came beside the body. */
  private weigh(wireBytes: number): void {
    const more = wireBytes - this.bodyBytes - FRAMING - this.spent;
    if (this.settled || more <= 0) return;
    this.spent += more;
    if (!this.reads) return this.finishEarly();
    try {
      this.reader.spend(more);
    } catch (error) {
      this.cancel(error);
    }
  }

  private finishEarly(): void {
    this.settle();
    this.resolve(false);
    this.cut();
  }

  private settle(): void {
    this.settled = true;
    this.decoder?.destroy();
    clearTimeout(this.restTimer);
  }

  private cut(): void {
    this.controller?.abort(NO_LONGER_WANTED);
  }
}

/** Of a head that is invalid, undici says that its body is not as long as declared, as soon as it has a length. */
function asBadHead(error: Error): Error {
  return error instanceof errors.ResponseContentLengthMismatchError ? new errors.HTTPParserError() : error;
}
