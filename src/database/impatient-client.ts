import { Socket } from 'node:net';
import { Client } from 'pg';

/** A class of connections, as the pool of node-postgres takes it for `Client`; in no words of its types, which not everybody has. */
export type ClientClass = new () => object;

/**
 * A connection to PostgreSQL that breaks when nothing has come or gone over it for so long: the network loses every
 * packet, or the machine of the database is gone, and nothing else would ever tell. What runs on it fails as on any
 * connection that breaks. At rest in a pool it is closed before that.
 *
 * With a synchronous standby, a commit whose statement was cancelled while it waited for the standby is reported as done,
 * with a warning: the standby may lack it. That fails here, as what was not committed does.
 *
 * One that breaks in the very moment in which a pool hands it out has nobody yet who listens: that ends no process, and is
 * told to the first query.
 *
 * @param silenceMs more than the longest statement takes; 0 is for good
 */
export function impatientClient(silenceMs: number): ClientClass {
  return class ImpatientClient extends Client {
    constructor(...config: ConstructorParameters<typeof Client>) {
      super(...config);
      this.on('error', () => {});
      this.on('notice', ({ routine }) => {
        // In the place of the answer of the commit, which comes next and is believed no more: the connection ends with it.
        if (routine === UNREPLICATED_ROUTINE) this.connection.emit('errorMessage', new UnreplicatedError());
      });
      this.once('connect', () => {
        // Not before: with TLS it is another stream by then.
        const { stream } = this.connection;
        if (stream instanceof Socket)
          stream.setTimeout(silenceMs, () => stream.destroy(new SilenceError(silenceMs)));
      });
    }
  };
}

/** The routine of PostgreSQL that warns so: the words of the warning may be in any language. */
const UNREPLICATED_ROUTINE = 'SyncRepWaitForLSN';

class UnreplicatedError extends Error {
  /** SQLSTATE of a statement that was cancelled. */
  readonly code = '57014';

  constructor() {
    super('the synchronous standby did not confirm the commit in time');
  }
}

class SilenceError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(silenceMs: number) {
    super(`the database has not answered for ${silenceMs} ms`);
  }
}
