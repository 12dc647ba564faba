/** Maximum number of bytes kept of the start of a file. With the other bytes of a download they fit into `HELD_BYTES`. */
export const MAX_START_BYTES = 65_536;

const MIN_ROOM = 4_096;
const NOTHING: Buffer = Buffer.alloc(0);

/** Keeps the start of a file, without copying if it arrives in one chunk. */
export class KeptStart {
  private room = NOTHING;
  private isOwn = false;
  /** Number of bytes that are kept. */
  length = 0;

  /**
   * Adds a chunk if it follows the kept bytes; ignores any other.
   *
   * @param at offset of the chunk in the file
   */
  push(chunk: Buffer, at: number): void {
    const known = this.length - at;
    if (known < 0 || known >= chunk.length || this.length >= MAX_START_BYTES) return;
    const part = chunk.subarray(known, known + MAX_START_BYTES - this.length);
    if (this.length === 0) this.room = part;
    else this.append(part);
    this.length += part.length;
  }

  /** The kept bytes. */
  get bytes(): Buffer {
    return this.room.length === this.length ? this.room : this.room.subarray(0, this.length);
  }

  /** Releases the kept bytes. */
  release(): void {
    this.room = NOTHING;
    this.length = 0;
  }

  /** A small chunk may be a view of all bytes that its socket read, so chunks after the first are copied. */
  private append(part: Buffer): void {
    const needed = this.length + part.length;
    if (!this.isOwn || needed > this.room.length) {
      const larger = Math.min(MAX_START_BYTES, Math.max(MIN_ROOM, needed, this.length * 2));
      const room = Buffer.allocUnsafeSlow(larger);
      this.room.copy(room, 0, 0, this.length);
      this.room = room;
      this.isOwn = true;
    }
    part.copy(this.room, this.length);
  }
}
