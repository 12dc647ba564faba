import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { ApiError } from '../http/errors/api-error.js';
import { OpenStreams } from '../http/answers/open-streams.js';
import { EventStream } from './event-stream.js';
import { EVENTS_OPTIONS, type EventsOptions } from './events.options.js';

/**
 * The event streams of this process, each with a heartbeat. Their number is limited in total and for each
 * caller.
 */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly streams = new Set<EventStream>();
  private readonly slots: OpenStreams;
  private heartbeat: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(@Inject(EVENTS_OPTIONS) private readonly options: EventsOptions) {
    this.slots = new OpenStreams(options.maxEventStreams, 'event streams');
  }

  /**
   * Opens a stream on a response. It holds a slot until the response is closed. Nothing is sent yet, so the
   * request can still be answered in another way.
   *
   * @param caller identifies the caller
   * @throws ApiError `429` if too many streams are open in total or for this caller; `503` after {@link close}
   */
  open(response: ServerResponse, caller: string): EventStream {
    if (this.isClosed) throw new ApiError(503, 'This server is stopping. Try again in a few seconds.');
    const release = this.slots.acquire(caller);
    const stream = new EventStream(response);
    this.streams.add(stream);
    this.heartbeat ??= setInterval(() => this.beat(), this.options.eventHeartbeatMs);
    stream.onceClosed(() => {
      release();
      this.remove(stream);
    });
    return stream;
  }

  /** Ends all streams. No other stream can be opened. */
  close(): void {
    this.isClosed = true;
    for (const stream of this.streams) stream.end();
  }

  /** Ends the streams before the server waits for its connections. */
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
