import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errors, Pool } from 'undici';
import { Exchange } from './exchange.js';
import { OriginPools } from './origin-pools.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the pools of many origins', () => {
  let server: http.Server;
  let origin: string;

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      if (request.url === '/reset') request.socket.resetAndDestroy();
      if (request.url !== '/kept') response.setHeader('connection', 'close');
      response.end(request.url === '/long' ? Buffer.alloc(1_000_000) : 'short');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = originOf(server);
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  function originOf(of: http.Server): string {
    const address: AddressInfo | string | null = of.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  const poolsOf = (connections: number): OriginPools =>
    new OriginPools((to) => new Pool(to, { connections, pipelining: 1 }));

  /** Asks for a file, of which nothing is wanted. */
  async function ask(pools: OriginPools, to: string, path: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const reader = { begin: () => false, take: () => false, spend: () => {} };
      pools.dispatch(to, { path, method: 'GET' }, new Exchange(reader, resolve, reject));
    });
  }

  async function forgotten(pools: OriginPools): Promise<void> {
    while (pools.size > 0) await turn();
  }

  describe.each([1, 2, 16])('with %i connections to each', (connections) => {
    it.each(['/closed', '/long', '/reset'])('forget one whose host ends them all: %s', async (path) => {
      const pools = poolsOf(connections);
      await Promise.allSettled(Array.from({ length: connections }, () => ask(pools, origin, path)));
      await forgotten(pools);
      await expect(ask(pools, origin, '/closed')).resolves.toBe(false);
      await forgotten(pools);
    });

    it('forget one whose host is not there', async () => {
      const gone = http.createServer().listen(0, '127.0.0.1');
      await once(gone, 'listening');
      const there = originOf(gone);
      await new Promise((resolve) => gone.close(resolve));
      const pools = poolsOf(connections);
      const asked = Array.from({ length: connections }, () => ask(pools, there, '/'));
      for (const end of await Promise.allSettled(asked)) expect(end.status).toBe('rejected');
      await forgotten(pools);
    });
  });

  it('keep one as long as it has a connection', async () => {
    const pools = poolsOf(2);
    await Promise.all([ask(pools, origin, '/kept'), ask(pools, origin, '/closed')]);
    for (let n = 0; n < 20; n += 1) await turn();
    expect(pools.size).toBe(1);
    await pools.destroy();
  });

  it('refuse a request when they were ended', async () => {
    const pools = poolsOf(1);
    await ask(pools, origin, '/kept');
    await pools.destroy();
    expect(pools.size).toBe(0);
    await expect(ask(pools, origin, '/kept')).rejects.toBeInstanceOf(errors.ClientDestroyedError);
  });
});
