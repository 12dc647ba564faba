import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { ContinueAnswers } from './continue-answers.js';

/** Counts the bytes received over the one connection that a client has at a time. */
export class Wire {
  private socket: Socket | undefined;
  private watched: Socket | undefined;
  private before = 0;
  private readonly continues = new ContinueAnswers();
  private report: (bytes: number) => void = () => {};

  /** Wraps a connector. The bytes of its latest connection are counted. */
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

  /**
   * To be called when a request is sent. `report` gets the number of bytes received since then, after each read.
   */
  begin(report: (bytes: number) => void): void {
    const { socket } = this;
    if (socket === undefined) return;
    this.continues.begin();
    this.before = socket.bytesRead;
    this.report = report;
    if (this.watched === socket) return;
    this.watched = socket;
    // undici was registered first, so it has parsed these bytes when this is called.
    socket.on('readable', () => this.report(socket.bytesRead - this.before));
  }
}
