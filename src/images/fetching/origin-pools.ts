import { type Dispatcher, errors, type Pool } from 'undici';
import type { Exchange } from './exchange.js';

interface Kept {
  readonly pool: Pool;
  connections: number;
}

/**
 * Pools of connections, one for each origin. Of the connections that are idle those are ended that were not used for the
 * longest time, where there are many: a job may have images of a new host each millisecond.
 *
 * A pool without any connection or request is closed and forgotten: the Agent of undici keeps one for good whose
 * connections ended while all that it may have were taken, which with one connection to a host is each of them.
 */
export class OriginPools {
  /** In the order in which they were used last. */
  private readonly pools = new Map<string, Kept>();
  private latest: Kept | undefined;
  private connections = 0;
  private ended = false;

  /** @param most connections: idle ones beyond that are ended */
  constructor(
    private readonly most: number,
    private readonly poolFor: (origin: string) => Pool,
  ) {}

  /** Origins to which there are connections or requests. */
  get size(): number {
    return this.pools.size;
  }

  /** Sends a request. Where all connections were ended, the exchange is told so at once. */
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

  /** Ends every connection; what is in flight fails. */
  async destroy(): Promise<void> {
    this.ended = true;
    const all = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(all.map(({ pool }) => pool.destroy()));
  }

  private open(origin: string): Kept {
    const kept: Kept = { pool: this.poolFor(origin), connections: 0 };
    this.pools.set(origin, kept);
    // A request that broke off with its connection is counted until undici has gone on from there.
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

  /** Of a pool that is forgotten nothing counts any more. */
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
