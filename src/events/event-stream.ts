import type { ServerResponse } from 'node:http';
import { onceClosed } from '../http/once-closed.js';
import type { StreamEvent } from './stream-event.js';

/** A listener whose socket takes nothing for so long has stopped reading, in milliseconds. */
const STALL_MS = 15_000;

/** When a client should come back after a broken stream: within this time, spread over it so that not all come at once. */
const RETRY_MS = { min: 1_000, max: 3_000 };

/** A comment, which clients pass over. */
const HEARTBEAT = ':\n\n';

/**
 * The answer to one listener. What its socket does not take is not kept for it: while the socket is full only the newest
 * event waits, and a listener whose socket stays full is dropped.
 */
export class EventStream {
  /** The newest event that came while the socket was full. */
  private waiting: StreamEvent | undefined;
  private isFull = false;
  private isEnding = false;
  private stall: NodeJS.Timeout | undefined;

  /** @param stallMs how long the socket may stay full */
  constructor(
    private readonly response: ServerResponse,
    private readonly stallMs = STALL_MS,
  ) {
    response.once('close', () => clearTimeout(this.stall));
  }

  /** Calls back when the stream is over, whoever ended it; at once where it is. */
  onceClosed(callback: () => void): void {
    onceClosed(this.response, callback);
  }

  /** Sends an event; the first one begins the answer, the last one ends it. */
  send(event: StreamEvent): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    if (this.isFull) {
      this.waiting = event;
      return;
    }
    if (!this.response.headersSent) this.begin();
    if (event.isLast || this.isEnding || this.response.req.method === 'HEAD') this.finish(event.bytes);
    else this.write(event.bytes);
  }

  /** Shows that the connection lives, to the listener and to what stands between. */
  beat(): void {
    if (this.response.headersSent && !this.response.writableEnded && !this.isFull) this.write(HEARTBEAT);
  }

  /** Ends a stream that has begun, and any other after its first event. Whoever does not read is not waited for. */
  end(): void {
    this.isEnding = true;
    if (this.isFull) this.response.destroy();
    else if (this.response.headersSent) this.finish('');
  }

  private begin(): void {
    this.response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      // nginx would hold events back until it has some kilobytes of them.
      'X-Accel-Buffering': 'no',
    });
    const { min, max } = RETRY_MS;
    this.write(`retry: ${Math.round(min + Math.random() * (max - min))}\n\n`);
  }

  private write(bytes: Buffer | string): void {
    if (this.response.write(bytes)) return;
    this.isFull = true;
    this.dropIfStalled();
    this.response.once('drain', () => {
      clearTimeout(this.stall);
      this.isFull = false;
      const { waiting } = this;
      this.waiting = undefined;
      if (waiting !== undefined) this.send(waiting);
    });
  }

  private finish(bytes: Buffer | string): void {
    if (this.response.writableEnded) return;
    this.response.end(bytes);
    this.dropIfStalled();
  }

  private dropIfStalled(): void {
    clearTimeout(this.stall);
    this.stall = setTimeout(() => this.response.destroy(), this.stallMs);
  }
}
