const NOTHING = Buffer.alloc(0);

/** The start of a file as it was read to measure it, its EXIF block, and what it takes to read on. */
export class FileStart {
  /**
   * @param kept `MAX_START_BYTES` at the most
   * @param total bytes of the whole file as the host declared them, or null
   * @param validator what says that a further part is of the same file
   * @param ranged whether the host honours ranges
   * @param block the EXIF block, wherever in the file it stood; null where none was found
   */
  constructor(
    private kept: Buffer,
    readonly total: number | null,
    readonly validator: string | undefined,
    readonly ranged: boolean,
    private block: Buffer | null = null,
  ) {}

  /** The bytes, until they are let go of. */
  get bytes(): Buffer {
    return this.kept;
  }

  /** The EXIF block, until it is let go of. */
  get exif(): Buffer | null {
    return this.block;
  }

  /** The memory that both take: that of the reading which a part came in, where it is a part of one. */
  get heldBytes(): number {
    const { kept, block } = this;
    const own = Math.max(kept.length, kept.buffer.byteLength);
    if (block === null || block.buffer === kept.buffer) return own;
    return own + Math.max(block.length, block.buffer.byteLength);
  }

  /**
   * Lets go of the bytes. What has waited for them is old by then, and would keep them, dead as it is, until the next
   * collection of all garbage: some of these a second were the price.
   */
  drop(): void {
    this.kept = NOTHING;
    this.block = null;
  }
}
