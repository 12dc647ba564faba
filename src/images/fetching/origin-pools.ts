import { type Dispatcher, errors, type Pool } from 'undici';
import type { Exchange } from './exchange.js';

/**
 * Pools of connections, one for each origin. A pool without any connection or request is closed and forgotten: the Agent of
 * undici keeps one for good whose connections ended while all that it may have were taken, which with one connection to a
 * host is each of them.
 */
export class OriginPools {
  private readonly pools = new Map<string, Pool>();
  private ended = false;

  constructor(private readonly poolFor: (origin: string) => Pool) {}

  /** Origins to which there are connections or requests. */
  get size(): number {
    return this.pools.size;
  }

  /** Sends a request. Where all connections were ended, the exchange is told so at once. */
  dispatch(origin: string, request: Dispatcher.DispatchOptions, exchange: Exchange): void {
    if (this.ended) return exchange.onResponseError(undefined, new errors.ClientDestroyedError());
    const pool = this.pools.get(origin) ?? this.open(origin);
    pool.dispatch(request, exchange);
  }

  /** Ends every connection; what is in flight fails. */
  async destroy(): Promise<void> {
    this.ended = true;
    const pools = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private open(origin: string): Pool {
    const pool = this.poolFor(origin);
    // A request that broke off with its connection is counted until undici has gone on from there.
    const check = (): void => queueMicrotask(() => this.forgetIfUnused(origin, pool));
    pool.on('disconnect', check).on('connectionError', check);
    this.pools.set(origin, pool);
    return pool;
  }

  private forgetIfUnused(origin: string, pool: Pool): void {
    if (this.pools.get(origin) !== pool) return;
    const { connected, size } = pool.stats;
    if (connected > 0 || size > 0) return;
    this.pools.delete(origin);
    void pool.close();
  }
}
