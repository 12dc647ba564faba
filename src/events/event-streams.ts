import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { ApiError } from '../http/api-error.js';
import { EventStream } from './event-stream.js';
import { EVENTS_OPTIONS, type EventsOptions } from './events.options.js';

/** The event streams of this process: a bounded number of them, each with a sign of life now and then. */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly streams = new Set<EventStream>();
  private heartbeat: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(@Inject(EVENTS_OPTIONS) private readonly options: EventsOptions) {}

  /**
   * A place for a stream on this response, until that is closed. Nothing is sent yet: it can still be answered otherwise.
   *
   * @throws ApiError `429` where there are too many, `503` once the process is stopping
   */
  open(response: ServerResponse): EventStream {
    if (this.isClosed) throw new ApiError(503, 'This server is stopping. Try again in a few seconds.');
    if (this.streams.size >= this.options.maxStreams)
      throw new ApiError(429, 'Too many event streams are open. Try again in a few seconds.', 'busy');
    const stream = new EventStream(response);
    this.streams.add(stream);
    this.heartbeat ??= setInterval(() => this.beat(), this.options.heartbeatMs);
    stream.onceClosed(() => this.remove(stream));
    return stream;
  }

  /** Ends all streams, and opens no more. */
  close(): void {
    this.isClosed = true;
    for (const stream of this.streams) stream.end();
  }

  /** Before the server waits for its connections to end. */
  beforeApplicationShutdown(): void {
    this.close();
  }

  private beat(): void {
    for (const stream of this.streams) stream.beat();
  }

  private remove(stream: EventStream): void {
    this.streams.delete(stream);
    if (this.streams.size > 0) return;
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
  }
}
