import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type KnownKey, signatureFault } from './sigv4-verifier.js';

/** One request that came in, and what was wrong with its signature. */
export interface SignedRequest {
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly fault: string | undefined;
}

/** A real HTTP server on loopback that keeps objects and answers signed requests alone, as S3 and MinIO do. */
export class BucketHost {
  readonly requests: SignedRequest[] = [];
  private readonly objects = new Map<string, Buffer>();
  /** Answers in place of the object, for a request whose signature is right. */
  answering: ((response: ServerResponse) => void) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly bucket: string,
    private readonly key: KnownKey,
    private readonly sessionToken: string | undefined,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.answer(request, response),
    );
  }

  static async start(bucket: string, key: KnownKey, sessionToken?: string): Promise<BucketHost> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BucketHost(server, bucket, key, sessionToken);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  put(key: string, bytes: Buffer): void {
    this.objects.set(key, bytes);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { url: path = '/', headers } = request;
    const host = headers.host ?? '';
    const isTokenRight = headers['x-amz-security-token'] === this.sessionToken;
    const fault = signatureFault(path, headers, this.key) ?? (isTokenRight ? undefined : 'InvalidToken');
    this.requests.push({ host, path, headers, fault });
    if (fault !== undefined) return this.refuse(response, 403, fault);
    if (this.answering !== undefined) return this.answering(response);
    const isVirtual = host.startsWith(`${this.bucket}.`);
    const start = isVirtual ? '/' : `/${this.bucket}/`;
    const bytes = path.startsWith(start)
      ? this.objects.get(decodeURIComponent(path.slice(start.length)))
      : undefined;
    if (bytes === undefined) return this.refuse(response, 404, 'NoSuchKey');
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const part = first === undefined ? bytes : bytes.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`;
    response
      .writeHead(first === undefined ? 200 : 206, {
        'content-length': part.length,
        etag: '"1"',
        ...(first === undefined ? {} : { 'content-range': range }),
      })
      .end(part);
  }

  private refuse(response: ServerResponse, status: number, code: string): void {
    response
      .writeHead(status, { 'content-type': 'application/xml' })
      .end(`<Error><Code>${code}</Code></Error>`);
  }
}
