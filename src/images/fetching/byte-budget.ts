/**
 * The bytes that large downloads may hold together. Each reserves the most it can come to before it grows, and whoever
 * finds too little left waits for its turn: nobody waits for a second share, so there is no deadlock.
 */
export class ByteBudget {
  private free: number;
  private readonly waiting: { readonly bytes: number; readonly grant: () => void }[] = [];

  constructor(capacity: number) {
    this.free = capacity;
  }

  /** Resolves when so many bytes are reserved, at most the capacity. Rejects with the signal's reason. */
  async reserve(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.waiting.length === 0 && bytes <= this.free) {
      this.free -= bytes;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiter = {
        bytes,
        grant: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      const giveUp = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        this.grant();
        reject(signal?.reason);
      };
      this.waiting.push(waiter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  release(bytes: number): void {
    this.free += bytes;
    this.grant();
  }

  private grant(): void {
    for (
      let [first] = this.waiting;
      first !== undefined && first.bytes <= this.free;
      [first] = this.waiting
    ) {
      this.waiting.shift();
      this.free -= first.bytes;
      first.grant();
    }
  }
}
