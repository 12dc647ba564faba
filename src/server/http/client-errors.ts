import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError } from '../../http/errors/api-error.js';
import { PendingResponses } from './pending-responses.js';

/** How long a connection may stay open after an error was sent on it, in milliseconds. */
const LINGER_MS = 1_000;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];

/**
 * Sends the error body for errors before routing: invalid HTTP, a request that is too slow, and CONNECT. Earlier requests on the connection are answered
 * first, and the connection is closed after the error. If a response is being written, the connection is destroyed instead, so that the error does not
 * become part of that response.
 *
 * It has to be called before the server listens.
 */
export function answerClientErrors(server: Server): void {
  const responses = new PendingResponses(server);
  /** Connections that are being closed. Further bytes on them are ignored. */
  const ending = new WeakSet<Duplex>();

  const end = (socket: Duplex, error: ApiError): void => {
    ending.add(socket);
    if (responses.isBeingWritten(socket)) {
      socket.destroy();
      return;
    }
    const text = responses.isAnswered(socket) ? '' : toResponse(error);
    // Received bytes would restart the timer that limits how long a response may stay unread.
    socket.pause();
    responses.afterComplete(socket, () => {
      // A response with `Connection: close` may have ended the socket.
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

/** Destroys the socket after a while, because a client could keep its side open forever. */
function destroyLater(socket: Duplex): void {
  // Discard further bytes. If they stayed unread, the connection would be reset and the client might not get the response.
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
