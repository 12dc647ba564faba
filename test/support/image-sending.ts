import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a file is served. Without any of these: in full, or by the range that was asked for. */
export interface Behaviour {
  /** Status of every answer instead of 200 or 206; no ranges then. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** False: ranges are ignored, the answer is always 200. */
  readonly ranges?: boolean;
  /** Without `Content-Length`, in chunks. */
  readonly chunked?: boolean;
  /** What `Content-Length` says instead of the truth. */
  readonly declaredLength?: number;
  /** What `Content-Range` says instead of the truth; null leaves it out. */
  readonly contentRange?: string | null;
  /** The most bytes a range is answered with, whatever was asked for. */
  readonly longestPart?: number;
  /** The body is cut up into pieces of so many bytes, each sent by itself. */
  readonly pieces?: number;
  /** Nothing follows after so many bytes of the body; the connection stays. */
  readonly stallAfter?: number;
  /** After so many bytes of the body the connection ends. */
  readonly closeAfter?: number;
  readonly resetAfter?: number;
  /** A byte at a time, so many milliseconds apart. */
  readonly trickleMs?: number;
  /** After the bytes come zeros without end. */
  readonly endless?: boolean;
  /** Answers wait until it opens. */
  readonly gate?: Gate;
}

/** One request that came in. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Which connection it came over, counted from 1. */
  readonly connection: number;
  /** Bytes of the body that were written to it. */
  bytes: number;
}

/** Something that answers wait for. */
export class Gate {
  private readonly latch = Promise.withResolvers<void>();

  get opened(): Promise<void> {
    return this.latch.promise;
  }

  open(): void {
    this.latch.resolve();
  }
}

/** Answers with a file as the behaviour says. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  seen: SeenRequest,
  bytes: Buffer,
  behaviour: Behaviour,
): Promise<void> {
  await behaviour.gate?.opened;
  const part =
    behaviour.status === undefined && behaviour.ranges !== false
      ? getPart(request, bytes, behaviour)
      : undefined;
  if (part === 'past the end') {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}`, ...getHeaders(behaviour) }).end();
    return;
  }
  const [first, last] = part ?? [0, bytes.length - 1];
  const body = bytes.subarray(first, last + 1);
  const headers: Record<string, string | string[]> = getHeaders(behaviour);
  if (part !== undefined && behaviour.contentRange !== null) {
    headers['content-range'] = behaviour.contentRange ?? `bytes ${first}-${last}/${bytes.length}`;
  }
  if (behaviour.chunked !== true) headers['content-length'] = String(behaviour.declaredLength ?? body.length);
  response.strictContentLength = false;
  response.writeHead(behaviour.status ?? (part === undefined ? 200 : 206), headers);
  sendBody(response, seen, body, behaviour);
}

function getHeaders(behaviour: Behaviour): Record<string, string | string[]> {
  const entries = Object.entries(behaviour.headers ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}

function getPart(
  request: IncomingMessage,
  bytes: Buffer,
  behaviour: Behaviour,
): readonly [number, number] | 'past the end' | undefined {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (match === null) return undefined;
  const condition = request.headers['if-range'];
  const validators = [behaviour.headers?.['etag'], behaviour.headers?.['last-modified']];
  if (condition !== undefined && !validators.includes(condition)) return undefined;
  const first = Number(match[1]);
  if (first >= bytes.length) return 'past the end';
  const longest = behaviour.longestPart ?? bytes.length;
  return [first, Math.min(Number(match[2]), bytes.length - 1, first + longest - 1)];
}

function sendBody(response: ServerResponse, seen: SeenRequest, body: Buffer, behaviour: Behaviour): void {
  const limit = behaviour.stallAfter ?? behaviour.closeAfter ?? behaviour.resetAfter;
  const sent = body.subarray(0, limit);
  const write = (piece: Buffer): boolean => {
    seen.bytes += piece.length;
    return response.write(piece);
  };
  const end = (): void => {
    if (behaviour.endless === true) writeForEver(response, write);
    else if (behaviour.resetAfter !== undefined) response.write('', () => response.socket?.resetAndDestroy());
    else if (behaviour.closeAfter !== undefined) response.write('', () => response.socket?.end());
    else if (behaviour.stallAfter === undefined) response.end();
  };
  response.flushHeaders();
  if (behaviour.trickleMs !== undefined) return trickle(response, sent, behaviour.trickleMs, write, end);
  const size = behaviour.pieces ?? Math.max(sent.length, 1);
  for (let at = 0; at < sent.length; at += size) write(sent.subarray(at, at + size));
  end();
}

function trickle(
  response: ServerResponse,
  bytes: Buffer,
  everyMs: number,
  write: (piece: Buffer) => boolean,
  end: () => void,
): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at < bytes.length) write(bytes.subarray(at, (at += 1)));
    else {
      clearInterval(timer);
      end();
    }
  }, everyMs);
  response.on('close', () => clearInterval(timer));
}

function writeForEver(response: ServerResponse, write: (piece: Buffer) => boolean): void {
  const zeros = Buffer.alloc(65_536);
  const pump = (): void => {
    while (!response.destroyed && write(zeros));
  };
  response.on('drain', pump);
  pump();
}
