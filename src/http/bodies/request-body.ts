import type { IncomingMessage } from 'node:http';
import { pipeline, Readable, type Transform } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { MIMEType } from 'node:util';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { ApiError } from '../errors/api-error.js';
import type { BodyPace } from '../http.options.js';

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** How long a body may be read before other work gets the event loop, in milliseconds. */
const MAX_BUSY_MS = 10;

/** The size of the chunks of a body that is already in memory. */
const CHUNK_BYTES = 65_536;

/** Whether a request has a body: its headers contain the framing of one (RFC 9112 §6). */
export function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  );
}

/**
 * Streams the decoded body of a request. If the stream is destroyed, the connection stays open for the response, and the rest of the body is discarded.
 *
 * The stream fails with an ApiError if the upload is too slow (`408`), incomplete or not in its `Content-Encoding` (`400`), or longer than `maxBytes`
 * after decoding (`413`).
 *
 * @throws ApiError `413` if the declared length exceeds `maxBytes`, `415` for an unknown content encoding
 */
export function openBody(request: IncomingMessage, pace: BodyPace, maxBytes: number): Readable {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
  return Readable.from(upTo(maxBytes, open(request, pace)), { objectMode: false });
}

/**
 * Reads and discards a body.
 *
 * @throws ApiError `408` if the upload is too slow, `413` if it is longer than `maxBytes`
 */
export async function dropBody(request: IncomingMessage, pace: BodyPace, maxBytes: number): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
  for await (const chunk of upTo(maxBytes, arriving(request, pace))) void chunk;
}

export function bodyTooLarge(maxBytes: number): ApiError {
  return new ApiError(413, `The body is larger than the limit of ${maxBytes} bytes.`, 'body_too_large');
}

async function* upTo(maxBytes: number, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw bodyTooLarge(maxBytes);
    yield chunk;
  }
}

/** A body that a parser of the platform, such as `express.text()` or `express.raw()`, has read and not parsed. */
export function findReadBody(request: IncomingMessage): Buffer | undefined {
  const body: unknown = 'body' in request ? request.body : undefined;
  if (Buffer.isBuffer(body)) return body;
  return typeof body === 'string' ? Buffer.from(body) : undefined;
}

async function* toChunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

function open(request: IncomingMessage, pace: BodyPace): AsyncIterable<Buffer> {
  // That middleware has also decoded it.
  const read = findReadBody(request);
  if (read !== undefined) return toChunks(read);
  const coding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === 'identity') return arriving(request, pace);
  const decoder = Object.hasOwn(DECODERS, coding) ? DECODERS[coding]?.() : undefined;
  if (decoder === undefined) {
    throw new ApiError(
      415,
      'The content encoding is not known. Send the body plain, or as gzip, deflate, br or zstd.',
      'unsupported_encoding',
    );
  }
  // It may fail before it has a reader. The reader gets the error later.
  decoder.on('error', () => {});
  // The pipeline destroys the decoder with any error of the request.
  pipeline(arriving(request, pace), decoder, () => {});
  return decoded(decoder);
}

async function* decoded(decoder: Transform): AsyncGenerator<Buffer> {
  try {
    yield* decoder as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(
      400,
      'The body is not what its Content-Encoding says, or it is not complete.',
      'broken_encoding',
    );
  }
}

/**
 * Yields the chunks of a body and enforces its minimum speed. Only the time of waiting for the client counts, and not the time of the reader. Received
 * bytes extend the allowed time up to `graceMs`, so that a fast start does not allow a slow rest.
 */
async function* arriving(request: IncomingMessage, pace: BodyPace): AsyncGenerator<Buffer> {
  const { graceMs, minBytesPerSecond, timeoutMs } = pace;
  const chunks: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  let allowedMs = graceMs;
  let leftMs = timeoutMs;
  let busySince = performance.now();
  try {
    for (;;) {
      const since = performance.now();
      const next = await inTime(chunks.next(), Math.min(allowedMs, leftMs));
      const waitedMs = performance.now() - since;
      leftMs -= waitedMs;
      if (next.done === true) return;
      allowedMs = Math.min(graceMs, allowedMs - waitedMs + (next.value.length / minBytesPerSecond) * 1000);
      yield next.value;
      // The chunks of a fast client are available immediately. Other work gets the event loop between them.
      if (performance.now() - busySince < MAX_BUSY_MS) continue;
      await setImmediate();
      busySince = performance.now();
    }
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(400, 'The request broke off before the end of its body.', 'incomplete_body');
  } finally {
    // A pending read ends first.
    void chunks.return?.().then(
      () => request.resume(),
      () => {},
    );
  }
}

async function inTime<T>(next: Promise<T>, ms: number): Promise<T> {
  const tooSlow = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    tooSlow.reject(new ApiError(408, 'The body of the request came too slowly.', 'body_too_slow'));
  }, ms);
  // The timer must not keep the process running.
  timer.unref();
  try {
    return await Promise.race([next, tooSlow.promise]);
  } finally {
    clearTimeout(timer);
    // After a timeout the read may still fail.
    next.catch(() => {});
  }
}

/** Returns the charset of a body, as its content type names it. */
export function getCharset(request: IncomingMessage): string | undefined {
  // The text that a parser of the platform has decoded is read as UTF-8.
  if ('body' in request && typeof request.body === 'string') return undefined;
  try {
    return new MIMEType(request.headers['content-type'] ?? '').params.get('charset') ?? undefined;
  } catch {
    return undefined;
  }
}
