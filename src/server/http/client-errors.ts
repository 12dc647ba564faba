import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError } from '../../http/errors/api-error.js';
import { PendingResponses } from './pending-responses.js';

/** How long a connection may stay that was answered with an error and ended, in milliseconds. */
const LINGER_MS = 1_000;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];

/**
 * Answers what no route ever sees with the error body too: what is no HTTP at all, or came too slowly, and CONNECT. The requests
 * that came before it are answered first, and the connection is closed after the error. A connection on which a response is being
 * written is destroyed instead: nothing may be written into that response.
 *
 * Has to be called before the server listens.
 */
export function answerClientErrors(server: Server): void {
  const responses = new PendingResponses(server);
  /** Connections that are ended by this. What else comes on them is ignored. */
  const ending = new WeakSet<Duplex>();

  const end = (socket: Duplex, error: ApiError): void => {
    ending.add(socket);
    if (responses.isBeingWritten(socket)) {
      socket.destroy();
      return;
    }
    const text = responses.isAnswered(socket) ? '' : toResponse(error);
    // Bytes that come would restart the timer of the socket that limits how long a response may stay unread.
    socket.pause();
    responses.afterComplete(socket, () => {
      // A response with `Connection: close` has ended it.
      if (socket.writable) socket.end(text);
      destroyLater(socket);
    });
  };

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (ending.has(socket)) return;
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else end(socket, toError(error.code));
  });
  server.on('connect', (_request, socket: Duplex) => {
    // Node removes its own listeners from the socket.
    socket.on('error', () => socket.destroy());
    socket.on('timeout', () => socket.destroy());
    end(socket, CONNECT_REFUSED);
  });
}

/** A server lets its client send on after it has ended its own side, and a client may stay for ever. */
function destroyLater(socket: Duplex): void {
  // What still comes is read off: unread, it would have the connection reset, and the answer might never be seen.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}

const CONNECT_REFUSED = new ApiError(
  405,
  `CONNECT is not supported, this server is no proxy; use ${METHODS.slice(0, -1).join(', ')} or ${METHODS.at(-1)}.`,
);

const REASONS: Readonly<Record<number, string>> = {
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

function toResponse(error: ApiError): string {
  const status = error.getStatus();
  const body = JSON.stringify(error.body());
  return (
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Bad Request'}\r\n` +
    (status === 405 ? `Allow: ${METHODS.join(', ')}\r\n` : '') +
    `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
    `Connection: close\r\n\r\n${body}`
  );
}

function toError(code: string | undefined): ApiError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ApiError(431, 'The headers of the request are too large.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ApiError(413, 'The chunk extensions of the body are too large.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ApiError(408, 'The request took too long to arrive.');
    case 'HPE_INVALID_EOF_STATE':
      return new ApiError(
        400,
        'The connection was closed before the whole request had arrived.',
        'incomplete_request',
      );
    default:
      return new ApiError(400, 'This is not a valid HTTP request.');
  }
}
