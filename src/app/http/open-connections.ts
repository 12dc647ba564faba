import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A turn of the event loop that took no longer, in milliseconds, has left nothing behind that came meanwhile. */
const QUIET_TURN_MS = 1;
/** Longest wait for such a turn, in milliseconds. */
const QUIET_PATIENCE_MS = 1_000;

/**
 * The connections of a server, so that it can be closed without cutting anybody off: those that are idle are ended at
 * once, the others when they have been answered.
 */
export class OpenConnections {
  /** Requests that are not answered to their end yet, by connection. */
  private readonly unanswered = new Map<Socket, number>();
  private keeping = true;
  private closing = false;
  /** Connections and requests that came, ever. */
  private arrivals = 0;

  /** Has to be made before the server listens. */
  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.arrivals += 1;
      this.unanswered.set(socket, 0);
      socket.once('close', () => this.unanswered.delete(socket));
    });
    server.prependListener('request', ({ socket }, response) => {
      this.arrivals += 1;
      if (!this.keeping) response.setHeader('Connection', 'close');
      this.count(socket, 1);
      response.once('close', () => this.count(socket, -1));
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
    for (const [socket, requests] of this.unanswered) if (requests === 0) socket.destroy();
    const timer = setTimeout(() => this.server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
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

  private count(socket: Socket, more: 1 | -1): void {
    const requests = this.unanswered.get(socket);
    if (requests === undefined) return;
    this.unanswered.set(socket, requests + more);
    if (this.closing && requests + more === 0) socket.destroySoon();
  }
}
