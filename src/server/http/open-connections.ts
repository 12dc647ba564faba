import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextIteration } from 'node:timers/promises';

/** If an iteration of the event loop takes less than this, in milliseconds, no connection or request is left unhandled. */
const QUIET_ITERATION_MS = 1;
/** The maximum time to wait for such an iteration, in milliseconds. */
const QUIET_TIMEOUT_MS = 1_000;
/** How long to wait for the first request of a new connection, in milliseconds. Its client may be about to send it. */
const FIRST_REQUEST_MS = 1_000;

/**
 * Tracks the connections of a server, so that it can close without interrupting requests. Idle connections are closed immediately, and all others when their
 * requests are answered.
 */
export class OpenConnections {
  private readonly connections = new Map<Socket, { requests: number; unanswered: number }>();
  private keeping = true;
  private closing = false;
  /** The number of all connections and requests so far. */
  private arrivals = 0;

  /** Has to be created before the server listens. */
  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.arrivals += 1;
      this.connections.set(socket, { requests: 0, unanswered: 0 });
      socket.once('close', () => this.connections.delete(socket));
    });
    server.prependListener('request', ({ socket }, response) => {
      this.arrivals += 1;
      if (!this.keeping) response.setHeader('Connection', 'close');
      this.begin(socket);
      response.once('close', () => this.end(socket));
    });
  }

  /** From now on every response closes its connection, so that few connections are left when the server closes. */
  keepNone(): void {
    this.keeping = false;
  }

  /** Stops accepting connections, and resolves when the last one has ended. After `graceMs` all connections are closed. */
  async close(graceMs: number): Promise<void> {
    if (!this.server.listening) return;
    this.keepNone();
    await this.quiet();
    this.closing = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.destroyIdle(({ requests }) => requests > 0);
    const timers = [
      setTimeout(() => this.destroyIdle(), Math.min(FIRST_REQUEST_MS, graceMs)),
      setTimeout(() => this.server.closeAllConnections(), graceMs),
    ];
    await closed;
    for (const timer of timers) clearTimeout(timer);
  }

  /**
   * Waits until all arrived connections and requests are handled. The kernel accepts connections and bytes by itself. When the server closes, it resets those
   * that Node has not read yet, so their clients would lose requests.
   */
  private async quiet(): Promise<void> {
    const deadline = performance.now() + QUIET_TIMEOUT_MS;
    // The rest of this iteration may not read the sockets any more, but the next ones do.
    await nextIteration();
    for (let began = performance.now(); began < deadline; began = performance.now()) {
      const { arrivals } = this;
      await nextIteration();
      if (arrivals === this.arrivals && performance.now() - began < QUIET_ITERATION_MS) return;
    }
  }

  private destroyIdle(which: (connection: { readonly requests: number }) => boolean = () => true): void {
    for (const [socket, connection] of this.connections)
      if (connection.unanswered === 0 && which(connection)) socket.destroy();
  }

  private begin(socket: Socket): void {
    const connection = this.connections.get(socket);
    if (connection === undefined) return;
    connection.requests += 1;
    connection.unanswered += 1;
  }

  private end(socket: Socket): void {
    const connection = this.connections.get(socket);
    if (connection === undefined) return;
    connection.unanswered -= 1;
    if (this.closing && connection.unanswered === 0) socket.destroySoon();
  }
}
