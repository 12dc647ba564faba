import { Socket } from 'node:net';
import { Client } from 'pg';

/**
 * A class of connections for the `Client` option of node-postgres' pool. It does not use the types of
 * node-postgres, which may not be installed.
 */
export type ClientClass = new () => object;

/**
 * Creates a connection class that breaks after `silenceMs` without any data. This detects a network that loses
 * every packet and a database machine that is gone. Its query fails like on any broken connection. The pool
 * closes idle connections before that.
 *
 * With a synchronous standby, a commit that is cancelled while it waits for the standby is reported as done
 * with a warning, although the standby may lack it. Here it fails like a transaction that was not committed.
 *
 * A connection that breaks at the moment the pool hands it out has no error listener yet. This does not end the
 * process; the first query fails instead.
 *
 * @param silenceMs longer than the longest statement takes; 0 disables the timeout
 */
export function impatientClient(silenceMs: number): ClientClass {
  return class ImpatientClient extends Client {
    constructor(...config: ConstructorParameters<typeof Client>) {
      super(...config);
      this.on('error', () => {});
      this.on('notice', ({ routine }) => {
        // Replaces the answer to the commit, which comes next and is ignored. The connection ends.
        if (routine === UNREPLICATED_ROUTINE) this.connection.emit('errorMessage', new UnreplicatedError());
      });
      this.once('connect', () => {
        // With TLS the stream is replaced before this event.
        const { stream } = this.connection;
        if (stream instanceof Socket)
          stream.setTimeout(silenceMs, () => stream.destroy(new SilenceError(silenceMs)));
      });
    }
  };
}

/** The routine in PostgreSQL that emits the warning, whose text may be in any language. */
const UNREPLICATED_ROUTINE = 'SyncRepWaitForLSN';

class UnreplicatedError extends Error {
  /** SQLSTATE of a cancelled statement. */
  readonly code = '57014';

  constructor() {
    super('the commit was cancelled before the synchronous standby confirmed it');
  }
}

class SilenceError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(silenceMs: number) {
    super(`the database has not answered for ${silenceMs} ms`);
  }
}
