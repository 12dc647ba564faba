import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** The result of `onIncoming` that makes the parser ignore all further bytes of a connection. */
const END_OF_HTTP = 2;

/**
 * Ignores all further requests of a connection, including those that are received but not parsed. A chunk of 65 KB may contain 3,600 requests.
 * Node would create objects for all of them at a time, even if the connection was paused or destroyed.
 *
 * Node has no documented way to stop its parser. If the parser of a Node version is different, requests are parsed as usual.
 */
export function ignoreFurtherRequests(socket: Socket): void {
  socket.pause();
  const parser: unknown = Reflect.get(socket, 'parser');
  if (typeof parser !== 'object' || parser === null || !('onIncoming' in parser)) return;
  if (typeof parser.onIncoming !== 'function') return;
  // Called for the head of each request. Node sets it again when it reuses the parser for another connection.
  parser.onIncoming = (request: IncomingMessage): number => {
    // Node must not upgrade the connection to another protocol.
    Object.assign(request, { upgrade: false });
    return END_OF_HTTP;
  };
}
