import { type Dispatcher, errors, type Pool } from 'undici';
import type { Exchange } from './exchange.js';

interface Kept {
  readonly pool: Pool;
  connections: number;
}

/**
 * Connection pools, one for each origin. If there are too many connections, the idle ones that were unused for
 * the longest time are closed, because a job may use a new host each millisecond.
 *
 * A pool without a connection or request is closed and forgotten. The Agent of undici keeps such a pool for
 * good if its connections ended while all of them were in use, which with one connection for each host is
 * always.
 */
export class OriginPools {
  /** Ordered by last use. */
  private readonly pools = new Map<string, Kept>();
  private latest: Kept | undefined;
  private connections = 0;
  private ended = false;

  /** @param most idle connections beyond this number are closed */
  constructor(
    private readonly most: number,
    private readonly poolFor: (origin: string) => Pool,
  ) {}

  /** Number of origins with connections or requests. */
  get size(): number {
    return this.pools.size;
  }

  /** Sends a request. After {@link destroy} the exchange fails at once. */
  dispatch(origin: string, request: Dispatcher.DispatchOptions, exchange: Exchange): void {
    if (this.ended) return exchange.onResponseError(undefined, new errors.ClientDestroyedError());
    const kept = this.pools.get(origin) ?? this.open(origin);
    if (kept !== this.latest) {
      this.latest = kept;
      this.pools.delete(origin);
      this.pools.set(origin, kept);
    }
    kept.pool.dispatch(request, exchange);
  }

  /** Closes every connection. Requests in flight fail. */
  async destroy(): Promise<void> {
    this.ended = true;
    const all = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(all.map(({ pool }) => pool.destroy()));
  }

  private open(origin: string): Kept {
    const kept: Kept = { pool: this.poolFor(origin), connections: 0 };
    this.pools.set(origin, kept);
    // undici still counts a request whose connection broke, until the next microtask.
    const check = (): void => queueMicrotask(() => this.forgetIfUnused(origin, kept));
    kept.pool
      .on('connect', () => {
        this.count(origin, kept, 1);
        this.endIdle();
      })
      .on('disconnect', () => {
        this.count(origin, kept, -1);
        check();
      })
      .on('connectionError', check);
    return kept;
  }

  /** A pool that was forgotten is no longer counted. */
  private count(origin: string, kept: Kept, more: number): void {
    if (this.pools.get(origin) !== kept) return;
    kept.connections += more;
    this.connections += more;
  }

  private endIdle(): void {
    if (this.connections <= this.most) return;
    for (const [origin, kept] of this.pools) {
      if (kept.pool.stats.size === 0) this.forget(origin, kept);
      if (this.connections <= this.most) return;
    }
  }

  private forgetIfUnused(origin: string, kept: Kept): void {
    if (this.pools.get(origin) !== kept) return;
    const { connected, size } = kept.pool.stats;
    if (connected === 0 && size === 0) this.forget(origin, kept);
  }

  private forget(origin: string, { pool, connections }: Kept): void {
    this.pools.delete(origin);
    this.connections -= connections;
    void pool.close();
  }
}
