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

/** So long a body may be read without a turn for anybody else, in milliseconds. */
const TURN_MS = 10;

/** Bytes of a body that was read before, and is passed on at a time. */
const CHUNK_BYTES = 65_536;

/** RFC 9112 §6: a request has a body when it says how the body is framed. */
export function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  );
}

/**
 * The body of a request as it arrives, decoded. Whoever destroys it leaves the connection to answer on: what still comes
 * is read off.
 *
 * It ends with an ApiError where the sender is too slow (`408`), breaks off, or sent what is not what its
 * `Content-Encoding` says (`400`), and where the body is longer than `maxBytes` once it is decoded (`413`).
 *
 * @throws ApiError `413` for a declared length beyond `maxBytes`, `415` for a coding that is not known
 */
export function openBody(request: IncomingMessage, pace: BodyPace, maxBytes: number): Readable {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
  return Readable.from(upTo(maxBytes, open(request, pace)), { objectMode: false });
}

/**
 * Reads off a body that nobody has a use for, as it comes.
 *
 * @throws ApiError `408` where it comes too slowly, `413` where it is longer than `maxBytes`
 */
export async function dropBody(request: IncomingMessage, pace: BodyPace, maxBytes: number): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
  for await (const chunk of upTo(maxBytes, arriving(request, pace))) void chunk;
}

/** `413`: a body is longer than so many bytes. */
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
  // Such a parser has decoded it too.
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
  // It may fail when all has been written and nobody reads yet. Whoever reads is told then.
  decoder.on('error', () => {});
  // What goes wrong before the decoder ends it with that error.
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
 * The chunks of a body. Only the time spent in waiting for the sender counts: whoever reads may take as long as it likes. Bytes
 * earn the sender time, but never more than `graceMs` of it: what came quickly at first does not allow a trickle afterwards.
 */
async function* arriving(request: IncomingMessage, pace: BodyPace): AsyncGenerator<Buffer> {
  const { graceMs, minBytesPerSecond, timeoutMs } = pace;
  const chunks: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  let allowedMs = graceMs;
  let leftMs = timeoutMs;
  let turnBegan = performance.now();
  try {
    for (;;) {
      const since = performance.now();
      const next = await inTime(chunks.next(), Math.min(allowedMs, leftMs));
      const waitedMs = performance.now() - since;
      leftMs -= waitedMs;
      if (next.done === true) return;
      allowedMs = Math.min(graceMs, allowedMs - waitedMs + (next.value.length / minBytesPerSecond) * 1000);
      yield next.value;
      // A fast sender's chunks are there already, one after the other: everybody else gets a turn now and then.
      if (performance.now() - turnBegan < TURN_MS) continue;
      await setImmediate();
      turnBegan = performance.now();
    }
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(400, 'The request broke off before the end of its body.', 'incomplete_body');
  } finally {
    // A chunk that is being waited for comes first.
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
  // One that was answered before its end may be waited for until then; the process does not.
  timer.unref();
  try {
    return await Promise.race([next, tooSlow.promise]);
  } finally {
    clearTimeout(timer);
    // Lost to the clock, it may still fail.
    next.catch(() => {});
  }
}

/** The charset that the content type of a request names. */
export function getCharset(request: IncomingMessage): string | undefined {
  try {
    return new MIMEType(request.headers['content-type'] ?? '').params.get('charset') ?? undefined;
  } catch {
    return undefined;
  }
}
