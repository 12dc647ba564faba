import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { ServerProcess } from './support/server-process.js';
import { nextEvent, until } from './support/until.js';

const FIXTURES = new URL('fixtures/', import.meta.url);
const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const TLS = {
  key: readFileSync(new URL('tls/key.pem', FIXTURES)),
  cert: readFileSync(new URL('tls/cert.pem', FIXTURES)),
};

/** Where hosts of strangers are in these tests, and the only address that may be connected to: another loopback one. */
const OUTSIDE = (await canListen('127.0.0.2')) ? '127.0.0.2' : '::1';
const OUTSIDE_HOST = net.isIPv6(OUTSIDE) ? `[${OUTSIDE}]` : OUTSIDE;
const OUTSIDE_BLOCK = net.isIPv6(OUTSIDE) ? `${OUTSIDE}/128` : `${OUTSIDE}/32`;
const REFUSED = 'the address is not allowed';

/** Hosts, as a client may write them, that all lead inside: where the tests listen, or to an address of another kind. */
const SPELLINGS = [
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0x7F.0x0.0x0.0x1',
  '017700000001',
  '0177.1',
  '0177.0.0.01',
  '00000177.0.0.1',
  '127.0x0.0.1',
  '%31%32%37.0.0.1',
  '127%2e0%2e0%2e1',
  '１２７.０.０.１',
  '127。0。0。1',
  '①②⑦.⓪.⓪.①',
  '𝟏𝟐𝟕.𝟎.𝟎.𝟏',
  '𝟙𝟚𝟟｡𝟘｡𝟘｡𝟙',
  '0x7f．１',
  '127.0.0.3',
  '127.255.255.254',
  '0',
  '0x0',
  '0.0.0.0',
  'localhost',
  'LOCALHOST',
  'ｌｏｃａｌｈｏｓｔ',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::FFFF:7F00:1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:808:808::80ff:fffe]',
  '[2606:4700::5efe:127.0.0.1]',
  '[fe80::1]',
  '[fec0::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '10.0.0.1',
  '172.17.0.1',
  '192.168.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '192.0.0.192',
  '198.18.0.1',
  '203.0.113.1',
  '224.0.0.1',
  '255.255.255.255',
  '4294967295',
].filter((host) => new URL(`http://${host}`).hostname !== OUTSIDE_HOST);

async function canListen(address: string): Promise<boolean> {
  const server = net.createServer().listen(0, address);
  const [event] = await Promise.race([
    nextEvent(server, 'listening').then(() => ['listening']),
    nextEvent(server, 'error').then(() => ['error']),
  ]);
  server.close();
  return event === 'listening';
}

interface Result {
  readonly image_url: string;
  readonly status: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly error_code: string | null;
  readonly content_length: number | null;
}

/** Everything about an image that could tell one address inside from another. */
const told = ({ status, attempts, error, error_code, content_length }: Result): unknown => ({
  status,
  attempts,
  error,
  error_code,
  content_length,
});
const FORBIDDEN = {
  status: 'failed',
  attempts: 1,
  error: REFUSED,
  error_code: 'forbidden_address',
  content_length: null,
};

/** Servers of a test: each counts its connections, and all end together. */
class Servers {
  private readonly sockets = new Set<Socket>();
  private readonly counts = new Map<net.Server, number>();

  async listen<S extends net.Server>(server: S, address: string, port = 0): Promise<S> {
    this.counts.set(server, 0);
    server.on('connection', (socket: Socket) => {
      this.counts.set(server, this.connections(server) + 1);
      this.sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
    });
    server.on('tlsClientError', () => {});
    server.listen(port, address);
    await nextEvent(server, 'listening');
    return server;
  }

  connections(server: net.Server): number {
    return this.counts.get(server) ?? 0;
  }

  async close(): Promise<void> {
    const servers = [...this.counts.keys()].filter((server) => server.listening);
    const closed = servers.map(async (server) => nextEvent(server.close(), 'close'));
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
  }
}

const getPort = (server: net.Server): number => (server.address() as AddressInfo).port;

/** A server inside on IPv4, and on IPv6 where there is one, on the same port. */
async function listenInside(servers: Servers): Promise<readonly net.Server[]> {
  const four = await servers.listen(
    createServer((_, response) => response.end(GIF)),
    '127.0.0.1',
  );
  const six = createServer((_, response) => response.end(GIF));
  if (OUTSIDE === '::1') return [four];
  const both = await servers.listen(six, '::1', getPort(four)).catch(() => undefined);
  return both === undefined ? [four] : [four, both];
}

