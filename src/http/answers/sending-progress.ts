import type { Socket } from 'node:net';

/** The number of checks within the time after which a connection counts as stalled. */
const CHECKS = 5;

/** Detects whether bytes of a connection are being sent. Received bytes do not count. */
export class SendingProgress {
  private sent = -1;

  constructor(private readonly socket: Socket) {}

  /** @returns false if bytes wait to be sent and none were sent since the last call */
  hasMoved(): boolean {
    const before = this.sent;
    this.sent = getSentBytes(this.socket);
    return this.socket.writableLength === 0 || this.sent !== before;
  }
}

/**
 * Calls back once, when bytes wait to be sent and none were sent for `stallMs` (at most a fifth more). It does not matter how they were written.
 *
 * @returns a function that ends the watch
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
 * Returns the number of bytes that the operating system has accepted. The handle of the socket has this number also during a write of many megabytes, and
 * the socket timeout of Node uses it. If the handle lacks it, only complete writes count.
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
