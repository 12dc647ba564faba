/**
 * Hosts with limits, in a process of their own: `node limited-host.ts`. Says the ports of those that answer, refuse connections
 * and never answer in one line of JSON.
 *
 * The path of the first says what comes, for each first segment from a budget of its own:
 * `/<name>/<anything>?delay=50` answers after so many milliseconds, `&workers=8` with so many answers at a time (the rest waits),
 * `&limit=100` with so many a second (the rest is refused) by `&status=429` and `&retry=1` (Retry-After). `/stats` says of
 * each name what it has seen, and `/down?hosts=4` lets the names dying-0 … dying-3 answer no more.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

interface Seen {
  served: number;
  refused: number;
  inFlight: number;
  mostInFlight: number;
  busy: number;
  waiting: (() => void)[];
  tokens: number;
  tokensAt: number;
  readonly latencies: number[];
}

const seen = new Map<string, Seen>();
let isDown = false;

function of(name: string, limit: number): Seen {
  let found = seen.get(name);
  if (found === undefined) {
    found = {
      served: 0,
      refused: 0,
      inFlight: 0,
      mostInFlight: 0,
      busy: 0,
      waiting: [],
      tokens: limit,
      tokensAt: performance.now(),
      latencies: [],
    };
    seen.set(name, found);
  }
  return found;
}

function isAllowed(host: Seen, limit: number): boolean {
  const now = performance.now();
  host.tokens = Math.min(limit, host.tokens + ((now - host.tokensAt) * limit) / 1000);
  host.tokensAt = now;
  if (host.tokens < 1) return false;
  host.tokens -= 1;
  return true;
}

/** Does the work when one of the workers is free. */
function work(host: Seen, workers: number, delay: number, done: () => void): void {
  const begin = (): void => {
    host.busy += 1;
    setTimeout(() => {
      host.busy -= 1;
      done();
      host.waiting.shift()?.();
    }, delay);
  };
  if (host.busy < workers) begin();
  else host.waiting.push(begin);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://host');
  const name = url.pathname.split('/')[1] ?? '';
  if (name === 'stats') return void response.end(JSON.stringify(Object.fromEntries(seen)));
  if (name === 'down') {
    isDown = true;
    return void response.end();
  }
  const number = (option: string, otherwise: number): number =>
    Number(url.searchParams.get(option) ?? otherwise);
  const limit = number('limit', Number.POSITIVE_INFINITY);
  const host = of(name, limit);
  const began = performance.now();
  host.inFlight += 1;
  host.mostInFlight = Math.max(host.mostInFlight, host.inFlight);
  response.once('close', () => (host.inFlight -= 1));
  if (isDown && name.startsWith('dying-')) return;
  const delay = number('delay', 0);
  if (limit !== Number.POSITIVE_INFINITY && !isAllowed(host, limit)) {
    host.refused += 1;
    const retry = url.searchParams.get('retry');
    setTimeout(
      () => response.writeHead(number('status', 429), retry === null ? {} : { 'retry-after': retry }).end(),
      delay,
    );
    return;
  }
  const serve = (): void => {
    host.served += 1;
    host.latencies.push(performance.now() - began);
    response.end(GIF);
  };
  if (delay === 0) serve();
  else work(host, number('workers', Number.POSITIVE_INFINITY), delay, serve);
}

const answering = createServer(answer);
answering.keepAliveTimeout = 60_000;
const silent = net.createServer((socket) => socket.on('error', () => {}).resume());
const gone = net.createServer();

const getPort = async (server: net.Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', 511, resolve));
  return (server.address() as AddressInfo).port; // oxlint-disable-line no-unsafe-type-assertion -- it listens on a port
};
const ports = {
  answering: await getPort(answering),
  silent: await getPort(silent),
  refusing: await getPort(gone),
};
gone.close();
console.log(JSON.stringify(ports));