describe('an address inside', () => {
  const servers = new Servers();
  let database: TestDatabase;
  let server: ServerProcess;
  let inside: readonly net.Server[];
  let proxy: net.Server;
  let outside: Server;
  let secure: net.Server;
  let open: number;
  let closed: number;
  let startText: string;

  beforeAll(async () => {
    inside = await listenInside(servers);
    open = getPort(inside[0] ?? net.createServer());
    const gone = await servers.listen(createServer(), '127.0.0.1');
    closed = getPort(gone);
    await nextEvent(gone.close(), 'close');
    proxy = await servers.listen(net.createServer(), '127.0.0.1');
    outside = await servers.listen(
      createServer((request, response) => {
        const to = new URL(request.url ?? '/', 'http://x').searchParams.get('to');
        if (to === null) response.end(GIF);
        else
          response
            .writeHead(302, { location: Buffer.from(to).toString('latin1'), 'content-length': 0 })
            .end();
      }),
      OUTSIDE,
    );
    secure = await servers.listen(
      createTlsServer(TLS, (_, response) => response.end(GIF)),
      OUTSIDE,
    );
    database = await createTestDatabase();
    const through = `http://127.0.0.1:${getPort(proxy)}`;
    server = await ServerProcess.start({
      DATABASE_URL: database.url,
      IMAGE_ALLOWED_NETWORKS: OUTSIDE_BLOCK,
      IMAGE_RETRY_BASE_MS: '50',
      LOG_LEVEL: 'info',
      // Whatever an environment may say of proxies and certificates.
      ...Object.fromEntries(
        ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'FTP_PROXY', 'npm_config_proxy'].flatMap((name) => [
          [name, through],
          [name.toLowerCase(), through],
        ]),
      ),
      NO_PROXY: '',
      no_proxy: '',
      NODE_USE_ENV_PROXY: '1',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    });
    startText = server.text;
  });

  afterAll(async () => {
    await server.kill('SIGKILL');
    await servers.close();
    await database.drop();
  });

  async function results(urls: readonly string[]): Promise<Result[]> {
    const submitted = await fetch(`${server.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        count: 1,
        visits: [{ store_id: 'RP00002', visit_time: '2024-11-16T12:00:00Z', image_url: urls }],
      }),
    });
    const { job_id: jobId } = (await submitted.json()) as { job_id: string };
    return until(async () => {
      const job = (await (await fetch(`${server.origin}/api/jobs/${jobId}`)).json()) as { status: string };
      if (job.status === 'ongoing') return undefined;
      const rows = await fetch(`${server.origin}/api/jobs/${jobId}/images?limit=1000`);
      return ((await rows.json()) as { items: Result[] }).items;
    }, 'the end of the job');
  }

  /** What a client was told of each URL, by the host in it. */
  async function getEvents(port: number, write: (origin: string) => string): Promise<Map<string, unknown>> {
    const urls = SPELLINGS.flatMap((host) =>
      ['http', 'https'].map((scheme) => `${scheme}://${host}:${port}/x`),
    );
    const rows = await results(urls.map(write));
    return new Map(rows.map((row, index) => [urls[index]?.replace(`:${port}`, '') ?? '', told(row)]));
  }

  const connectionsInside = (): number => inside.reduce((sum, each) => sum + servers.connections(each), 0);

  describe.each([
    ['as the client wrote it', (origin: string) => origin],
    [
      'by a redirect',
      (origin: string) => `http://${OUTSIDE_HOST}:${getPort(outside)}/?to=${encodeURIComponent(origin)}`,
    ],
    [
      'by two redirects',
      (origin: string) => {
        const host = `http://${OUTSIDE_HOST}:${getPort(outside)}/?to=`;
        return host + encodeURIComponent(host + encodeURIComponent(origin));
      },
    ],
  ])('%s', (_how, write) => {
    it('an internal address is refused in every spelling, with the same answer whether or not something listens, and without a connection', async () => {
      const [listening, nothing] = await Promise.all([getEvents(open, write), getEvents(closed, write)]);
      expect([...listening].filter(([, said]) => !isForbidden(said))).toEqual([]);
      expect(nothing).toEqual(listening);
      expect(listening.size).toBe(SPELLINGS.length * 2);
      expect(connectionsInside()).toBe(0);
    });
  });

  it('no log line names an internal address', async () => {
    await results([`http://127.0.0.1:${open}/x`, `http://localhost:${closed}/x`]);
    // Who asked stands there, too: from an address of this machine.
    const lines = server.text.slice(startText.length).replaceAll(/"remote_address":"[^"]*"/g, '');
    expect(lines).not.toMatch(
      new RegExp(`127\\.0\\.0\\.1|localhost|\\b${open}\\b|\\b${closed}\\b|ECONN|refused`, 'i'),
    );
    expect(lines).not.toMatch(/"level":"(?:warn|error|fatal)"/);
  });

  it('no proxy of the environment is used', async () => {
    const [image, trusted] = await results([
      `http://${OUTSIDE_HOST}:${getPort(outside)}/a.gif`,
      `https://${OUTSIDE_HOST}:${getPort(secure)}/a.gif`,
    ]);
    expect(image).toMatchObject({ status: 'succeeded' });
    // Nor does the environment make a certificate good.
    expect(trusted).toMatchObject({ status: 'failed', error_code: 'tls', attempts: 1 });
    expect(servers.connections(proxy)).toBe(0);
  });
});

