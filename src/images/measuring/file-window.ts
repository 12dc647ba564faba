import type { WantedBytes } from './format-reader.js';
import type { ImageSize } from './measurement.js';

const NOTHING: Buffer = Buffer.alloc(0);

/** A generator that moves a window. */
export type WindowMove = Generator<WantedBytes, void, Buffer>;

/** The piece of the file that a reader examines. Positions are offsets in the file. */
export class FileWindow {
  /** Valid until the window moves. */
  bytes = NOTHING;
  start = 0;
  /** Whether the file ends with these bytes. */
  isLast = false;
  /** The size, if it is known and the window moves on only for orientation or EXIF. */
  soFar: ImageSize | undefined;

  get end(): number {
    return this.start + this.bytes.length;
  }

  has(at: number, length: number): boolean {
    return at >= this.start && at + length <= this.start + this.bytes.length;
  }

  /**
   * Moves the window to `at`, with `length` bytes or up to the end of the file. The previous bytes are released
   * first, because the next ones may take a long time.
   */
  *move(at: number, length: number): WindowMove {
    this.bytes = NOTHING;
    this.bytes = yield this.soFar === undefined ? { at, length } : { at, length, soFar: this.soFar };
    this.start = at;
    this.isLast = this.bytes.length < length;
  }

  uint8(at: number): number {
    return this.bytes.readUInt8(at - this.start);
  }

  uint16BE(at: number): number {
    return this.bytes.readUInt16BE(at - this.start);
  }

  uint16LE(at: number): number {
    return this.bytes.readUInt16LE(at - this.start);
  }

  uint24LE(at: number): number {
    return this.bytes.readUIntLE(at - this.start, 3);
  }

  uint32BE(at: number): number {
    return this.bytes.readUInt32BE(at - this.start);
  }

  uint32LE(at: number): number {
    return this.bytes.readUInt32LE(at - this.start);
  }

  /** Bytes as characters from U+0000 to U+00FF. */
  latin1(at: number, length: number): string {
    return this.bytes.toString('latin1', at - this.start, at - this.start + length);
  }
}
