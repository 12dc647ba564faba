/** Most bytes of its start that are kept of a file. Beside what a download holds anyway they fit into `HELD_BYTES`. */
export const MAX_START_BYTES = 65_536;

const MIN_ROOM = 4_096;
const NOTHING: Buffer = Buffer.alloc(0);

/** Keeps the start of what comes by, without copying where it comes in one piece. */
export class KeptStart {
  private room = NOTHING;
  private isOwn = false;
  /** How many bytes there are. */
  length = 0;

  /**
   * Takes what follows the bytes that are there; anything else is left.
   *
   * @param at where the chunk stands in the file
   */
  push(chunk: Buffer, at: number): void {
    const known = this.length - at;
    if (known < 0 || known >= chunk.length || this.length >= MAX_START_BYTES) return;
    const part = chunk.subarray(known, known + MAX_START_BYTES - this.length);
    if (this.length === 0) this.room = part;
    else this.append(part);
    this.length += part.length;
  }

  /** What is there. */
  get bytes(): Buffer {
    return this.room.length === this.length ? this.room : this.room.subarray(0, this.length);
  }

  /** Drops what is there. */
  release(): void {
    this.room = NOTHING;
    this.length = 0;
  }

  /** A chunk of one byte may be a view of all that its socket read with it: what is kept beyond the first is a copy. */
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
