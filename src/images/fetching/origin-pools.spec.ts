import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errors, Pool } from 'undici';
import { Exchange } from './exchange.js';
import { OriginPools } from './origin-pools.js';

/** Rounds of the event loop within which something must have happened. */
const MAX_ITERATIONS = 100_000;

const nextIteration = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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
    origin = getOrigin(server);
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A host and the number of connections that it has accepted. */
  async function listening(): Promise<{ at: http.Server; accepted: () => number }> {
    let accepted = 0;
    const at = http.createServer((_request, response) => response.end('short'));
    at.on('connection', () => (accepted += 1)).listen(0, '127.0.0.1');
    await once(at, 'listening');
    return { at, accepted: () => accepted };
  }

  function getOrigin(of: http.Server): string {
    const address: AddressInfo | string | null = of.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  const getPools = (connections: number, most = 100): OriginPools =>
    new OriginPools(most, (to) => new Pool(to, { connections, pipelining: 1 }));

  /** Requests a file and reads nothing of it. */
  async function ask(pools: OriginPools, to: string, path: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const reader = { onHead: () => false, onBytes: () => false, onFramingBytes: () => {} };
      pools.dispatch(to, { path, method: 'GET' }, new Exchange(reader, resolve, reject));
    });
  }

  async function forgotten(pools: OriginPools): Promise<void> {
    for (let iterations = 0; pools.size > 0 && iterations < MAX_ITERATIONS; iterations += 1)
      await nextIteration();
    expect(pools.size).toBe(0);
  }

  describe.each([1, 2, 16])('with %i connections to each', (connections) => {
    it.each(['/closed', '/long', '/reset'])(
      'forget one whose host closes all connections: %s',
      async (path) => {
        const pools = getPools(connections);
        await Promise.allSettled(Array.from({ length: connections }, () => ask(pools, origin, path)));
        await forgotten(pools);
        await expect(ask(pools, origin, '/closed')).resolves.toBe(false);
        await forgotten(pools);
      },
    );

    it('forget one whose host does not exist', async () => {
      const gone = http.createServer().listen(0, '127.0.0.1');
      await once(gone, 'listening');
      const there = getOrigin(gone);
      await new Promise((resolve) => gone.close(resolve));
      const pools = getPools(connections);
      const asked = Array.from({ length: connections }, () => ask(pools, there, '/'));
      for (const end of await Promise.allSettled(asked)) expect(end.status).toBe('rejected');
      await forgotten(pools);
    });
  });

  it('keep one while it has a connection', async () => {
    const pools = getPools(2);
    await Promise.all([ask(pools, origin, '/kept'), ask(pools, origin, '/closed')]);
    for (let n = 0; n < 20; n += 1) await nextIteration();
    expect(pools.size).toBe(1);
    await pools.destroy();
  });

  it('close idle connections if there are too many, those used longest ago first', async () => {
    const hosts = await Promise.all(Array.from({ length: 12 }, async () => listening()));
    const pools = getPools(1, 3);
    for (const { at } of hosts) {
      await ask(pools, getOrigin(hosts[0]?.at ?? at), '/kept');
      await ask(pools, getOrigin(at), '/kept');
    }
    expect(pools.size).toBe(3);
    const open = async (): Promise<number[]> =>
      Promise.all(hosts.map(async ({ at }) => promisify(at.getConnections.bind(at))()));
    const isOver = async (): Promise<boolean> => (await open()).reduce((sum, each) => sum + each) > 3;
    for (let iterations = 0; (await isOver()) && iterations < MAX_ITERATIONS; iterations += 1)
      await nextIteration();
    expect(await open()).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(hosts.map(({ accepted }) => accepted())).toEqual(hosts.map(() => 1));
    await pools.destroy();
    for (const { at } of hosts) at.close();
  });

  it('close no connection that is in use, however many there are', async () => {
    const { at, accepted } = await listening();
    const waiting: http.ServerResponse[] = [];
    at.removeAllListeners('request').on('request', (_request, response) => {
      waiting.push(response);
    });
    const pools = getPools(4, 1);
    const inUse = Array.from({ length: 4 }, () => ask(pools, getOrigin(at), '/kept'));
    for (let iterations = 0; waiting.length < 4 && iterations < MAX_ITERATIONS; iterations += 1)
      await nextIteration();
    // A further origin makes them too many.
    await ask(pools, origin, '/kept');
    expect([waiting.length, pools.size]).toEqual([4, 2]);
    for (const response of waiting.splice(0)) response.end('short');
    at.removeAllListeners('request').on('request', (_request, response) => response.end('short'));
    expect(await Promise.all(inUse)).toEqual([false, false, false, false]);
    await Promise.all(Array.from({ length: 4 }, () => ask(pools, getOrigin(at), '/kept')));
    expect(accepted()).toBe(4);
    await pools.destroy();
    at.close();
  });

  it('refuse a request after they were closed', async () => {
    const pools = getPools(1);
    await ask(pools, origin, '/kept');
    await pools.destroy();
    expect(pools.size).toBe(0);
    await expect(ask(pools, origin, '/kept')).rejects.toBeInstanceOf(errors.ClientDestroyedError);
  });
});
