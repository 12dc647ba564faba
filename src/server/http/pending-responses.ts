import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Connection {
  /** The request that came last. Its body may still be arriving. */
  last: Exchange;
  /** The requests whose responses are not complete, in the order in which they came. */
  readonly pending: Set<Exchange>;
  onComplete: (() => void) | undefined;
}

/** Knows which responses of each connection of a server are not complete. A response is complete once its socket took all of it. */
export class PendingResponses {
  private readonly connections = new WeakMap<Duplex, Connection>();

  /** Has to be made before the server listens. */
  constructor(server: Server) {
    // Before the application's own listener, which may answer at once.
    server.prependListener('request', (request, response) => this.add({ request, response }));
  }

  /** Whether the head of a response has been written, and its end has not. */
  isBeingWritten(socket: Duplex): boolean {
    return [...this.getPending(socket)].some(
      ({ response }) => response.headersSent && !response.writableEnded,
    );
  }

  /** Whether the request whose body is still arriving has its response already. */
  isAnswered(socket: Duplex): boolean {
    const last = this.connections.get(socket)?.last;
    return last !== undefined && !last.request.complete && last.response.writableEnded;
  }

  /**
   * Calls back once all responses of the connection are complete, at once where they are. A request whose body is still arriving
   * is not waited for, unless it has its response already. Not called where the socket is destroyed before.
   */
  afterComplete(socket: Duplex, callback: () => void): void {
    const connection = this.connections.get(socket);
    if (connection === undefined) return callback();
    const { last, pending } = connection;
    if (!last.request.complete && !last.response.writableEnded) pending.delete(last);
    if (pending.size === 0) callback();
    else connection.onComplete = callback;
  }

  private getPending(socket: Duplex): ReadonlySet<Exchange> {
    return this.connections.get(socket)?.pending ?? new Set();
  }

  private add(exchange: Exchange): void {
    const { socket } = exchange.request;
    let connection = this.connections.get(socket);
    if (connection === undefined) {
      connection = { last: exchange, pending: new Set(), onComplete: undefined };
      this.connections.set(socket, connection);
    }
    connection.last = exchange;
    connection.pending.add(exchange);
    exchange.response.once('close', () => this.remove(socket, exchange));
  }

  private remove(socket: Duplex, exchange: Exchange): void {
    const connection = this.connections.get(socket);
    if (connection === undefined) return;
    const { pending } = connection;
    if (!pending.delete(exchange) || pending.size > 0 || socket.destroyed) return;
    connection.onComplete?.();
    connection.onComplete = undefined;
  }
}
