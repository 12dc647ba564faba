import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { endLater, hasEnded } from './leftovers.js';

/** Writes to the connection for one request; `n` counts the requests of the host from 1. */
export type Answering = (socket: Socket, request: string, n: number) => void;

export interface RunningHost {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Writes the same bytes for ever, as fast as they are taken. */
export function pour(socket: Socket, bytes: string | Buffer, prefix: string | Buffer = ''): void {
  const unit = getBytes(bytes);
  const copies = Math.max(1, Math.floor(65_536 / unit.length));
  const block = Buffer.concat(Array.from({ length: copies }, () => unit));
  const pump = (): void => {
    while (!socket.destroyed && !socket.writableEnded && socket.write(block));
  };
  socket.on('drain', pump);
  socket.write(getBytes(prefix));
  pump();
}

/** Writes bytes one at a time, for ever once they are through. */
export function drip(socket: Socket, text: string, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ''), everyMs);
  socket.on('close', () => clearInterval(timer));
}

export const say =
  (...parts: (string | Buffer)[]): Answering =>
  (socket) =>
    void socket.write(Buffer.concat(parts.map(getBytes)));
export const sayAndEnd =
  (...parts: (string | Buffer)[]): Answering =>
  (socket) =>
    void socket.end(Buffer.concat(parts.map(getBytes)));
export const pouring =
  (prefix: string | Buffer, bytes: string | Buffer): Answering =>
  (socket) =>
    pour(socket, bytes, prefix);

/** A server that gives the same answer to each request of a connection. */
export function questioned(answering: Answering): net.Server {
  let requests = 0;
  return net.createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const request = text;
      text = '';
      answering(socket, request, (requests += 1));
    });
    socket.on('end', () => socket.end());
  });
}

export async function listen(scheme: string, server: net.Server): Promise<RunningHost> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    hasEnded(server);
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  endLater(server, close);
  return { url: `${scheme}://127.0.0.1:${port}/`, port, close };
}

function getBytes(part: string | Buffer): Buffer {
  return typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
}
