import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Serves the files of one batch at a time on 127.0.0.1, each under the number that it has in its batch. */
export class PhotoHost {
  private files: readonly string[] = [];
  private batch = 0;
  private readonly server: Server;
  private readonly ranges: boolean;

  private constructor(ranges: boolean) {
    this.ranges = ranges;
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(options: { readonly ranges: boolean }): Promise<PhotoHost> {
    const host = new PhotoHost(options.ranges);
    await new Promise<void>((resolve) => {
      host.server.listen(0, '127.0.0.1', resolve);
    });
    return host;
  }

  /** Serves these files instead of those before. @returns their URLs in the same order */
  serve(files: readonly string[]): string[] {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The photo server has no port.');
    this.files = files;
    this.batch += 1;
    return files.map((_, index) => `http://127.0.0.1:${address.port}/${this.batch}/${index}`);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, batch, index] = (request.url ?? '').split('/');
    const file = batch === String(this.batch) ? this.files[Number(index)] : undefined;
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || found?.isFile() !== true) {
      response.writeHead(404).end();
      return;
    }
    const length = found.size;
    const span = this.ranges ? parseRange(request.headers.range, length) : undefined;
    const headers = {
      'last-modified': found.mtime.toUTCString(),
      ...(this.ranges && { 'accept-ranges': 'bytes' }),
    };
    if (span === 'beyond the end') {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${length}` }).end();
      return;
    }
    const { start, end } = span ?? { start: 0, end: length - 1 };
    response.writeHead(span === undefined ? 200 : 206, {
      ...headers,
      'content-type': 'application/octet-stream',
      'content-length': end - start + 1,
      ...(span !== undefined && { 'content-range': `bytes ${start}-${end}/${length}` }),
    });
    // A file without bytes has no last one to end at.
    if (length === 0) response.end();
    else await pipeline(createReadStream(file, { start, end }), response).catch(() => response.destroy());
  }
}

/** `bytes=0-16383` and `bytes=16384-`; undefined for any other form, which is then answered with the whole file. */
function parseRange(header: string | undefined, length: number): Span | 'beyond the end' | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = match[2] === '' ? length - 1 : Math.min(Number(match[2]), length - 1);
  return start >= length || end < start ? 'beyond the end' : { start, end };
}
