/** The largest window that a Brotli stream can ask for, in bytes (RFC 7932 §9.1). */
const MAX_WINDOW = 2 ** 24;

interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

/** Bounds the memory of all Brotli decoders together. Those beyond it begin in the order in which they asked. */
export class DecodingMemory {
  private free: number;
  private readonly waiting: Waiting[] = [];

  /** @param bytes that all of them may have; never less than one needs */
  constructor(bytes: number) {
    this.free = Math.max(bytes, MAX_WINDOW);
  }

  /**
   * Calls `begin` when so much is free, perhaps at once. What is returned has to be called in the end, whether it began or
   * not.
   */
  acquire(bytes: number, begin: () => void): () => void {
    let hasBegun = false;
    const entry: Waiting = {
      bytes,
      begin: () => {
        hasBegun = true;
        this.free -= bytes;
        begin();
      },
    };
    this.waiting.push(entry);
    this.beginNext();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      if (hasBegun) this.free += bytes;
      else this.waiting.splice(this.waiting.indexOf(entry), 1);
      this.beginNext();
    };
  }

  private beginNext(): void {
    for (;;) {
      const [next] = this.waiting;
      if (next === undefined || next.bytes > this.free) return;
      this.waiting.shift();
      next.begin();
    }
  }
}

/** The window that a Brotli stream asks for, in bytes, from its first byte (RFC 7932 §9.1). */
export function brotliWindow(firstByte: number): number {
  const [large, small] = [(firstByte >> 1) & 7, (firstByte >> 4) & 7];
  if ((firstByte & 1) === 0) return 2 ** 16;
  if (large > 0) return 2 ** (17 + large);
  return small === 0 ? 2 ** 17 : 2 ** (8 + small);
}
