import { Socket } from 'node:net';
import { Client } from 'pg';

/** A class of connections, as the pool of node-postgres takes it for `Client`; in no words of its types, which not everybody has. */
export type ClientClass = new () => object;

/**
 * A connection to PostgreSQL that breaks when nothing has come or gone over it for so long: the network loses every
 * packet, or the machine of the database is gone, and nothing else would ever tell. What runs on it fails as on any
 * connection that breaks. At rest in a pool it is closed before that.
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
      this.once('connect', () => {
        // Not before: with TLS it is another stream by then.
        const { stream } = this.connection;
        if (stream instanceof Socket)
          stream.setTimeout(silenceMs, () => stream.destroy(new SilenceError(silenceMs)));
      });
    }
  };
}

class SilenceError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(silenceMs: number) {
    super(`the database has not answered for ${silenceMs} ms`);
  }
}
