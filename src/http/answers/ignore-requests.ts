import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** What the parser takes as: no more HTTP follows on this connection. It does not look at the rest of the bytes then. */
const END_OF_HTTP = 2;

/**
 * Ignores all further requests of a connection, those included that it has received but not parsed. 65 KB may hold 3,600 requests,
 * which Node would make objects of and pass on, all in one piece, even if the connection were paused or destroyed.
 *
 * Node has no documented way to stop its parser. Where the parser differs from what this relies on, requests are parsed as before.
 */
export function ignoreFurtherRequests(socket: Socket): void {
  socket.pause();
  const parser: unknown = Reflect.get(socket, 'parser');
  if (typeof parser !== 'object' || parser === null || !('onIncoming' in parser)) return;
  if (typeof parser.onIncoming !== 'function') return;
  // Called for each head of a request. Node sets it anew when it takes the parser for another connection.
  parser.onIncoming = (request: IncomingMessage): number => {
    // The head of the last one may ask for another protocol. Node must not pass the connection on to that.
    Object.assign(request, { upgrade: false });
    return END_OF_HTTP;
  };
}
