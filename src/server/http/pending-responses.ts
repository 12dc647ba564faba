import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Connection {
  /** The last request. Its body may still be arriving. */
  last: Exchange;
  /** The requests whose responses are not complete, in order of arrival. */
  readonly pending: Set<Exchange>;
  onComplete: (() => void) | undefined;
}

/** Tracks the incomplete responses of each connection. A response is complete when its socket has accepted all of it. */
export class PendingResponses {
  private readonly connections = new WeakMap<Duplex, Connection>();

  /** Has to be created before the server listens. */
  constructor(server: Server) {
    // Before the listener of the application, which may answer immediately.
    server.prependListener('request', (request, response) => this.add({ request, response }));
  }

  /** Whether the head of a response is written and its end is not. */
  isBeingWritten(socket: Duplex): boolean {
    return [...this.getPending(socket)].some(
      ({ response }) => response.headersSent && !response.writableEnded,
    );
  }

  /** Whether the request whose body is still arriving already has its response. */
  isAnswered(socket: Duplex): boolean {
    const last = this.connections.get(socket)?.last;
    return last !== undefined && !last.request.complete && last.response.writableEnded;
  }

  /**
   * Calls back when all responses of the connection are complete, or immediately if they are. It does not wait for a request whose body is still arriving,
   * unless that has its response already. It never calls back if the socket is destroyed before.
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
