import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { ShelflineError } from './errors.js';
import { pause } from './pause.js';
import { type Transport, unreachable } from './transport.js';
import type { ImageCounts, Job } from './types.js';

/** What happens to a job. `finished` and `deleted` are the last events. */
export type JobEvent =
  | { readonly type: 'progress'; readonly images: ImageCounts }
  | { readonly type: 'finished'; readonly job: Job; readonly id: string | undefined }
  | { readonly type: 'deleted' };

export interface JobEventsOptions {
  readonly signal?: AbortSignal | undefined;
  /** The id of the last event that was received earlier. If it was the end of the job, the stream is empty. */
  readonly lastEventId?: string | undefined;
  /** Called whenever the stream is open. */
  readonly onOpen?: (() => void) | undefined;
  /** Called when the connection failed or broke. It is opened again after `retryInMs`. */
  readonly onInterrupted?: ((error: ShelflineError, retryInMs: number) => void) | undefined;
}

/** The server sends something every 15 seconds. A connection that is silent for this long counts as broken, in milliseconds. */
const MAX_SILENCE_MS = 45_000;
/** The pause before the second attempt, unless the server sets another; it doubles with each further one. In milliseconds. */
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;

/**
 * Follows a job to its end. A connection that fails or breaks is opened again with the id of the last event, for as long as it takes.
 *
 * @throws ShelflineError if the server refuses the stream, for example because the job does not exist
 */
export async function* followJob(
  transport: Transport,
  jobId: string,
  { signal, lastEventId, onOpen, onInterrupted }: JobEventsOptions = {},
): AsyncGenerator<JobEvent, void, undefined> {
  const stream = new EventStream(transport, `/api/jobs/${encodeURIComponent(jobId)}/events`, lastEventId);
  let failures = 0;
  for (;;) {
    try {
      for await (const message of stream.open(signal, onOpen)) {
        failures = 0;
        const event = toJobEvent(message);
        if (event !== undefined) yield event;
        if (event !== undefined && event.type !== 'progress') return;
      }
      if (stream.isAtEnd) return;
      throw unreachable('The stream ended before the job.');
    } catch (error) {
      if (!(error instanceof ShelflineError) || !error.isTemporary) throw error;
      const retryInMs = error.retryAfterMs ?? Math.min(stream.retryMs * 2 ** failures, MAX_RETRY_MS);
      failures += 1;
      onInterrupted?.(error, retryInMs);
      await pause(retryInMs, signal);
    }
  }
}

/** An event stream that is read with `fetch`, because an `EventSource` cannot send the key. */
class EventStream {
  retryMs = RETRY_MS;
  /** Whether the server said that nothing follows the last event. */
  isAtEnd = false;

  constructor(
    private readonly transport: Transport,
    private readonly path: string,
    private lastEventId: string | undefined,
  ) {}

  /** The messages of one connection. Leaving the loop closes it. */
  async *open(
    outer: AbortSignal | undefined,
    onOpen: (() => void) | undefined,
  ): AsyncGenerator<EventSourceMessage, void, undefined> {
    const closing = new AbortController();
    const signal = outer === undefined ? closing.signal : AbortSignal.any([outer, closing.signal]);
    const silence = new Deadline(MAX_SILENCE_MS, () => closing.abort(unreachable('The server is silent.')));
    try {
      const response = await this.transport.send({
        path: this.path,
        headers: { accept: 'text/event-stream', 'last-event-id': this.lastEventId },
        signal,
      });
      if (response.status === 204) this.isAtEnd = true;
      if (response.status === 204 || response.body === null) return;
      onOpen?.();
      yield* this.read(response.body, silence);
    } catch (error) {
      if (outer?.aborted === true || error instanceof ShelflineError) throw error;
      throw unreachable(error);
    } finally {
      silence.clear();
      closing.abort();
    }
  }

  private async *read(
    body: ReadableStream<Uint8Array>,
    silence: Deadline,
  ): AsyncGenerator<EventSourceMessage, void, undefined> {
    const arrived: EventSourceMessage[] = [];
    const parser = createParser({
      onEvent: (event) => arrived.push(event),
      onRetry: (ms) => (this.retryMs = ms),
    });
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      silence.restart();
      parser.feed(decoder.decode(value, { stream: true }));
      for (const message of arrived.splice(0)) {
        if (message.id !== undefined) this.lastEventId = message.id;
        yield message;
      }
    }
  }
}

/** Calls back unless it is restarted or cleared in time. */
class Deadline {
  private timer: ReturnType<typeof setTimeout>;

  constructor(
    private readonly ms: number,
    private readonly onPassed: () => void,
  ) {
    this.timer = setTimeout(onPassed, ms);
  }

  restart(): void {
    this.clear();
    this.timer = setTimeout(this.onPassed, this.ms);
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}

/** Converts a message of the server; undefined for one that a later version added. */
function toJobEvent({ event, id, data }: EventSourceMessage): JobEvent | undefined {
  switch (event) {
    case 'progress': {
      const images: ImageCounts = JSON.parse(data);
      return { type: 'progress', images };
    }
    case 'finished': {
      const job: Job = JSON.parse(data);
      return { type: 'finished', job, id };
    }
    case 'deleted':
      return { type: 'deleted' };
    default:
      return undefined;
  }
}
