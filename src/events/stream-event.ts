/** An event in its wire format, encoded once for all clients. */
export interface StreamEvent {
  /** The value of `Last-Event-ID` of a client that reconnects. */
  readonly id: string | undefined;
  readonly text: string;
  /** The text, encoded once for all listeners. */
  readonly bytes: Buffer;
  /** Whether it is the last event. */
  readonly isLast: boolean;
}

/** Formats an event as `text/event-stream` (HTML Living Standard §9.2). JSON contains no line breaks. */
export function streamEvent(
  name: string,
  body: object,
  { id, isLast = false }: { readonly id?: string; readonly isLast?: boolean } = {},
): StreamEvent {
  const head = id === undefined ? `event: ${name}` : `event: ${name}\nid: ${id}`;
  const text = `${head}\ndata: ${JSON.stringify(body)}\n\n`;
  return { id, text, bytes: Buffer.from(text), isLast };
}
