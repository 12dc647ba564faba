import type { Server } from 'node:http';

/** How long the rest of a body that nobody wants may take, in milliseconds. */
const LINGER_MS = 5000;

/**
 * Ends connections on which the rest of a body still comes some time after the request was answered. Until then it is
 * read off: closing at once would reset the connection, and the answer might never be seen.
 */
export function endUnreadBodies(server: Server): void {
  server.on('request', (request, response) => {
    response.once('finish', () => {
      if (request.complete) return;
      const timer = setTimeout(() => request.socket.destroy(), LINGER_MS).unref();
      request.once('close', () => clearTimeout(timer));
    });
  });
}
