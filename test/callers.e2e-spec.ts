import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { TestApplication } from './support/application.js';
import { waitingForLocks } from './support/database.js';
import { endLater, hasEnded } from './support/leftovers.js';
import { nextEvent, until } from './support/until.js';

const JOB = {
  count: 1,
  visits: [{ store_id: 'S1', image_url: ['http://host.example/1.png'], visit_time: '2024-11-16T12:00:00Z' }],
};

let shelfline: TestApplication;

/** The tests of a block share one application with these settings. */
function withApplication(environment: Readonly<Record<string, string>>): void {
  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api', ...environment });
  });
  afterAll(async () => {
    await shelfline.close();
  });
}

/** A connection that the test writes to by hand. */
function open(): Socket {
  const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1').on('error', () => {});
  endLater(socket, () => socket.destroy());
  return socket.on('close', () => hasEnded(socket));
}

/** What comes on a connection until the server closes it. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await nextEvent(socket, 'close');
  return text;
}

describe('keys', () => {
  /** Keys as they are generated: long, and with the same beginning. */
  const LONG = 'shelfline-live-0123456789abcdef-one';
  const ALIKE = 'shelfline-live-0123456789abcdef-two';
  withApplication({ API_KEYS: `old-key,new-key,${LONG},${ALIKE}`, RATE_LIMIT_PER_MINUTE: '100000' });

  const asked = async (headers: Record<string, string>): Promise<number> =>
    (await shelfline.get('/api/jobs', headers)).status;

  it('a key admits a caller in either header, any of several keys works, and nothing else does', async () => {
    for (const key of ['old-key', 'new-key', LONG, ALIKE]) {
      expect(await asked({ authorization: `Bearer ${key}` })).toBe(200);
      expect(await asked({ authorization: `bearer  ${key} ` })).toBe(200);
      expect(await asked({ 'x-api-key': key })).toBe(200);
      expect(await asked({ 'x-api-key': key, authorization: 'Bearer of-a-proxy' })).toBe(200);
      expect(await asked({ 'x-api-key': 'no', authorization: `Bearer ${key}` })).toBe(200);
    }
    const strangers: Record<string, string>[] = [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer ' },
      { authorization: 'old-key' },
      { authorization: 'Basic old-key' },
      { authorization: 'Bearer old-key,new-key' },
      { authorization: 'Bearer old-key new-key' },
      { authorization: 'Bearer old-kez' },
      { authorization: 'Bearer old-ke' },
      { authorization: 'Bearer old-keyy' },
      { authorization: 'Bearer OLD-KEY' },
      // Each shares with a key all but a part of it.
      { authorization: `Bearer ${LONG.slice(0, 8)}` },
      { authorization: `Bearer ${LONG.slice(0, 16)}` },
      { authorization: `Bearer ${LONG.slice(0, -1)}` },
      { authorization: `Bearer ${LONG}x` },
      { authorization: `Bearer ${LONG.slice(0, -3)}six` },
      { authorization: `Bearer X${LONG.slice(1)}` },
      { authorization: `Bearer ${LONG.slice(0, 16)}X${LONG.slice(17)}` },
      { authorization: `Bearer ${LONG.toUpperCase()}` },
      { 'x-api-key': LONG.slice(0, -1) },
      { 'x-api-key': `${LONG}x` },
      { 'x-api-key': '' },
      { 'x-api-key': 'old-key,new-key' },
      { 'x-api-key': 'undefined' },
      { 'x-api-key': 'é' },
      { cookie: 'key=old-key' },
      { 'x-api-key': 'no', authorization: 'Bearer no' },
    ];
    for (const headers of strangers) {
      const answer = await shelfline.get('/api/jobs', headers);
      expect([headers, answer.status, answer.json.code]).toEqual([headers, 401, 'unauthorized']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    expect((await shelfline.get('/api/jobs?key=old-key&api_key=old-key')).status).toBe(401);
  });

  it('a key is required however the path is written', async () => {
    const paths = ['/api', '/api/', '/API/jobs', '/api/nothing', '/api/jobs/', '/api//jobs', '/api/%6aobs'];
    for (const path of [...paths, 'http://elsewhere.example/api/jobs']) {
      const socket = open();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect([path, (await readAll(socket)).slice(0, 13)]).toEqual([path, 'HTTP/1.1 401 ']);
    }
    for (const path of ['//api/jobs', '/./api/jobs', '/health/../api/jobs', '/%61pi/jobs', '/api\\jobs']) {
      const socket = open();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect([path, (await readAll(socket)).slice(0, 10)]).toEqual([path, 'HTTP/1.1 4']);
    }
  });

  it('the pages around the API need no key', async () => {
    for (const path of ['/health/live', '/health/ready', '/docs', '/openapi.json']) {
      expect((await shelfline.get(path)).status).toBe(200);
    }
  });

  it('the OpenAPI document names keys for the API and the metrics only', async () => {
    const { json } = await shelfline.get('/openapi.json');
    const operations = Object.entries<object>(json.paths).flatMap(([path, methods]) =>
      Object.values(methods).map(({ operationId, responses, security }) => ({
        operationId,
        needsKey: 401 in responses,
        keys: security,
        isGuarded: path.startsWith('/api/') || path === '/metrics',
      })),
    );
    expect(operations.filter(({ needsKey, isGuarded }) => needsKey !== isGuarded)).toEqual([]);
    for (const { keys, isGuarded } of operations)
      expect(keys).toEqual(isGuarded ? [{ bearer: [] }, { key: [] }] : []);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('the document with keys equals openapi.json', async () => {
    const kept = JSON.parse(await readFile(new URL('../openapi.json', import.meta.url), 'utf8'));
    const { json } = await shelfline.get('/openapi.json');
    expect({ ...json, servers: kept.servers }).toEqual(kept);
    expect(json.servers).toEqual([{ url: '/', description: 'This server.' }]);
  });

  it('a key is checked before any of the body is read', async () => {
    const socket = open();
    socket.write(
      'POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    );
    const [answer] = (await nextEvent(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
  });
});

const preflight = async (origin: string): Promise<Response> =>
  fetch(`${shelfline.origin}/api/jobs`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

describe('headers', () => {
  withApplication({});

  it('every answer has the security headers for browsers', async () => {
    for (const path of ['/api/jobs', '/api/nothing', '/docs', '/health/live']) {
      const { headers } = await shelfline.get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('strict-transport-security')).toContain('max-age');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('pages of other origins are refused unless an origin is configured', async () => {
    const { headers } = await shelfline.get('/api/jobs', { origin: 'https://field.example' });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    const asked = await preflight('https://field.example');
    expect([...asked.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('pages', () => {
  withApplication({ API_KEYS: 'key', CORS_ORIGINS: 'https://field.example,http://localhost:3000' });

  it('pages of configured origins are allowed, with a key in a header and never with cookies', async () => {
    for (const origin of ['https://field.example', 'http://localhost:3000']) {
      const asked = await preflight(origin);
      expect(asked.status).toBe(204);
      expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
      expect(asked.headers.get('access-control-allow-methods')).toBe('GET,POST,PUT,DELETE');
      expect(asked.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
      expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
      const { status, headers } = await shelfline.get('/api/jobs', { origin });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([401, origin]);
      expect(headers.get('access-control-expose-headers')).toContain('Location');
    }
  });

  it('pages of any other origin are refused', async () => {
    const strange = [
      'https://field.example.evil.example',
      'https://evil-field.example',
      'http://field.example',
      'https://field.example:8443',
      'HTTPS://FIELD.EXAMPLE',
      'null',
    ];
    for (const origin of strange) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      const { headers } = await shelfline.get('/api/jobs', { origin });
      expect([origin, headers.get('access-control-allow-origin')]).toEqual([origin, null]);
    }
  });
});

describe('the rate limit', () => {
  const statuses = async (times: number, headers: Record<string, string> = {}): Promise<number[]> => {
    const found = [];
    for (let n = 0; n < times; n += 1) found.push((await shelfline.get('/api/stores', headers)).status);
    return found;
  };

  describe('of three a minute', () => {
    withApplication({ RATE_LIMIT_PER_MINUTE: '3' });

    it('answers show the rate limit before it is reached, then how long to wait, and pages outside the API are not limited', async () => {
      expect(await statuses(1)).toEqual([200]);
      const { headers } = await shelfline.get('/api/stores');
      expect(headers.get('ratelimit')).toMatch(/; r=1; t=\d+/);
      expect(headers.get('ratelimit-policy')).toMatch(/; q=3; w=60/);
      expect(await statuses(1)).toEqual([200]);
      const answer = await shelfline.get('/api/stores');
      expect([answer.status, answer.json]).toEqual([
        429,
        { error: expect.stringContaining('3 requests in a minute'), code: 'too_many_requests', details: [] },
      ]);
      const wait = Number(answer.headers.get('retry-after'));
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(60);
      expect((await shelfline.post('/api/jobs', JOB)).status).toBe(429);
      for (const path of ['/health/live', '/health/ready', '/docs', '/openapi.json']) {
        expect((await shelfline.get(path)).status).toBe(200);
      }
    });

    it('a client cannot evade the rate limit by claiming another address', async () => {
      for (let n = 0; n < 4; n += 1)
        expect(await statuses(1, { 'x-forwarded-for': `203.0.113.${n}` })).toEqual([429]);
      expect(await statuses(1, { forwarded: 'for=203.0.113.9', 'x-real-ip': '203.0.113.9' })).toEqual([429]);
    });
  });

  describe('of two a minute, with keys', () => {
    const ALIKE = ['shelfline-live-0123456789abcdef-one', 'shelfline-live-0123456789abcdef-two'] as const;
    withApplication({ RATE_LIMIT_PER_MINUTE: '2', API_KEYS: ['one', 'two', ...ALIKE].join(',') });

    it('keys with the same beginning are counted separately', async () => {
      for (const key of ALIKE) expect(await statuses(3, { 'x-api-key': key })).toEqual([200, 200, 429]);
    });

    it('each key is counted separately, and callers without one by their address', async () => {
      expect(await statuses(3, { 'x-api-key': 'one' })).toEqual([200, 200, 429]);
      expect(await statuses(3, { authorization: 'Bearer two' })).toEqual([200, 200, 429]);
      expect(await statuses(1, { 'x-api-key': 'guess-1' })).toEqual([401]);
      expect(await statuses(2, { 'x-api-key': 'guess-2' })).toEqual([401, 429]);
      expect(await statuses(1)).toEqual([429]);
    });
  });

  describe('behind a proxy', () => {
    withApplication({ RATE_LIMIT_PER_MINUTE: '1', TRUST_PROXY: '127.0.0.0/8,10.1.0.0/16,fd00::/8' });

    it('clients of a trusted proxy are counted by the address that the proxy reports', async () => {
      const from = async (forwardedFor: string): Promise<number | undefined> =>
        (await statuses(1, { 'x-forwarded-for': forwardedFor }))[0];
      expect(await from('203.0.113.1')).toBe(200);
      expect(await from('203.0.113.1')).toBe(429);
      expect(await from('203.0.113.2')).toBe(200);
      // What stands before the last address that is not of a proxy was written by the client.
      expect(await from('198.51.100.1, 203.0.113.2')).toBe(429);
      expect(await from('198.51.100.1, 203.0.113.2, 10.1.2.3')).toBe(429);
      expect(await from('203.0.113.2, 10.2.0.1')).toBe(200);
      expect(await from('203.0.113.3, fd00::1')).toBe(200);
      // A port is no part of an address.
      expect(await from('203.0.113.2:5555')).toBe(429);
      expect(await from('[2001:db8:1::1]:443')).toBe(200);
      expect(await from('2001:db8:1::2')).toBe(429);
      expect(await from('2001:db8:2::2')).toBe(200);
      expect(await from('::ffff:203.0.113.1')).toBe(429);
      // What is no address is the proxy's own.
      expect(await from('unknown')).toBe(200);
      expect(await from('%00')).toBe(429);
      expect(await from('1'.repeat(4000))).toBe(429);
    });
  });
});

const HEAD = 'POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

describe('a body that trickles', () => {
  withApplication({ BODY_GRACE_MS: '500', BODY_MIN_BYTES_PER_SECOND: '1000' });

  it.each([
    ['with its length', `${HEAD}Content-Length: 1000\r\n\r\n`, (byte: string) => byte],
    ['in chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, (byte: string) => `1\r\n${byte}\r\n`],
    [
      'as a form',
      'POST /api/stores/import HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: 1000\r\n\r\n',
      (byte: string) => byte,
    ],
    [
      'as lines',
      'POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n',
      (byte: string) => byte,
    ],
  ])('a slow body is disconnected: %s', async (_how, head, framed) => {
    const socket = open();
    const answered = nextEvent(socket, 'data');
    socket.write(head);
    const trickle = setInterval(() => socket.write(framed(' ')), 20);
    socket.once('close', () => clearInterval(trickle));
    const [answer] = (await answered) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 [^]*"code":"body_too_slow"/);
  });

  it('a body that stalls is disconnected, whatever was sent before', async () => {
    const socket = open();
    const answered = nextEvent(socket, 'data');
    socket.write(`${HEAD}Content-Length: 100000\r\n\r\n${' '.repeat(90_000)}`);
    expect(String(await answered)).toMatch(/^HTTP\/1\.1 408 /);
    socket.destroy();
  });

  it('a body may take longer than the stall time while it is fast enough', async () => {
    const text = `${JSON.stringify(JOB)}${' '.repeat(2000)}`;
    const socket = open();
    const answered = nextEvent(socket, 'data');
    socket.write(`${HEAD}Content-Length: ${text.length}\r\n\r\n`);
    const began = performance.now();
    let at = 0;
    const slowly = setInterval(() => {
      // Twice as fast as it has to be, whatever the timer does.
      const due = Math.min(text.length, Math.ceil((performance.now() - began) * 2));
      socket.write(text.slice(at, due));
      at = due;
      if (at === text.length) clearInterval(slowly);
    }, 20);
    socket.once('close', () => clearInterval(slowly));
    const [answer] = (await answered) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 201 /);
  });
});

describe('a body', () => {
  withApplication({ MAX_BODY_BYTES: '100000', BODY_MEMORY_BYTES: '100000' });

  it('a body that is too large is refused before its end, and not read forever', async () => {
    const refused = [
      'Content-Length: 99999999999\r\n\r\n',
      `Transfer-Encoding: chunked\r\n\r\n20000\r\n${' '.repeat(0x20000)}\r\n`,
    ].map(async (rest) => {
      const socket = open();
      socket.write(`${HEAD}${rest}`);
      const answered = nextEvent(socket, 'data');
      const closed = nextEvent(socket, 'close');
      expect(String(await answered)).toMatch(/^HTTP\/1\.1 413 [^]*limit of 100000 bytes/);
      await closed;
    });
    await Promise.all(refused);
  }, 15_000);

  it('a body without memory is refused for now, and accepted once there is memory', async () => {
    const padded = { ...JOB, padding: 'x'.repeat(60_000) };
    const socket = open();
    socket.write(`${HEAD}Content-Length: 90000\r\nExpect: 100-continue\r\n\r\n`);
    await nextEvent(socket, 'data');
    socket.write(' '.repeat(80_000));
    // The first may not have been read yet; each of these is answered and gives its room back.
    const answer = await until(async () => {
      const again = await shelfline.post('/api/jobs', padded);
      return again.status === 201 ? undefined : again;
    }, 'a body that finds no room');
    expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([429, 'busy', '5']);
    expect((await shelfline.post('/api/jobs', JOB)).status).toBe(201);
    socket.destroy();
    const later = await until(async () => {
      const again = await shelfline.post('/api/jobs', padded);
      return again.status === 429 ? undefined : again;
    }, 'room for the body');
    expect(later.status).toBe(201);
  });

  it('a pipelined body releases its memory when its connection closes', async () => {
    const holder = new Client({ connectionString: shelfline.database.url });
    // The database is dropped at the end of a test that fails.
    holder.on('error', () => {});
    await holder.connect();
    const body = JSON.stringify({ ...JOB, padding: 'x'.repeat(50_000) });
    for (let n = 0; n < 3; n += 1) {
      await holder.query('BEGIN; LOCK TABLE shelfline.job IN ACCESS EXCLUSIVE MODE');
      const socket = open();
      socket.write('GET /api/jobs HTTP/1.1\r\nHost: x\r\n\r\n');
      socket.write(`${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`);
      // Background tasks may wait for the table too.
      await until(
        async () => ((await waitingForLocks(holder, 'ORDER BY job.created_at DESC')) > 0 ? true : undefined),
        'a request that waits',
      );
      socket.destroy();
      await nextEvent(socket, 'close');
      await holder.query('COMMIT');
    }
    await holder.end();
    expect((await shelfline.post('/api/jobs', { ...JOB, padding: 'x'.repeat(90_000) })).status).toBe(201);
  });

  it('a compressed body is decompressed only up to the limit', async () => {
    const empty = Buffer.alloc(30_000_000, ' ');
    const packed = {
      gzip: gzipSync(empty),
      'X-GZip': gzipSync(empty),
      deflate: deflateSync(empty),
      br: brotliCompressSync(empty, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
      zstd: zstdCompressSync(empty),
    };
    for (const [coding, bytes] of Object.entries(packed)) {
      expect(bytes.length).toBeLessThan(200_000);
      const answer = await shelfline.post('/api/jobs', bytes, { 'content-encoding': coding });
      expect([coding, answer.status, answer.json.code]).toEqual([coding, 413, 'body_too_large']);
    }
  });

  it('a body in an unknown coding, or in several, is refused', async () => {
    for (const coding of [
      'gzip, gzip',
      'gzip,br',
      'identity, gzip',
      '__proto__',
      'constructor',
      '*',
      'lz4',
    ]) {
      const answer = await shelfline.post('/api/jobs', JOB, { 'content-encoding': coding });
      expect([coding, answer.status, answer.json.code]).toEqual([coding, 415, 'unsupported_encoding']);
    }
  });
});

describe('streams', () => {
  const [GREEDY, OTHER] = ['key-of-one', 'key-of-another'];
  /** One caller may hold three of four. */
  const SHARE = 3;
  withApplication({ MAX_STREAMS: '4', EVENT_STREAMS_MAX: '4', API_KEYS: `${GREEDY},${OTHER}` });

  const NDJSON = 'application/x-ndjson';
  const line = (images: number): string =>
    `${JSON.stringify({ ...JOB.visits[0], image_url: Array.from({ length: images }, (_, n) => `http://h/${n}-${'x'.repeat(300)}`) })}\n`;

  const submit = async (key: string, body = line(1)): ReturnType<TestApplication['post']> =>
    shelfline.post('/api/jobs', body, { 'content-type': NDJSON, 'x-api-key': key });

  /** Begins a submission that never ends; resolves once the server reads it. */
  async function stall(key: string): Promise<Socket> {
    const socket = open();
    socket.write(`POST /api/jobs HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Type: ${NDJSON}\r\n`);
    socket.write('Content-Length: 90000\r\nExpect: 100-continue\r\n\r\n');
    await nextEvent(socket, 'data');
    return socket;
  }

  /** Whoever asked before may not have got so far yet. */
  async function refused(key: string): ReturnType<TestApplication['post']> {
    return until(async () => {
      const again = await submit(key);
      return again.status === 201 ? undefined : again;
    }, 'a submission too many');
  }

  it('submission streams are limited, each caller has a share, and one that ends releases its slot', async () => {
    const stalled = await Promise.all(Array.from({ length: SHARE }, async () => stall(GREEDY)));
    const answer = await refused(GREEDY);
    expect([answer.status, answer.json, answer.headers.get('retry-after')]).toEqual([
      429,
      {
        error:
          'This caller has 3 submissions under way, the most that one may have. Try again when one has ended.',
        code: 'busy',
        details: [],
      },
      '5',
    ]);
    expect((await submit(OTHER)).status).toBe(201);
    expect((await shelfline.post('/api/jobs', JOB, { 'x-api-key': GREEDY })).status).toBe(201);
    stalled.push(await stall(OTHER));
    const full = await refused(OTHER);
    expect([full.status, full.json.error, full.headers.get('retry-after')]).toEqual([
      429,
      'Too many submissions are under way. Try again in a few seconds.',
      '5',
    ]);
    stalled[0]?.destroy();
    const later = await until(async () => {
      const again = await submit(GREEDY);
      return again.status === 429 ? undefined : again;
    }, 'room for a submission');
    expect(later.status).toBe(201);
    for (const socket of stalled) socket.destroy();
  });

  it('result streams are limited, each caller has a share, and a reader that disconnects releases its slot', async () => {
    const { job_id } = await until(async () => {
      const { status, json } = await submit(GREEDY, line(1000).repeat(20));
      return status === 201 ? json : undefined;
    }, 'a job');
    const path = `/api/jobs/${job_id}/images`;
    const read = async (key: string): Promise<Response> =>
      fetch(`${shelfline.origin}${path}?limit=1`, { headers: { accept: NDJSON, 'x-api-key': key } });
    // More than fits into what lies between: none comes to its end unread.
    const stalled = await Promise.all(Array.from({ length: SHARE }, async () => read(GREEDY)));
    expect(stalled.map(({ status }) => status)).toEqual([200, 200, 200]);
    const answer = await read(GREEDY);
    expect([answer.status, await answer.json()]).toEqual([
      429,
      expect.objectContaining({ code: 'busy', error: expect.stringMatching(/^This caller has 3 exports/) }),
    ]);
    expect((await shelfline.get(path, { 'x-api-key': GREEDY })).status).toBe(200);
    const other = await read(OTHER);
    expect(other.status).toBe(200);
    for (const { body } of [stalled[0], other].filter((one) => one !== undefined)) await body?.cancel();
    const again = await until(async () => {
      const next = await read(GREEDY);
      if (next.status === 200) return next;
      await next.text();
      return undefined;
    }, 'room for another reader');
    for (const { body } of [again, ...stalled.slice(1)]) await body?.cancel();
  });

  it('event streams are limited, and each caller has a share', async () => {
    // Of a store that is known: the job has not ended.
    const visits = [{ ...JOB.visits[0], store_id: 'RP00002' }];
    const { job_id } = (await shelfline.post('/api/jobs', { ...JOB, visits }, { 'x-api-key': GREEDY })).json;
    const listen = async (key: string): Promise<Response> =>
      fetch(`${shelfline.origin}/api/jobs/${job_id}/events`, { headers: { 'x-api-key': key } });
    const listening = await Promise.all(Array.from({ length: SHARE }, async () => listen(GREEDY)));
    expect(listening.map(({ status }) => status)).toEqual([200, 200, 200]);
    const answer = await listen(GREEDY);
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
      429,
      '5',
      expect.objectContaining({
        code: 'busy',
        error: expect.stringMatching(/^This caller has 3 event streams/),
      }),
    ]);
    listening.push(await listen(OTHER));
    expect(listening.at(-1)?.status).toBe(200);
    for (const { body } of listening) await body?.cancel();
  });
});
