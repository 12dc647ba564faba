/** An event as it is sent: written out once for all who hear it. */
export interface StreamEvent {
  /** What a client that comes back says in `Last-Event-ID`. */
  readonly id: string | undefined;
  readonly text: string;
  /** The text, encoded once for all listeners. */
  readonly bytes: Buffer;
  /** Nothing comes after it. */
  readonly isLast: boolean;
}

/** Writes an event out as `text/event-stream` has it (HTML Living Standard §9.2). JSON holds no line breaks. */
export function streamEvent(
  name: string,
  body: object,
  { id, isLast = false }: { readonly id?: string; readonly isLast?: boolean } = {},
): StreamEvent {
  const head = id === undefined ? `event: ${name}` : `event: ${name}\nid: ${id}`;
  const text = `${head}\ndata: ${JSON.stringify(body)}\n\n`;
  return { id, text, bytes: Buffer.from(text), isLast };
}
