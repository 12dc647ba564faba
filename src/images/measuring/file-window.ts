import type { WantedBytes } from './format-reader.js';
import type { ImageSize } from './measurement.js';

const NOTHING: Buffer = Buffer.alloc(0);

/** A generator that moves a window. */
export type WindowMove = Generator<WantedBytes, void, Buffer>;

/** The piece of the file that a reader looks at. Positions are bytes from the start of the file. */
export class FileWindow {
  /** Valid until the window moves. */
  bytes = NOTHING;
  start = 0;
  /** Whether the file ends with these bytes. */
  isLast = false;
  /** The size, where it is known and the window moves on for orientation or EXIF alone. */
  soFar: ImageSize | undefined;

  get end(): number {
    return this.start + this.bytes.length;
  }

  has(at: number, length: number): boolean {
    return at >= this.start && at + length <= this.start + this.bytes.length;
  }

  /**
   * Afterwards the window begins at `at`, and is `length` bytes long or ends with the file. The bytes before are let go of
   * first: a host may take its time for the next.
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
