/**
 * An image host in a process of its own: `node image-host.ts <latency in ms>`. Says its two ports in one line of JSON: one
 * answers every path with a small GIF after the latency, the other accepts connections and never answers.
 */
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';

const latencyMs = Number(process.argv[2] ?? '0');
const gif = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

const answering = createServer((_request, response) => {
  if (latencyMs === 0) response.end(gif);
  else setTimeout(() => response.end(gif), latencyMs);
});
answering.keepAliveTimeout = 60_000;
const silent = net.createServer((socket) => socket.on('error', () => {}).resume());

const getPort = async (server: net.Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // oxlint-disable-line no-unsafe-type-assertion -- it listens on a port
};
console.log(JSON.stringify({ answering: await getPort(answering), silent: await getPort(silent) }));
