import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError } from '../../http/api-error.js';

/** How long a connection may stay that was answered with an error and ended, in milliseconds. */
const LINGER_MS = 1_000;

/** Answers what is no HTTP at all, or came too slowly, with the error body too: no route ever sees such a request. */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const answer = toAnswer(error.code);
    const body = JSON.stringify(answer.body());
    socket.end(
      `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? 'Bad Request'}\r\n` +
        `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
        `Connection: close\r\n\r\n${body}`,
    );
    destroyLater(socket);
  });
}

/** A server lets its client send on after it has ended its own side, and a client may stay for ever. */
function destroyLater(socket: Duplex): void {
  // What still comes is read off: unread, it would have the connection reset, and the answer might never be seen.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}

const REASONS: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

function toAnswer(code: string | undefined): ApiError {
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
