import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { type Behaviour, type SeenRequest, sendFile } from './image-sending.js';
import { endLater, hasEnded } from './leftovers.js';
import { nextEvent, WITHIN_MS } from './until.js';

export { type Behaviour, Gate, type SeenRequest } from './image-sending.js';

export type Answering = (request: IncomingMessage, response: ServerResponse, seen: SeenRequest) => void;

/** A real HTTP server on loopback that serves images, and misbehaves where it is told to. */
export class ImageHost {
  readonly requests: SeenRequest[] = [];
  connections = 0;
  /** Requests that are not answered to their end yet, and the most there were at a time. */
  inFlight = 0;
  mostInFlight = 0;

  private readonly paths = new Map<string, Answering>();
  private readonly sockets = new Map<Socket, number>();
  private readonly events = new EventEmitter().setMaxListeners(0);

  private constructor(
    private readonly server: Server,
    private readonly scheme: 'http' | 'https',
  ) {
    server.on('connection', (socket: Socket) => {
      this.sockets.set(socket, (this.connections += 1));
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.answer(request, response),
    );
    server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** @param options a TLS key and certificate in PEM make it an https server; `address` is 127.0.0.1 by default */
  static async start(
    options: {
      readonly tls?: { readonly key: string; readonly cert: string };
      readonly address?: string;
      readonly keepAliveMs?: number;
    } = {},
  ): Promise<ImageHost> {
    const server: Server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
    server.keepAliveTimeout = options.keepAliveMs ?? 60_000;
    const host = new ImageHost(server, options.tls === undefined ? 'http' : 'https');
    server.listen(0, options.address ?? '127.0.0.1');
    await once(server, 'listening');
    endLater(host, () => host.close());
    return host;
  }

  get port(): number {
    return getPort(this.server);
  }

  /** `http://127.0.0.1:12345`, or the same port under another name. */
  origin(name = '127.0.0.1'): string {
    return `${this.scheme}://${name}:${this.port}`;
  }

  url(path: string, name?: string): string {
    return this.origin(name) + path;
  }

  /** Serves a file under a path. @returns its URL */
  serve(path: string, bytes: Buffer, behaviour: Behaviour = {}): string {
    return this.handle(
      path,
      (request, response, seen) => void sendFile(request, response, seen, bytes, behaviour),
    );
  }

  /** Sends on from a path. @returns the URL that redirects */
  redirect(path: string, location: string | undefined, status = 302): string {
    const headers = location === undefined ? {} : { location };
    return this.handle(path, (_request, response) => response.writeHead(status, headers).end());
  }

  /** Answers a path by writing these bytes to the connection as they stand, and then ends it. @returns its URL */
  raw(path: string, bytes: string | Buffer): string {
    return this.handle(path, (request) => request.socket.end(bytes));
  }

  /** Answers a path with any code. @returns its URL */
  handle(path: string, answering: Answering): string {
    this.paths.set(path, answering);
    return this.url(path);
  }

  /**
   * Resolves as soon as so many requests have come in, for one path or for all.
   *
   * @throws Error when no further one comes for a while
   */
  async arrived(count: number, path?: string, withinMs = WITHIN_MS): Promise<void> {
    for (;;) {
      const { length } = this.requestsFor(path);
      if (length >= count) return;
      const what = `request ${length + 1} of ${count} for ${path ?? 'any path'}`;
      await nextEvent(this.events, 'request', what, withinMs);
    }
  }

  requestsFor(path?: string): SeenRequest[] {
    return this.requests.filter((request) => path === undefined || request.path === path);
  }

  /** The `Range` headers of the requests for a path. */
  ranges(path: string): (string | undefined)[] {
    return this.requestsFor(path).map((request) => request.headers.range);
  }

  /** Ends everything, what is in flight too. */
  async close(): Promise<void> {
    hasEnded(this);
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets.keys()) socket.destroy();
    await closed;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    const connection = this.sockets.get(request.socket) ?? this.connections;
    const seen = { path, headers: request.headers, connection, bytes: 0 };
    this.requests.push(seen);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    response.on('close', () => (this.inFlight -= 1));
    response.on('error', () => {});
    this.events.emit('request');
    const answering = this.paths.get(path);
    if (answering === undefined) response.writeHead(404).end('not here');
    else answering(request, response, seen);
  }
}

/** A server that does with each connection what it is told: no HTTP of its own. */
export async function startRawHost(
  onConnection: (socket: Socket) => void,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const host = {
    port: getPort(server),
    close: async () => {
      hasEnded(host);
      await close();
    },
  };
  endLater(host, close);
  return host;
}

function getPort(server: net.Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}
