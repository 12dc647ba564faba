/**
 * A fast host of JPEGs in a process of its own: `node jpeg-host.ts`. Says its port in one line of JSON.
 *
 * The path says what comes: `/<bytes>/<anything>.jpg` is a JPEG of so many bytes; `?delay=<ms>` answers so much later,
 * `?ranges=no` ignores ranges, `?header=<bytes>` puts so much in front of its size, as cameras put a preview there. It
 * speaks as much HTTP/1.1 as the clients of a benchmark do, so that it is not what is measured.
 */
import net, { type AddressInfo } from 'node:net';

const LARGEST = 8 * 1024 * 1024;
const SEGMENT = 65_533;

/** The start of a JPEG of 4,000 × 3,000 pixels, with so many bytes in front of its size. */
function jpegStart(headerBytes: number): Buffer {
  const parts = [Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex')];
  for (let left = headerBytes; left > 4; left -= SEGMENT + 2) {
    const segment = Buffer.alloc(Math.min(left, SEGMENT + 2));
    segment.writeUInt16BE(0xffe2, 0);
    segment.writeUInt16BE(segment.length - 2, 2);
    parts.push(segment);
  }
  parts.push(Buffer.from('ffc00011080bb80fa003012200021101031101', 'hex'));
  return Buffer.concat(parts);
}

const files = new Map<number, Buffer>();

function fileWith(headerBytes: number): Buffer {
  let file = files.get(headerBytes);
  if (file === undefined) {
    file = Buffer.alloc(LARGEST, 0x55);
    jpegStart(headerBytes).copy(file);
    files.set(headerBytes, file);
  }
  return file;
}

let bytesSent = 0;

function answer(socket: net.Socket, request: string): void {
  const [, path = '', query = ''] = /^GET ([^ ?]*)\??([^ ]*) /.exec(request) ?? [];
  if (path === '/bytes-sent') {
    const text = String(bytesSent);
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
    return;
  }
  const options = new URLSearchParams(query);
  const size = Math.min(Number(/^\/(\d+)\//.exec(path)?.[1] ?? '0'), LARGEST);
  const file = fileWith(Number(options.get('header') ?? '0'));
  const range = options.get('ranges') === 'no' ? null : /\r\nrange: bytes=(\d+)-(\d+)/i.exec(request);
  const from = Number(range?.[1] ?? '0');
  const to = range === null ? size : Math.min(Number(range[2]) + 1, size);
  const head =
    range === null
      ? `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: ${size}\r\n\r\n`
      : `HTTP/1.1 206 Partial Content\r\nContent-Type: image/jpeg\r\nContent-Length: ${to - from}\r\nContent-Range: bytes ${from}-${to - 1}/${size}\r\n\r\n`;
  const send = (): void => {
    if (socket.destroyed) return;
    const before = socket.bytesWritten;
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(file.subarray(from, to));
    socket.uncork();
    // What a client cut off never left.
    if (range === null)
      socket.once('close', () => (bytesSent += Math.min(socket.bytesWritten - before, size)));
    else bytesSent += to - from;
  };
  const delay = Number(options.get('delay') ?? '0');
  if (delay === 0) send();
  else setTimeout(send, delay);
}

const server = net.createServer({ noDelay: true }, (socket) => {
  let held = '';
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    held += chunk.toString('latin1');
    for (let end = held.indexOf('\r\n\r\n'); end !== -1; end = held.indexOf('\r\n\r\n')) {
      answer(socket, held.slice(0, end + 4));
      held = held.slice(end + 4);
    }
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 511, resolve));
// oxlint-disable-next-line no-unsafe-type-assertion -- it listens on a port
console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
