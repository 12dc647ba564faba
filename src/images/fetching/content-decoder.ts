import zlib from 'node:zlib';
import type { FairSemaphore } from '../waiting/fair-semaphore.js';
import type { ContentCoding } from './content-coding.js';
import { brotliWindow } from './brotli-window.js';
import { FetchFault } from './fetch-fault.js';

/** Bytes decoded in one step. libuv decodes them in a thread, not in the main thread. */
const STEP_BYTES = 16_384;

/** Receives the output of a decoder. Nothing is called after `onEnd` or `onFault`. */
export interface DecodedReader {
  onDecoded(bytes: Buffer): void;
  /** More bytes may be written. */
  onDrain(): void;
  onEnd(): void;
  onFault(fault: FetchFault): void;
}

/**
 * Decodes the body of one answer as it arrives. It decodes only as fast as it is written to, and stops at once
 * when it is destroyed. A small body that decodes to very many bytes therefore costs no more than the bytes
 * that are used.
 */
export class ContentDecoder {
  private stream: zlib.Gunzip | zlib.Inflate | zlib.InflateRaw | zlib.BrotliDecompress | undefined;
  private pending: Buffer[] = [];
  private hasEnded = false;
  private isDestroyed = false;
  private isOpening = false;
  /** Bytes of memory that it has acquired. */
  private held = 0;
  /** Aborts the wait for memory. */
  private waiting: AbortController | undefined;

  /** @param memory limits the bytes of all Brotli decoders together */
  constructor(
    private readonly coding: ContentCoding,
    private readonly memory: FairSemaphore,
    private readonly reader: DecodedReader,
  ) {}

  /** @returns whether more may be written before `onDrain` */
  write(chunk: Buffer): boolean {
    if (this.isDestroyed || chunk.length === 0) return true;
    if (this.stream !== undefined) return this.stream.write(chunk);
    this.pending.push(chunk);
    this.tryOpening();
    return !this.isFull();
  }

  /** To be called after the last byte. */
  end(): void {
    if (this.isDestroyed) return;
    this.hasEnded = true;
    if (this.stream !== undefined) this.stream.end();
    // An empty body decodes to an empty body.
    else if (this.pending.length === 0) this.reader.onEnd();
    else this.tryOpening();
  }

  /** Stops decoding and frees the memory. May be called again. */
  destroy(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.pending = [];
    this.stream?.destroy();
    this.waiting?.abort();
    if (this.held > 0) this.memory.release(this.held);
  }

  private isFull(): boolean {
    return this.stream === undefined ? this.isOpening : this.stream.writableNeedDrain;
  }

  /** The first bytes decide which decoder is needed. */
  private tryOpening(): void {
    const start = this.pending.length > 1 ? Buffer.concat(this.pending) : this.pending[0];
    if (this.isOpening || start === undefined || (start.length < 2 && !this.hasEnded)) return;
    this.pending = [start];
    this.isOpening = true;
    if (this.coding !== 'br') return this.open(start);
    const window = brotliWindow(start[0] ?? 0);
    if (!this.memory.tryAcquire(window)) return void this.openLater(window, start);
    this.held = window;
    this.open(start);
  }

  private async openLater(window: number, start: Buffer): Promise<void> {
    this.waiting = new AbortController();
    try {
      await this.memory.acquire(window, { signal: this.waiting.signal });
    } catch {
      return;
    }
    if (this.isDestroyed) return this.memory.release(window);
    this.held = window;
    this.open(start);
  }

  private open(start: Buffer): void {
    const stream = createDecoder(this.coding, start);
    this.stream = stream;
    stream.on('data', (bytes: Buffer) => {
      if (!this.isDestroyed) this.reader.onDecoded(bytes);
    });
    stream.on('drain', () => {
      if (!this.isDestroyed) this.reader.onDrain();
    });
    stream.on('end', () => {
      if (this.isDestroyed) return;
      this.destroy();
      this.reader.onEnd();
    });
    stream.on('error', (error) => {
      if (this.isDestroyed) return;
      this.destroy();
      this.reader.onFault(this.toFault(error));
    });
    const { pending } = this;
    this.pending = [];
    for (const chunk of pending) stream.write(chunk);
    if (this.hasEnded) stream.end();
    else if (!stream.writableNeedDrain) stream.emit('drain');
  }

  private toFault(error: Error): FetchFault {
    const isCut = 'code' in error && error.code === 'Z_BUF_ERROR';
    return new FetchFault(
      'bad_response',
      isCut
        ? `the ${this.coding} encoding of the file breaks off before its end`
        : `the ${this.coding} encoding of the file is damaged`,
    );
  }
}

function createDecoder(
  coding: ContentCoding,
  start: Buffer,
): zlib.Gunzip | zlib.Inflate | zlib.InflateRaw | zlib.BrotliDecompress {
  const options = { chunkSize: STEP_BYTES };
  switch (coding) {
    case 'gzip':
      return zlib.createGunzip(options);
    case 'br':
      return zlib.createBrotliDecompress(options);
    case 'deflate':
      return hasZlibHeader(start) ? zlib.createInflate(options) : zlib.createInflateRaw(options);
  }
}

/** `deflate` means a zlib stream (RFC 9110 §8.4.1.2), but some hosts send raw deflated bytes. */
function hasZlibHeader(start: Buffer): boolean {
  const [method = 0, flags = 0] = start;
  return (method & 0x0f) === 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 === 0;
}