function isForbidden(said: unknown): boolean {
  return JSON.stringify(said) === JSON.stringify(FORBIDDEN);
}

/** A resolver as a stranger would run it: each name answers as its first label says, and differs from time to time. */
const RESOLVED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'rebinding.test': [[OUTSIDE], ['127.0.0.1']],
  'redirecting.test': [[OUTSIDE], ['127.0.0.1']],
  'retried.test': [[OUTSIDE], ['127.0.0.1']],
  'kept.test': [[OUTSIDE], ['127.0.0.1']],
  'mixed.test': [['127.0.0.1', '::1', OUTSIDE, '10.0.0.1']],
  'inside.test': [['127.0.0.1']],
  'several.test': [['10.0.0.1', '127.0.0.1', '::1']],
  'mapped.test': [['::ffff:127.0.0.1']],
  'compatible.test': [['::127.0.0.1']],
  'nat64.test': [['64:ff9b::7f00:1']],
  '6to4.test': [['2002:7f00:1::']],
  'metadata.test': [['169.254.169.254']],
  'unspecified.test': [['0.0.0.0']],
};
const FORBIDDEN_NAMES = Object.keys(RESOLVED).slice(5);

describe('a name that a stranger chose', () => {
  const servers = new Servers();
  const asked = new Map<string, number>();
  let shelfline: TestApplication;
  let inside: readonly net.Server[];
  let port: number;
  let lookup: { mockRestore(): void };

  beforeAll(async () => {
    inside = await listenInside(servers);
    port = getPort(inside[0] ?? net.createServer());
    await servers.listen(
      createServer((request, response) => {
        if (request.url !== '/kept') response.setHeader('connection', 'close');
        if (request.url === '/again') response.writeHead(302, { location: '/x' }).end();
        else if (request.url === '/later') response.writeHead(202).end();
        else response.end(GIF);
      }),
      OUTSIDE,
      port,
    );
    const system = dns.lookup;
    const answer = (name: string, options: unknown, done: (...parts: unknown[]) => void): void => {
      const answers = RESOLVED[name];
      if (answers === undefined) return Reflect.apply(system, dns, [name, options, done]);
      const times = asked.get(name) ?? 0;
      asked.set(name, times + 1);
      const addresses = answers[Math.min(times, answers.length - 1)] ?? [];
      done(
        null,
        addresses.map((address) => ({ address, family: net.isIP(address) })),
      );
    };
    lookup = jest.spyOn(dns, 'lookup').mockImplementation(answer as typeof dns.lookup);
    shelfline = await TestApplication.start({ IMAGE_ALLOWED_NETWORKS: OUTSIDE_BLOCK });
  });

  afterAll(async () => {
    await shelfline.close();
    lookup.mockRestore();
    await servers.close();
  });

  async function results(...urls: string[]): Promise<unknown[]> {
    const jobId = await shelfline.submit([{ store_id: 'RP00002', image_url: urls }]);
    await shelfline.finished(jobId);
    const { json } = await shelfline.get(`/api/jobs/${jobId}/images`);
    expect(inside.map((each) => servers.connections(each))).toEqual(inside.map(() => 0));
    return (json.items as Result[]).map(told);
  }

  it.each(FORBIDDEN_NAMES)('a name that resolves only to internal addresses is refused: %s', async (name) => {
    expect(await results(`http://${name}:${port}/x`)).toEqual([FORBIDDEN]);
  });

  it('a name with internal and public addresses is fetched from the public one', async () => {
    expect(await results(`http://mixed.test:${port}/x`)).toEqual([
      expect.objectContaining({ status: 'succeeded' }),
    ]);
  });

  it('a name is refused once it resolves to an internal address', async () => {
    const url = `http://rebinding.test:${port}`;
    expect(await results(`${url}/a`)).toEqual([expect.objectContaining({ status: 'succeeded' })]);
    expect(await results(`${url}/b`)).toEqual([FORBIDDEN]);
  });

  it('a name that resolves to an internal address between two redirects is refused', async () => {
    expect(await results(`http://redirecting.test:${port}/again`)).toEqual([FORBIDDEN]);
  });

  it('a name that resolves to an internal address between two attempts is refused', async () => {
    expect(await results(`http://retried.test:${port}/later`)).toEqual([{ ...FORBIDDEN, attempts: 2 }]);
  });

  it('a name is never requested from an internal address, over a kept or a new connection', async () => {
    await results(`http://kept.test:${port}/kept`);
    const [again] = await results(`http://kept.test:${port}/kept`);
    expect(again).toMatchObject(asked.get('kept.test') === 1 ? { status: 'succeeded' } : FORBIDDEN);
  });
});
