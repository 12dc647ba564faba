import { ApiError } from '../errors/api-error.js';

/**
 * Limits memory that callers share. If it is full, holdings of the caller that holds the most are evicted for callers that hold less, so that one caller
 * cannot block another.
 */
export class SharedMemory {
  private readonly holdings = new Set<MemoryHolding>();
  private readonly byOwner = new Map<string, number>();
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** @param owner the fairness key of the caller */
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

  /** Finds the longest waiting holding of the caller that holds the most, if that caller would hold more than the requesting one. */
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

/** The part of the shared memory that one body or response holds. */
export class MemoryHolding {
  bytes = 0;
  /** When it last grew, by the monotonic clock of the process. */
  grownAt = performance.now();
  isEvictable = true;
  private readonly eviction = new AbortController();

  constructor(
    readonly owner: string,
    private readonly memory: SharedMemory,
  ) {}

  /** Aborts with an ApiError `429` after the memory was released for another caller. */
  get evicted(): AbortSignal {
    return this.eviction.signal;
  }

  /** @returns false if the memory is full */
  grow(bytes: number): boolean {
    if (!this.memory.add(this, bytes)) return false;
    this.bytes += bytes;
    this.grownAt = performance.now();
    return true;
  }

  /** Prevents eviction from now on, because the work has begun. */
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
