import { GatheredBytes } from '../../http/gathered-bytes.js';

/** Most bytes of its start that are kept of a file. Beside what a download holds anyway they fit into `HELD_BYTES`. */
export const MOST_START_BYTES = 65_536;

const NOTHING = Buffer.alloc(0);

/** The start of a file as it was read to measure it, and what it takes to read on. */
export class FileStart {
  /**
   * @param kept {@link MOST_START_BYTES} at the most
   * @param total bytes of the whole file as the host declared them, or null
   * @param validator what says that a further part is of the same file
   * @param ranged whether the host honours ranges
   */
  constructor(
    private kept: Buffer,
    readonly total: number | null,
    readonly validator: string | undefined,
    readonly ranged: boolean,
  ) {}

  /** The bytes, until they are let go of. */
  get bytes(): Buffer {
    return this.kept;
  }

  /**
   * Lets go of the bytes. What has waited for them is old by then, and would keep them, dead as it is, until the next
   * collection of all garbage: some of these a second were the price.
   */
  drop(): void {
    this.kept = NOTHING;
  }
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

  /** What came, once nothing more does; none is left. */
  take(): Buffer {
    const bytes = this.rest?.take() ?? this.first ?? NOTHING;
    this.first = undefined;
    this.rest = undefined;
    return bytes;
  }

  private gather(part: Buffer): void {
    if (this.rest === undefined) {
      this.rest = new GatheredBytes();
      this.rest.add(this.first ?? part);
    }
    this.rest.add(part);
  }
}
