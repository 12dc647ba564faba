import { type Dispatcher, errors } from 'undici';
import { FairSemaphore } from '../waiting/fair-semaphore.js';
import { contentCoding } from './content-coding.js';
import { ContentDecoder, type DecodedReader } from './content-decoder.js';
import { FetchFault } from './fetch-fault.js';
import { byteCount, getHeader, type Headers } from './headers.js';
import type { Wire } from './wire.js';

/** Reads an answer as it arrives. An error that a method throws ends the exchange, which rejects with it. */
export interface AnswerReader {
  /** Called with the final status and headers. @returns whether the body should be read */
  onHead(status: number, headers: Headers): boolean;
  /**
   * @param chunk decoded bytes
   * @returns whether more of the body should be read
   */
  onBytes(chunk: Buffer): boolean;
  /** Called with the number of bytes that arrived outside a body, beyond {@link FRAMING}. */
  onFramingBytes(bytes: number): void;
}

/**
 * Bytes outside the body that an answer may have without counting: its head of at most 16 KiB and the lengths
 * of chunks. Interim answers, chunk extensions and blank lines before the head have no other limit.
 */
export const FRAMING = 65_536;

/** Interim answers that are skipped before the final answer (RFC 9110 §15.2). */
const MAX_INTERIM = 100;

/**
 * The rest of a body that is no longer needed is read up to this size, which keeps the connection for the next
 * image.
 */
const SHORT_REST = 65_536;
/** How long reading such a rest may take, in milliseconds. */
const SHORT_WAIT_MS = 250;

const NO_LONGER_WANTED = new Error('the answer is no longer wanted');

/**
 * One request and its answer, as undici's dispatcher reports them. It settles once. It resolves with whether
 * the body was read to its end, and rejects with the error or the reason of {@link cancel}. The rest of an
 * answer that is no longer needed is read if it is short, else the connection is closed.
 */
export class Exchange implements Dispatcher.DispatchHandler, DecodedReader {
  private controller: Dispatcher.DispatchController | undefined;
  private isReading = true;
  private settled = false;
  /** Bytes of the body that are still to arrive, if the host declared them. */
  private left: number | null = null;
  private hasHead = false;
  private ended = false;
  private interim = 0;
  private unread = 0;
  /** Decoded bytes of the body. */
  private bodyBytes = 0;
  private decoder: ContentDecoder | undefined;
  private spent = 0;
  private wire: Wire | undefined;
  private restTimer: NodeJS.Timeout | undefined;
  /** Whether any part of an answer arrived. */
  answered = false;
  /** Time from sending the request to the first byte of its answer, in milliseconds. */
  latencyMs: number | undefined;
  private sentAt = 0;

  constructor(
    private readonly reader: AnswerReader,
    private readonly resolve: (complete: boolean) => void,
    private readonly reject: (reason: unknown) => void,
    private readonly decodingMemory = new FairSemaphore(1),
  ) {}

  /** Ends the exchange. It rejects with the reason, or resolves if no more bytes were needed anyway. */
  cancel(reason: unknown): void {
    if (this.settled) return;
    this.settle();
    if (this.isReading) this.reject(reason);
    else this.resolve(false);
    this.cut();
  }

  /** Sets the connection that counts its bytes. */
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
    this.hasHead = true;
    this.latencyMs = performance.now() - this.sentAt;
    this.left = byteCount(getHeader(headers, 'content-length'));
    if (!this.reader.onHead(status, headers)) return this.stopReading();
    const coding = contentCoding(headers);
    if (coding !== undefined) this.decoder = new ContentDecoder(coding, this.decodingMemory, this);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    if (this.left !== null) this.left -= chunk.length;
    if (this.isReading) {
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
    if (this.isReading && this.decoder !== undefined) return this.decoder.end();
    this.settle();
    this.resolve(this.isReading);
  }

  onDecoded(bytes: Buffer): void {
    if (this.settled || !this.isReading) return;
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
    this.resolve(this.isReading);
  }

  onFault(fault: FetchFault): void {
    this.cancel(fault);
  }

  onResponseError(_: unknown, error: Error): void {
    if (this.settled) return;
    this.settle();
    if (this.isReading) this.reject(this.hasHead ? error : asBadHead(error));
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

  /** The rest of the body is not needed. */
  private stopReading(): void {
    this.isReading = false;
    if (this.decoder !== undefined) {
      this.decoder.destroy();
      this.controller?.resume();
    }
    if (this.ended) return this.onEnd();
    if (this.left === 0) return;
    if (this.left !== null && this.left > SHORT_REST) this.finishEarly();
    else this.restTimer = setTimeout(() => this.finishEarly(), SHORT_WAIT_MS);
  }

  /** Reports bytes outside the body to the reader. */
  private weigh(wireBytes: number): void {
    const more = wireBytes - this.bodyBytes - FRAMING - this.spent;
    if (this.settled || more <= 0) return;
    this.spent += more;
    if (!this.isReading) return this.finishEarly();
    try {
      this.reader.onFramingBytes(more);
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

/**
 * Corrects the error for an invalid head: undici reports that the body is not as long as declared, once there
 * is a length.
 */
function asBadHead(error: Error): Error {
  return error instanceof errors.ResponseContentLengthMismatchError ? new errors.HTTPParserError() : error;
}
