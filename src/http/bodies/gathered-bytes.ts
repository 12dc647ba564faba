const MIN_BLOCK = 4096;
const MAX_BLOCK = 1024 * 1024;

/**
 * Bytes that come in chunks of any size. They are copied together: a chunk takes some hundred bytes beside its own, so a
 * sender of single bytes would fill the memory with what counts as little.
 */
export class GatheredBytes {
  /** How many there are. */
  bytes = 0;
  private blocks: Buffer[] = [];
  /** How much of the last block is filled. */
  private filled = 0;

  /** The memory that they take. */
  get allocated(): number {
    return this.blocks.reduce((sum, block) => sum + block.length, 0);
  }

  add(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      const last = this.blocks.at(-1);
      if (last === undefined || this.filled === last.length) {
        this.addBlock(chunk.length - from);
        continue;
      }
      const copied = chunk.copy(last, this.filled, from);
      this.filled += copied;
      this.bytes += copied;
      from += copied;
    }
  }

  /** All of them in one buffer; none are left. */
  take(): Buffer {
    return Buffer.concat(this.takeBlocks());
  }

  /** All of them in blocks whose memory is nobody else's, so that it can be transferred to a thread; none are left. */
  takeBlocks(): Buffer[] {
    const last = this.blocks.pop();
    const blocks = last === undefined ? [] : [...this.blocks, last.subarray(0, this.filled)];
    this.blocks = [];
    this.filled = 0;
    this.bytes = 0;
    return blocks;
  }

  /** A block is as large as what is there already: no more than half of the memory is empty. */
  private addBlock(wanted: number): void {
    const size = Math.min(MAX_BLOCK, Math.max(MIN_BLOCK, wanted, this.bytes));
    this.blocks.push(Buffer.allocUnsafeSlow(size));
    this.filled = 0;
  }
}
