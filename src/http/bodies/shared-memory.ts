import { ApiError } from '../errors/api-error.js';

/**
 * Memory that callers share. Where it is full, whoever holds the most gives way to whoever holds less: no number of bodies or
 * answers of one caller keeps out another.
 */
export class SharedMemory {
  private readonly holdings = new Set<MemoryHolding>();
  private readonly byOwner = new Map<string, number>();
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** @param owner what tells callers apart */
  open(owner: string): MemoryHolding {
    const holding = new MemoryHolding(owner, this);
    this.holdings.add(holding);
    return holding;
  }

  /** @internal */
  add(holding: MemoryHolding, bytes: number): boolean {
    if (!this.holdings.has(holding)) return false;
    while (this.bytes + bytes > this.maxBytes && this.holdings.size > 1) {
      const victim = this.victimFor(holding, bytes);
      if (victim === undefined) return false;
      victim.evict();
    }
    this.count(holding.owner, bytes);
    return true;
  }

  /** @internal */
  remove(holding: MemoryHolding): void {
    if (this.holdings.delete(holding)) this.count(holding.owner, -holding.bytes);
  }

  /** What has waited longest of the caller that holds the most, where that is more than the other one is about to hold. */
  private victimFor(wanting: MemoryHolding, bytes: number): MemoryHolding | undefined {
    const least = (this.byOwner.get(wanting.owner) ?? 0) + bytes;
    let victim: MemoryHolding | undefined;
    for (const holding of this.holdings) {
      const held = this.byOwner.get(holding.owner) ?? 0;
      if (!holding.isEvictable || holding.owner === wanting.owner || held <= least) continue;
      const most = victim === undefined ? 0 : (this.byOwner.get(victim.owner) ?? 0);
      if (victim === undefined || held > most || (held === most && holding.grownAt < victim.grownAt))
        victim = holding;
    }
    return victim;
  }

  private count(owner: string, bytes: number): void {
    this.bytes += bytes;
    const held = (this.byOwner.get(owner) ?? 0) + bytes;
    if (held === 0) this.byOwner.delete(owner);
    else this.byOwner.set(owner, held);
  }
}

/** What one body or answer holds of the shared memory. */
export class MemoryHolding {
  bytes = 0;
  /** When it last grew, by the process's own clock. */
  grownAt = performance.now();
  isEvictable = true;
  private readonly eviction = new AbortController();

  constructor(
    readonly owner: string,
    private readonly memory: SharedMemory,
  ) {}

  /** Aborts, with an ApiError `429`, when another caller needs the memory. It has been released then. */
  get evicted(): AbortSignal {
    return this.eviction.signal;
  }

  /** @returns false where there is no room for so much more */
  grow(bytes: number): boolean {
    if (!this.memory.add(this, bytes)) return false;
    this.bytes += bytes;
    this.grownAt = performance.now();
    return true;
  }

  /** From now on it does not give way any more: its work has begun. */
  keep(): void {
    this.isEvictable = false;
  }

  release(): void {
    this.memory.remove(this);
  }

  /** @internal */
  evict(): void {
    this.release();
    this.eviction.abort(
      new ApiError(
        429,
        'Other callers need the memory that this request holds. Try again in a few seconds.',
        'busy',
      ),
    );
  }
}
