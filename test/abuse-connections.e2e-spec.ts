import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { AttackedServer } from './support/attacked-server.js';
import { until } from './support/until.js';

const VISIT_TIME = '2024-11-16T12:00:00Z';
const JOB = {
  count: 1,
  visits: [{ store_id: 'S1', image_url: ['http://host.example/1.png'], visit_time: VISIT_TIME }],
};

/** What comes on a connection until the server closes it. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'end');
  return text;
}

/** Resolves once the server has destroyed the connection: the beginning of another request is answered with a reset. */
async function destroyed(socket: Socket): Promise<void> {
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nLong: ');
  const sending = setInterval(() => socket.write('x'), 50);
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  clearInterval(sending);
}

async function submit(
  server: AttackedServer,
  job: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${server.origin}/api/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(job),
  });
}

describe('answers that nobody reads', () => {
  const MEMORY_MB = 48;
  const MAX_PIPELINED = 60;
  /** Processor time of the main thread in one piece: 50 are asked for, and a machine that others use may take three times as long. */
  const MAX_PIECE_MS = 150;
  /** Most of its heap may be waste of the pages that are made, one after the other. */
  const HEAP_MB = 200;
  /** What a server takes beside its heap and its answers. */
  const OTHER_MB = 125;
  let server: AttackedServer;
  let page: string;

  beforeAll(async () => {
    server = await AttackedServer.start(
      {
        ANSWER_MEMORY_BYTES: String(MEMORY_MB * 2 ** 20),
        ANSWER_STALL_MS: '1500',
        MAX_PIPELINED_REQUESTS: String(MAX_PIPELINED),
        // Two for requests.
        DATABASE_POOL_SIZE: '4',
      },
      HEAP_MB,
    );
    const image_url = Array.from({ length: 1000 }, (_, n) => `http://host.example/${n}/${'x'.repeat(2000)}`);
    const job = { count: 4, visits: Array.from({ length: 4 }, () => ({ ...JOB.visits[0], image_url })) };
    const { job_id } = (await (await submit(server, job)).json()) as { job_id: string };
    page = `GET /api/visits?job_id=${job_id}&limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n`;
  }, 60_000);

  afterAll(async () => {
    await server.stop();
  });

  /** Asks for some pages and reads none of them. */
  const ask = (times: number): Socket => {
    const socket = server.connect();
    socket.pause();
    socket.write(page.repeat(times));
    return socket;
  };

  it('unread answers hold at most ANSWER_MEMORY_BYTES, and none longer than ANSWER_STALL_MS', async () => {
    const readers = Array.from({ length: 60 }, () => ask(1));
    // Each page has 8 MB: all of them would take 480 MB more.
    await Promise.all(readers.map(destroyed));
    expect(await server.peakMb()).toBeLessThan(HEAP_MB + OTHER_MB + MEMORY_MB);
    expect(server.isAlive).toBe(true);
  });

  it('the answers of one connection are built one after the other', async () => {
    const socket = ask(MAX_PIPELINED);
    await destroyed(socket);
    expect(await server.peakMb()).toBeLessThan(HEAP_MB + OTHER_MB + MEMORY_MB);
  });

  it('a client that reads gets all answers to its pipelined requests, up to MAX_PIPELINED_REQUESTS', async () => {
    const live = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
    const kept = server.connect();
    kept.write(live.repeat(MAX_PIPELINED - 1));
    kept.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect((await readAll(kept)).match(/HTTP\/1\.1 200 /g)).toHaveLength(MAX_PIPELINED);
    const ended = server.connect();
    ended.write(live.repeat(2_000));
    const answers = await readAll(ended);
    expect(answers.match(/HTTP\/1\.1 200 /g)).toHaveLength(MAX_PIPELINED);
    expect(answers.match(/Connection: close/g)).toHaveLength(1);
    for (const socket of [kept, ended]) socket.destroy();
  });

  it('pipelined answers arrive in the order of their requests, whichever takes longer', async () => {
    const socket = server.connect();
    socket.write(
      'GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\nGET /api/stores/NONE HTTP/1.1\r\nHost: x\r\n\r\n',
    );
    socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const statuses = [...(await readAll(socket)).matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
    expect(statuses).toEqual(['200', '404', '200']);
    socket.destroy();
  });

  it.each([
    ['of which the first is waited for', 'GET / HTTP/1.1\r\n\r\n'],
    ['that are answered as they come', 'PUT / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx'],
  ])('65 KB of pipelined requests %s are not all answered at once', async (_what, request) => {
    await server.longestPieceMs();
    const sockets = Array.from({ length: 4 }, () => server.connect());
    for (const socket of sockets) socket.write(request.repeat(Math.floor(65_000 / request.length)));
    const answers = await Promise.all(sockets.map(readAll));
    expect(await server.longestPieceMs()).toBeLessThan(MAX_PIECE_MS);
    for (const text of answers) {
      expect(text.match(/HTTP\/1\.1 400 /g)).toHaveLength(MAX_PIPELINED);
      expect(text.match(/Connection: close/g)).toHaveLength(1);
    }
    for (const socket of sockets) socket.destroy();
  });

  it('unread answers and exports cause no warning', async () => {
    const { job_id } = (await (await submit(server, JOB)).json()) as { job_id: string };
    for (const accept of ['text/csv', 'application/x-ndjson']) {
      const answer = await fetch(`${server.origin}/api/jobs/${job_id}/images`, { headers: { accept } });
      expect((await answer.text()).split('\n').length).toBeGreaterThan(1);
    }
    expect(server.text).not.toContain('Warning');
  });
});

describe('a connection that was answered with an error', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api' });
    shelfline.app.getHttpServer().headersTimeout = 100;
  });

  afterAll(async () => {
    await shelfline.close();
  });

  /** Connections that the server has not destroyed. */
  async function connections(): Promise<number> {
    return promisify((done: (error: Error | null, count: number) => void) =>
      shelfline.app.getHttpServer().getConnections(done),
    )();
  }

  it.each([
    ['what came is no HTTP', 'NOTHING\r\n\r\n', '400'],
    ['its headers are too large', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    ['half of a header came', 'GET / HTTP/1.1\r\nHo', '408'],
  ])(
    'a connection with the error %s is destroyed, although its client stays',
    async (_what, text, status) => {
      await until(
        async () => ((await connections()) === 0 ? true : undefined),
        'a server without connections',
      );
      const socket = connect({
        port: Number(new URL(shelfline.origin).port),
        host: '127.0.0.1',
        allowHalfOpen: true,
      });
      socket.write(text);
      expect(await readAll(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      await until(async () => ((await connections()) === 0 ? true : undefined), 'the end of the connection');
      // It is still there for the client.
      expect([socket.writable, socket.destroyed]).toEqual([true, false]);
      socket.destroy();
    },
  );
});

describe('senders that trickle', () => {
  const [attacker, honest] = ['key-of-the-attacker', 'key-of-somebody-else'];
  let server: AttackedServer;

  const start = async (pace: Record<string, string>): Promise<AttackedServer> =>
    AttackedServer.start({
      API_KEYS: `${attacker},${honest}`,
      MAX_BODY_BYTES: '1000000',
      BODY_MEMORY_BYTES: '2000000',
      BODY_MIN_BYTES_PER_SECOND: '1000',
      ...pace,
    });

  afterEach(async () => {
    await server.stop();
  });

  /** Sends most of a body at once, and little of the rest from then on. */
  async function trickle(bytesEvery100Ms: number): Promise<string> {
    const socket = server.connect();
    socket.write(`POST /api/jobs HTTP/1.1\r\nHost: x\r\nX-API-Key: ${attacker}\r\n`);
    socket.write(`Content-Type: application/json\r\nContent-Length: 999000\r\n\r\n${' '.repeat(950_000)}`);
    const sending = setInterval(() => socket.write(' '.repeat(bytesEvery100Ms)), 100);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    // A reset after the answer is an end, too.
    socket.once('error', () => {});
    await new Promise((resolve) => {
      socket.once('close', resolve);
    });
    clearInterval(sending);
    return answer;
  }

  it('slow senders do not use up the memory for the bodies of others', async () => {
    server = await start({ BODY_GRACE_MS: '5000', BODY_TIMEOUT_MS: '60000' });
    const ended: string[] = [];
    const ends = [1, 2].map(async () => {
      const answer = await trickle(150);
      ended.push(answer);
      return answer;
    });
    const job = { ...JOB, padding: 'x'.repeat(600_000) };
    while (ended.length === 0) expect((await submit(server, job, { 'x-api-key': honest })).status).toBe(201);
    expect(await Promise.race(ends)).toMatch(/^HTTP\/1\.1 429 [^]*"code":"busy"/);
  });

  it('slow senders are disconnected, whatever they sent before', async () => {
    server = await start({ BODY_GRACE_MS: '1000', BODY_TIMEOUT_MS: '3000' });
    for (const answer of await Promise.all([trickle(1), trickle(500)]))
      expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*"code":"body_too_slow"/);
  });
});
