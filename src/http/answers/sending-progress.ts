import type { Socket } from 'node:net';

/** How many checks are made in the time after which a connection counts as stalled. */
const CHECKS = 5;

/** Knows whether bytes of a connection are being sent. What the connection receives does not count. */
export class SendingProgress {
  private sent = -1;

  constructor(private readonly socket: Socket) {}

  /** @returns false where bytes wait to be sent and none were sent since the last call */
  hasMoved(): boolean {
    const before = this.sent;
    this.sent = getSentBytes(this.socket);
    return this.socket.writableLength === 0 || this.sent !== before;
  }
}

/**
 * Calls back once, when bytes have waited for the other side for `stallMs` (and at most a fifth more) and it took none of them.
 * How they were written does not matter: as a whole, as a stream, or by a pipe.
 *
 * @returns what ends the watch
 */
export function watchSending(socket: Socket, stallMs: number, onStall: () => void): () => void {
  const progress = new SendingProgress(socket);
  let movedAt = performance.now();
  const checking = setInterval(() => {
    const now = performance.now();
    if (progress.hasMoved()) movedAt = now;
    if (now - movedAt < stallMs) return;
    clearInterval(checking);
    onStall();
  }, stallMs / CHECKS);
  checking.unref();
  return () => clearInterval(checking);
}

/**
 * Bytes that the operating system has taken. A write of many megabytes counts as it goes, which only the handle of the socket
 * knows: Node's own timeout of sockets reads the same number. Without a handle that knows it, whole writes count.
 */
function getSentBytes(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (
    typeof handle === 'object' &&
    handle !== null &&
    'writeQueueSize' in handle &&
    'bytesWritten' in handle
  ) {
    const { bytesWritten, writeQueueSize } = handle;
    if (typeof bytesWritten === 'number' && typeof writeQueueSize === 'number')
      return bytesWritten - writeQueueSize;
  }
  return socket.bytesWritten - socket.writableLength;
}
