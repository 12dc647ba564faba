import { createServer } from 'node:net';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** Returns a port of 127.0.0.1 that is free now. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === 'object') {
          resolve(address.port);
        } else {
          reject(new EmbeddedPostgresError('there is no free port on 127.0.0.1'));
        }
      });
    });
  });
}
