import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports of this range are given to no outgoing connection, neither on Linux nor on macOS, so that one stays free. */
const FIRST = 20_000;
const PORTS = 12_000;

/** A port of 127.0.0.1 on which nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * PORTS);
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
    } catch {
      continue;
    }
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
