import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { impatientClient } from './impatient-client.js';

/** A message of PostgreSQL's protocol (§54.7): its type, its length, and what is in it. */
function message(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const GOING = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));

let server: Server;
let pool: Pool;
let answer: Buffer;

beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  pool = new Pool({ host: '127.0.0.1', port, user: 'u', max: 1, Client: impatientClient(50) as never });
});

afterEach(async () => {
  await pool.end();
  server.close();
});

it('a connection that breaks as it is handed out does not end the process, but fails its first query', async () => {
  answer = Buffer.concat([AUTHENTICATED, READY, GOING]);
  const client = await pool.connect();
  await expect(client.query('SELECT 1')).rejects.toThrow('connection error');
  client.release();
  expect(pool.totalCount).toBe(0);
});

it('a query that is not answered fails as an outage, and its connection is not used again', async () => {
  answer = Buffer.concat([AUTHENTICATED, READY]);
  await expect(pool.query('SELECT 1')).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    message: 'the database has not answered for 50 ms',
  });
  expect(pool.totalCount).toBe(0);
});
