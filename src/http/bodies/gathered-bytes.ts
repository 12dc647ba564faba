const MIN_BLOCK = 4096;
const MAX_BLOCK = 1024 * 1024;

/**
 * Collects the bytes of chunks of any size. It copies them into blocks, because each chunk has an overhead of some hundred bytes: a client that sends
 * single bytes could otherwise fill the memory.
 */
export class GatheredBytes {
  /** The number of collected bytes. */
  bytes = 0;
  private blocks: Buffer[] = [];
  /** The number of bytes in the last block. */
  private filled = 0;

  /** The allocated memory in bytes. */
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

  /** Returns all bytes in one buffer and removes them. */
  drain(): Buffer {
    return Buffer.concat(this.drainBlocks());
  }

  /** Returns all bytes in blocks and removes them. No other buffer shares the memory of the blocks, so they can be transferred to a thread. */
  drainBlocks(): Buffer[] {
    const last = this.blocks.pop();
    const blocks = last === undefined ? [] : [...this.blocks, last.subarray(0, this.filled)];
    this.blocks = [];
    this.filled = 0;
    this.bytes = 0;
    return blocks;
  }

  /** Adds a block as large as all others together, so that at least half of the memory is used. */
  private addBlock(wanted: number): void {
    const size = Math.min(MAX_BLOCK, Math.max(MIN_BLOCK, wanted, this.bytes));
    this.blocks.push(Buffer.allocUnsafeSlow(size));
    this.filled = 0;
  }
}
