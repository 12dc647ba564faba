import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of a server, so that it can be closed without cutting anybody off: those that are idle are ended at
 * once, the others when they have been answered.
 */
export class OpenConnections {
  /** Requests that are not answered to their end yet, by connection. */
  private readonly unanswered = new Map<Socket, number>();
  private closing = false;

  /** Has to be made before the server listens. */
  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.unanswered.set(socket, 0);
      socket.once('close', () => this.unanswered.delete(socket));
    });
    server.prependListener('request', ({ socket }, response) => {
      this.count(socket, 1);
      response.once('close', () => this.count(socket, -1));
    });
  }

  /** Takes no more connections, and resolves when the last has ended, which `graceMs` hastens when they are over. */
  async close(graceMs: number): Promise<void> {
    if (!this.server.listening) return;
    this.closing = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const [socket, requests] of this.unanswered) if (requests === 0) socket.destroy();
    const timer = setTimeout(() => this.server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  }

  private count(socket: Socket, more: 1 | -1): void {
    const requests = this.unanswered.get(socket);
    if (requests === undefined) return;
    this.unanswered.set(socket, requests + more);
    if (this.closing && requests + more === 0) socket.destroySoon();
  }
}
