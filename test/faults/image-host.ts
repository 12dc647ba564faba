import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What a host gives of a path, each time or in the end. */
export type Kind = 'healthy' | 'slow' | 'flaky' | 'down' | 'gone' | 'text' | 'reset' | 'stall';

/** What has to stand in the row of an image of this URL, however often it had to be asked for. */
export type Expected =
  | { readonly status: 'succeeded'; readonly width: number; readonly height: number }
  | { readonly status: 'failed'; readonly errorCode: string };

/** `/{kind}/{number}/{width}x{height}/{name}.gif`; the number is of tries that fail, or of milliseconds. */
const PATH = /^\/([a-z]+)\/(\d+)\/(\d+)x(\d+)\//;

/** What the host gives in the end, by the URL alone. */
export function getExpected(url: string): Expected {
  const [, kind, , width, height] = PATH.exec(new URL(url).pathname) ?? [];
  switch (kind) {
    case 'healthy':
    case 'slow':
    case 'flaky':
      return { status: 'succeeded', width: Number(width), height: Number(height) };
    case 'down':
    case 'gone':
      return { status: 'failed', errorCode: 'http_status' };
    case 'text':
      return { status: 'failed', errorCode: 'not_an_image' };
    case 'reset':
      return { status: 'failed', errorCode: 'connection' };
    case 'stall':
      return { status: 'failed', errorCode: 'timeout' };
    default:
      throw new Error(`not a URL of this host: ${url}`);
  }
}

/**
 * Image hosts that answer by their URL, and the try: three of them, so that those that break connections or stall are
 * hosts of their own.
 */
export class ImageHosts {
  /** How often each path was asked for. */
  private readonly asked = new Map<string, number>();
  private readonly servers: readonly Server[];

  private constructor() {
    this.servers = Array.from({ length: 3 }, () =>
      createServer((request, response) => this.answer(request, response)),
    );
  }

  static async start(): Promise<ImageHosts> {
    const hosts = new ImageHosts();
    for (const server of hosts.servers) {
      server.keepAliveTimeout = 60_000;
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    return hosts;
  }

  /** A URL of this kind, which no other name shares. */
  url(kind: Kind, number: number, width: number, height: number, name: string): string {
    const address = this.servers[kind === 'reset' ? 1 : kind === 'stall' ? 2 : 0]?.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    return `http://127.0.0.1:${port}/${kind}/${number}/${width}x${height}/${name}.gif`;
  }

  /** How often a URL was asked for. */
  timesAsked(url: string): number {
    return this.asked.get(new URL(url).pathname) ?? 0;
  }

  get requests(): number {
    return [...this.asked.values()].reduce((sum, times) => sum + times, 0);
  }

  close(): void {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse): unknown {
    const path = request.url ?? '/';
    const times = (this.asked.get(path) ?? 0) + 1;
    this.asked.set(path, times);
    response.on('error', () => {});
    const [, kind, number, width, height] = PATH.exec(path) ?? [];
    const send = (): unknown => response.end(gif(Number(width), Number(height)));
    switch (kind) {
      case 'healthy':
        return send();
      case 'slow':
        return setTimeout(send, Number(number));
      case 'flaky':
        return times > Number(number) ? send() : response.writeHead(500).end();
      case 'down':
        return response.writeHead(500).end();
      case 'text':
        return response.end('<!doctype html><title>no image</title>');
      case 'reset':
        return request.socket.resetAndDestroy();
      case 'stall':
        return undefined;
      default:
        return response.writeHead(404).end();
    }
  }
}

/** A GIF of these dimensions: its header is all that is measured. */
function gif(width: number, height: number): Buffer {
  const bytes = Buffer.from('GIF89a\0\0\0\0\0\0\0;', 'latin1');
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
}
