import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { ContinueAnswers } from './continue-answers.js';

/** What comes in over the one connection that a client has at a time. */
export class Wire {
  private socket: Socket | undefined;
  private watched: Socket | undefined;
  private before = 0;
  private readonly continues = new ContinueAnswers();
  private hear: (bytes: number) => void = () => {};

  /** The same connector; what it connects is the wire from then on. */
  watching(connect: buildConnector.connector): buildConnector.connector {
    return (target, callback) =>
      connect(target, (...[error, socket]) => {
        if (error !== null) return callback(error, null);
        this.socket = socket;
        const read = socket.read.bind(socket);
        socket.read = (size?: number): unknown => {
          const chunk: unknown = read(size);
          if (Buffer.isBuffer(chunk)) this.continues.rewrite(chunk);
          return chunk;
        };
        callback(null, socket);
      });
  }

  /** A request goes out: says after each reading how many bytes came since, whatever they were. */
  begin(hear: (bytes: number) => void): void {
    const { socket } = this;
    if (socket === undefined) return;
    this.continues.begin();
    this.before = socket.bytesRead;
    this.hear = hear;
    if (this.watched === socket) return;
    this.watched = socket;
    // undici listens by now, so what was read has been parsed when this is called.
    socket.on('readable', () => this.hear(socket.bytesRead - this.before));
  }
}
