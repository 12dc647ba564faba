import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextIteration } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OpenConnections } from './open-connections.js';

const REQUEST = 'GET / HTTP/1.1\r\nHost: shelfline\r\n\r\n';
const GRACE_MS = 60_000;

describe('the connections of a server that closes', () => {
  let server: Server;
  let connections: OpenConnections;
  let clients: Socket[];

  beforeEach(async () => {
    server = createServer((_, response) => void response.end('answered'));
    connections = new OpenConnections(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    clients = [];
  });

  afterEach(() => {
    for (const client of clients) client.destroy();
    server.close();
  });

  /** A client whose connection the kernel takes at once; the server has not seen it yet. */
  const arrive = async (): Promise<Socket> => {
    const address = server.address();
    const client = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
    clients.push(client);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    return client;
  };

  it('are answered if they arrived before it closed, even if it had not accepted them yet', async () => {
    const arrived: Socket[] = [];
    for (let n = 0; n < 10; n += 1) arrived.push(await arrive());
    for (const client of arrived) client.write(REQUEST);
    const closed = connections.close(GRACE_MS);
    const answers = await Promise.all(arrived.map((client) => text(client)));
    expect(answers.map((answer) => answer.endsWith('answered'))).toEqual(Array(10).fill(true));
    await closed;
  });

  it('are answered if their request arrived on an idle connection', async () => {
    const client = await arrive();
    await once(client, 'connect');
    client.write(REQUEST);
    await once(client, 'data');
    client.write(REQUEST);
    const [answer] = await Promise.all([text(client), connections.close(GRACE_MS)]);
    expect(answer).toContain('Connection: close');
    expect(answer).toContain('answered');
  });

  it('are answered if their first request arrives after it began to close', async () => {
    const client = await arrive();
    await once(client, 'connect');
    const closed = connections.close(GRACE_MS);
    for (let iterations = 0; server.listening && iterations < 100_000; iterations += 1) await nextIteration();
    expect(server.listening).toBe(false);
    client.write(REQUEST);
    expect(await text(client)).toContain('answered');
    await closed;
  });

  it('get `Connection: close` with each answer from when it is about to close', async () => {
    const client = await arrive();
    connections.keepNone();
    client.write(REQUEST);
    expect(await text(client)).toMatch(/^HTTP\/1.1 200 OK\r\nConnection: close\r\n/);
    expect(server.listening).toBe(true);
  });

  it('are closed if they are idle', async () => {
    const client = await arrive();
    await once(client, 'connect');
    const [rest] = await Promise.all([text(client), connections.close(GRACE_MS)]);
    expect(rest).toBe('');
  });
});
