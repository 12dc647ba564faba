import type { Server } from 'node:http';

/** How long the rest of an unused body may take, in milliseconds. */
const LINGER_MS = 5000;

/**
 * Closes connections on which a body still arrives some time after its request was answered. Until then the body is discarded: closing immediately would
 * reset the connection, and the client might not get the response.
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
