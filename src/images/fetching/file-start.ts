const NOTHING = Buffer.alloc(0);

/** The start of a file, its EXIF block, and the data to read the rest. */
export class FileStart {
  /**
   * @param kept at most `MAX_START_BYTES`
   * @param total bytes of the whole file as the host declared them, or null
   * @param validator validator for `If-Range`
   * @param supportsRanges whether the host supports ranges
   * @param block the EXIF block from anywhere in the file; null if none was found
   */
  constructor(
    private kept: Buffer,
    readonly total: number | null,
    readonly validator: string | undefined,
    readonly supportsRanges: boolean,
    private block: Buffer | null = null,
  ) {}

  /** The bytes, until {@link drop} is called. */
  get bytes(): Buffer {
    return this.kept;
  }

  /** The EXIF block, until {@link drop} is called. */
  get exif(): Buffer | null {
    return this.block;
  }

  /** Bytes of memory that both hold. A part of a larger buffer holds all of that buffer. */
  get heldBytes(): number {
    const { kept, block } = this;
    const own = Math.max(kept.length, kept.buffer.byteLength);
    if (block === null || block.buffer === kept.buffer) return own;
    return own + Math.max(block.length, block.buffer.byteLength);
  }

  /**
   * Releases the bytes. An object that waited for them may be in the old generation, and would keep them until
   * the next full garbage collection. That would cost several full collections a second.
   */
  drop(): void {
    this.kept = NOTHING;
    this.block = null;
  }
}
