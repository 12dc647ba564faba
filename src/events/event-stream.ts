import type { ServerResponse } from 'node:http';
import { onceClosed } from '../http/once-closed.js';
import type { StreamEvent } from './stream-event.js';

/** A client whose socket stays full for this long has stopped reading, in milliseconds. */
const STALL_MS = 15_000;

/**
 * When a client should reconnect after a broken stream, in milliseconds. A random time in this range avoids
 * that all clients reconnect at once.
 */
const RETRY_MS = { min: 1_000, max: 3_000 };

/** A comment, which clients ignore. */
const HEARTBEAT = ':\n\n';

/**
 * The response to one client. It buffers no events: while the socket is full only the newest event is kept, and
 * a client whose socket stays full is disconnected.
 */
export class EventStream {
  /** The newest event while the socket is full. */
  private waiting: StreamEvent | undefined;
  private isFull = false;
  private isEnding = false;
  private stall: NodeJS.Timeout | undefined;

  /** @param stallMs how long the socket may stay full, in milliseconds */
  constructor(
    private readonly response: ServerResponse,
    private readonly stallMs = STALL_MS,
  ) {
    response.once('close', () => clearTimeout(this.stall));
  }

  /** Calls back when the stream has ended, at once if it has ended already. */
  onceClosed(callback: () => void): void {
    onceClosed(this.response, callback);
  }

  /** Sends an event. The first event begins the response, and the last one ends it. */
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

  /** Sends a heartbeat, so that the client and proxies know that the connection is alive. */
  beat(): void {
    if (this.response.headersSent && !this.response.writableEnded && !this.isFull) this.write(HEARTBEAT);
  }

  /**
   * Ends the stream, or if it has not begun ends it after its first event. Does not wait for a client that does
   * not read.
   */
  end(): void {
    this.isEnding = true;
    if (this.isFull) this.response.destroy();
    else if (this.response.headersSent) this.finish('');
  }

  private begin(): void {
    this.response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      // nginx would buffer events otherwise.
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
