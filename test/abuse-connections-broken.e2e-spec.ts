import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { nextEvent, until } from './support/until.js';

const GARBAGE = 'NOTHING\r\n\r\n';
const CONNECT = 'CONNECT host.example:443 HTTP/1.1\r\nHost: host.example:443\r\n\r\n';
const LIVE = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
const STALL_MS = 500;
const VISIT = {
  store_id: 'RP00002',
  image_url: ['http://host.example/1.png'],
  visit_time: '2024-11-16T12:00:00Z',
};

function get(path: string, accept = 'application/json'): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\n\r\n`;
}

function submission(reference: string): string {
  const body = JSON.stringify({ count: 1, reference, visits: [VISIT] });
  const head = 'POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function statusesIn(text: string): string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => String(status));
}

describe('a connection on which a client breaks the protocol', () => {
  let shelfline: TestApplication;
  /** A job whose answers are larger than the buffers of a connection. */
  let largeJob: string;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    shelfline = await TestApplication.start({
      ROLE: 'api',
      ANSWER_STALL_MS: String(STALL_MS),
      EVENT_HEARTBEAT_MS: '100',
    });
    const image_url = Array.from({ length: 1000 }, (_, n) => `http://host.example/${n}/${'x'.repeat(2000)}`);
    largeJob = await shelfline.submit(Array.from({ length: 6 }, () => ({ ...VISIT, image_url })));
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  afterAll(async () => {
    await shelfline.close();
  });

  function open(text: string): Socket {
    const port = Number(new URL(shelfline.origin).port);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(socket);
    // A reset is an end, too.
    socket.on('error', () => {});
    socket.write(text);
    return socket;
  }

  /** What comes until the server ends the connection. */
  async function readAll(socket: Socket): Promise<string> {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.resume();
    const hasEnded = (): boolean => socket.readableEnded || socket.destroyed;
    await until(async () => (hasEnded() ? true : undefined), 'the end of the connection');
    return text;
  }

  async function exchange(text: string): Promise<string> {
    return readAll(open(text));
  }

  /** Reads until a text has come. */
  async function readUntil(socket: Socket, expected: string): Promise<string> {
    let text = '';
    const collect = (chunk: Buffer): void => void (text += chunk.toString());
    socket.on('data', collect);
    await until(async () => (text.includes(expected) ? true : undefined), `an answer with ${expected}`);
    socket.off('data', collect);
    return text;
  }

  async function noConnectionIsLeft(): Promise<void> {
    const server = shelfline.app.getHttpServer();
    const count = promisify((done: (error: Error | null, count: number) => void) =>
      server.getConnections(done),
    );
    await until(async () => ((await count()) === 0 ? true : undefined), 'a server without connections');
  }

  it.each([
    ['events', 'text/event-stream', 'event: progress', GARBAGE],
    ['images', 'application/x-ndjson', 'host.example', GARBAGE],
    ['images', 'text/csv', 'host.example', GARBAGE],
    ['images', 'text/csv', 'host.example', CONNECT],
  ])(
    'a connection that sends garbage while %s are sent as %s is closed, and the answer contains nothing else',
    async (what, type, begun, foreign) => {
      const socket = open(get(`/api/jobs/${largeJob}/${what}`, type));
      let text = await readUntil(socket, begun);
      socket.pause();
      socket.write(foreign);
      text += await readAll(socket);
      expect(statusesIn(text)).toEqual(['200']);
      // The answer was not brought to its end.
      expect(text.endsWith('\r\n0\r\n\r\n')).toBe(false);
      await noConnectionIsLeft();
    },
  );

  it('events that were requested before garbage are sent until the client disconnects', async () => {
    const socket = open(get(`/api/jobs/${largeJob}/events`, 'text/event-stream') + GARBAGE);
    expect(statusesIn(await readUntil(socket, 'event: progress'))).toEqual(['200']);
    socket.destroy();
    await noConnectionIsLeft();
  });

  it.each([
    ['a line', GARBAGE],
    ['a megabyte', 'NOTHING '.repeat(131_072)],
    ['a header without its colon', 'GET / HTTP/1.1\r\nHost: x\r\nNothing\r\n\r\n'],
  ])('a submission with %s of garbage behind it is answered first', async (what, garbage) => {
    const text = await exchange(submission(what) + garbage);
    expect(statusesIn(text)).toEqual(['201', '400']);
    expect(text).toMatch(/Connection: close\r\n\r\n\{"error":"This is not a valid HTTP request\."[^]*\}$/);
    await noConnectionIsLeft();
    const [, jobId] = /"job_id":"(\w+)"\}HTTP/.exec(text) ?? [];
    const job = await shelfline.get(`/api/jobs/${jobId}`, { connection: 'close' });
    expect(job.json).toMatchObject({ reference: what });
  });

  it('all requests before garbage are answered in order', async () => {
    const text = await exchange(LIVE + submission('first') + LIVE + submission('second') + GARBAGE);
    expect(statusesIn(text)).toEqual(['200', '201', '200', '201', '400']);
  });

  it('no error follows the answer to the last request of a connection', async () => {
    const text = await exchange(submission('last').replace('\r\n', '\r\nConnection: close\r\n') + GARBAGE);
    expect(statusesIn(text)).toEqual(['201']);
    await noConnectionIsLeft();
  });

  it('the requests before a broken body are answered, and the request with that body once', async () => {
    const head = 'POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const broken = `${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\nNOTHING\r\n`;
    expect(statusesIn(await exchange(broken))).toEqual(['400']);
    expect(statusesIn(await exchange(submission('before') + broken))).toEqual(['201', '400']);
  });

  it('a request that was refused before its body broke is answered only once', async () => {
    const head = 'POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n';
    const socket = open(`${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`);
    let text = await readUntil(socket, '"code":"unsupported_media_type"');
    socket.write('NOTHING\r\n');
    text += await readAll(socket);
    expect(statusesIn(text)).toEqual(['415']);
    await noConnectionIsLeft();
  });

  describe.each([
    ['a page', (): string => get(`/api/jobs/${largeJob}/images?limit=1000`).repeat(8)],
    ['an export', (): string => get(`/api/jobs/${largeJob}/images`, 'application/x-ndjson')],
    ['the files of the documentation', (): string => get('/docs/swagger-ui-bundle.js').repeat(8)],
  ])('is closed where the client does not read %s', (_what, request) => {
    it.each([
      ['garbage', GARBAGE, GARBAGE],
      ['a header that does not end', 'GET / HTTP/1.1\r\nHost: x\r\nLong: ', 'x'],
    ])(
      'a connection whose client does not read its answer is closed although it sends on: %s',
      async (_sent, begin, more) => {
        const accepted = nextEvent(shelfline.app.getHttpServer(), 'connection');
        const socket = open(submission('one') + submission('two') + request() + begin);
        socket.pause();
        const [connection]: Socket[] = await accepted;
        const sending = setInterval(() => socket.write(more), STALL_MS / 10);
        try {
          await noConnectionIsLeft();
        } finally {
          clearInterval(sending);
        }
        // It was the stall that ended it: the answer was begun and not taken.
        expect(connection?.bytesWritten).toBeGreaterThan(0);
      },
    );
  });

  it('CONNECT is answered with the error body', async () => {
    const text = await exchange(CONNECT);
    expect(text).toMatch(/^HTTP\/1\.1 405 Method Not Allowed\r\n/);
    expect(text).toContain('\r\nAllow: GET, HEAD, POST, PUT, DELETE\r\n');
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toEqual({
      error: 'CONNECT is not supported, this server is no proxy; use GET, HEAD, POST, PUT or DELETE.',
      code: 'method_not_allowed',
      details: [],
    });
    await noConnectionIsLeft();
  });

  it('a submission before a CONNECT is answered', async () => {
    const text = await exchange(submission('tunnel') + CONNECT);
    expect(statusesIn(text)).toEqual(['201', '405']);
    await noConnectionIsLeft();
  });
});
