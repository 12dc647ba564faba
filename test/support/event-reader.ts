import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';
import { endLater, hasEnded } from './leftovers.js';
import { WITHIN_MS } from './until.js';

/** An event of a stream, its data read as JSON. */
export interface ReadEvent {
  readonly name: string | undefined;
  readonly id: string | undefined;
  readonly data: any; // oxlint-disable-line no-explicit-any -- what came over the wire is compared, not trusted
}

/** A listener to an event stream. */
export class EventReader {
  /** Comments that have come. */
  comments = 0;
  private events: ReadableStreamDefaultReader<EventSourceMessage> | undefined;

  private constructor(
    readonly status: number,
    readonly headers: Headers,
    private readonly leaving: AbortController,
  ) {}

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const leaving = new AbortController();
    const response = await fetch(url, { headers, signal: leaving.signal });
    const reader = new EventReader(response.status, response.headers, leaving);
    endLater(reader, () => reader.close());
    if (response.status === 200 && response.body !== null) {
      reader.events = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream({ onComment: () => (reader.comments += 1) }))
        .getReader();
    } else await response.body?.cancel();
    return reader;
  }

  /**
   * The next event; undefined at the end of the stream.
   *
   * @throws Error when none comes for a while
   */
  async next(): Promise<ReadEvent | undefined> {
    const late = setTimeout(
      () => this.leaving.abort(new Error(`no event came within ${WITHIN_MS} ms`)),
      WITHIN_MS,
    );
    const { done, value } = await this.read().finally(() => clearTimeout(late));
    if (done || value === undefined) return undefined;
    return { name: value.event, id: value.id, data: JSON.parse(value.data) };
  }

  /** The next event that passes. Fails where the stream ends before. */
  async find(matches: (event: ReadEvent) => boolean): Promise<ReadEvent> {
    for (let event = await this.next(); event !== undefined; event = await this.next())
      if (matches(event)) return event;
    throw new Error('the stream ended');
  }

  /** All events to the end of the stream. */
  async rest(): Promise<ReadEvent[]> {
    const events: ReadEvent[] = [];
    for (let event = await this.next(); event !== undefined; event = await this.next()) events.push(event);
    return events;
  }

  private async read(): Promise<{ done: boolean; value?: EventSourceMessage | undefined }> {
    return (await this.events?.read()) ?? { done: true };
  }

  close(): void {
    hasEnded(this);
    this.leaving.abort();
  }
}
