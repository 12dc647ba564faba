import { GatheredBytes } from '../../http/gathered-bytes.js';

/** Most bytes of its start that are kept of a file. Beside what a download holds anyway they fit into `HELD_BYTES`. */
export const MOST_START_BYTES = 65_536;

/** The start of a file as it was read to measure it, and what it takes to read on. */
export interface FileStart {
  /** {@link MOST_START_BYTES} at the most. */
  readonly bytes: Buffer;
  /** Bytes of the whole file as the host declared them, or null. */
  readonly total: number | null;
  /** What says that a further part is of the same file. */
  readonly validator: string | undefined;
  /** Whether the host honours ranges. */
  readonly ranged: boolean;
}

/** Keeps the start of what comes by, without copying where it comes in one piece. */
export class KeptStart {
  private first: Buffer | undefined;
  private rest: GatheredBytes | undefined;
  private kept = 0;

  push(chunk: Buffer): void {
    const part = chunk.subarray(0, MOST_START_BYTES - this.kept);
    if (part.length === 0) return;
    this.kept += part.length;
    if (this.first === undefined) this.first = part;
    else this.gather(part);
  }

  /** What came, once nothing more does. */
  bytes(): Buffer {
    if (this.rest !== undefined) this.first = this.rest.take();
    this.rest = undefined;
    return this.first ?? Buffer.alloc(0);
  }

  private gather(part: Buffer): void {
    if (this.rest === undefined) {
      this.rest = new GatheredBytes();
      this.rest.add(this.first ?? part);
    }
    this.rest.add(part);
  }
}
