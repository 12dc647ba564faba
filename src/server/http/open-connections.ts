import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A turn of the event loop that took no longer, in milliseconds, has left nothing behind that came meanwhile. */
const QUIET_TURN_MS = 1;
/** Longest wait for such a turn, in milliseconds. */
const QUIET_PATIENCE_MS = 1_000;
/** So long a new connection is waited for to say what it wants, in milliseconds: its client sees that it stands, and sends. */
const FIRST_REQUEST_MS = 1_000;

/**
 * The connections of a server, so that it can be closed without cutting anybody off: those that have become idle
 * are ended at once, the others when they have been answered.
 */
export class OpenConnections {
  private readonly connections = new Map<Socket, { requests: number; unanswered: number }>();
  private keeping = true;
  private closing = false;
  /** Connections and requests that came, ever. */
  private arrivals = 0;

  /** Has to be made before the server listens. */
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

  /** From now on every answer says that it is the last on its connection, so that few are left to be closed under requests. */
  keepNone(): void {
    this.keeping = false;
  }

  /** Takes no more connections, and resolves when the last has ended, which `graceMs` hastens when they are over. */
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
   * Waits for a moment in which nothing has come that was not seen. The kernel takes connections and bytes by itself, and
   * resets those that are still with it when the server closes: their clients have sent requests that nobody reads.
   */
  private async quiet(): Promise<void> {
    const deadline = performance.now() + QUIET_PATIENCE_MS;
    // The rest of this turn may not look at the sockets any more; those that follow do.
    await nextTurn();
    for (let began = performance.now(); began < deadline; began = performance.now()) {
      const { arrivals } = this;
      await nextTurn();
      if (arrivals === this.arrivals && performance.now() - began < QUIET_TURN_MS) return;
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
