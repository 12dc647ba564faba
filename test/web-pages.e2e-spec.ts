import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';

let shelfline: TestApplication;

function withApplication(environment: Readonly<Record<string, string>>): void {
  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api', ...environment });
  });
  afterAll(async () => {
    await shelfline.close();
  });
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks with these headers, and no others: `fetch` sets some of them by itself. */
async function ask(line: string, headers: readonly string[]): Promise<Answer> {
  const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1');
  socket.write(
    `${line} HTTP/1.1\r\n${[...headers, 'Connection: close', 'Content-Length: 0'].join('\r\n')}\r\n\r\n`,
  );
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return { status: Number(text.slice(9, 12)), text };
}

const askedAs = async (host: string, line = 'GET /api/jobs'): Promise<number> =>
  (await ask(line, [`Host: ${host}`])).status;

/** What a cancel of a job that is not there is answered with: `404` where it is let through. */
const wrote = async (...headers: string[]): Promise<number> =>
  (await ask('POST /api/jobs/job_1/cancel', headers)).status;

const UNKNOWN = [
  'evil.example',
  'EVIL.example:8080',
  'evil.example.',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
];

describe('without keys, a request', () => {
  withApplication({
    ALLOWED_HOSTS: 'shelfline.example,*.cluster.example',
    PUBLIC_URL: 'https://photos.example:8443/x',
  });

  it.each(UNKNOWN)(
    'a request to the unknown name %s is refused with a message that names ALLOWED_HOSTS',
    async (host) => {
      const { status, text } = await ask('GET /api/jobs', [`Host: ${host}`]);
      expect(status).toBe(421);
      expect(text).toMatch(
        /"error":"This server is not known as [^"]*ALLOWED_HOSTS[^"]*","code":"unknown_host"/,
      );
    },
  );

  it.each([
    '[evil.example]',
    '[::1].evil.example',
    'evil.example#.localhost',
    'evil.example/.localhost',
    'evil.example@localhost',
    'evil.example:80:80',
    'évil',
  ])('a request to %s, which is no host, is refused', async (host) => {
    const { status, text } = await ask('GET /api/jobs', [`Host: ${host}`]);
    expect([status, text.includes('The Host header is not')]).toEqual([421, true]);
  });

  it('a request to an unknown name is refused on every path but /health, with every method', async () => {
    for (const line of [
      'POST /api/jobs',
      'POST /api/stores/import',
      'DELETE /api/stores/1',
      'GET /metrics',
      'GET /docs',
      'GET /',
    ])
      expect([line, await askedAs('evil.example', line)]).toEqual([line, 421]);
    for (const path of ['/health/live', '/health/ready', '/HEALTH/live'])
      expect([path, await askedAs('evil.example', `GET ${path}`)]).toEqual([path, 200]);
    expect(await askedAs('evil.example', 'GET /healthy')).toBe(421);
  });

  it.each([
    'shelfline.example',
    'SHELFLINE.example:1234',
    'shelfline.example.',
    'api.cluster.example',
    'photos.example',
    'localhost',
    'localhost:8080',
    'shelfline.localhost',
    'api',
    '127.0.0.1:8080',
    '192.168.1.7',
    '[::1]:8080',
    '[2001:db8::1]',
  ])('a request to %s is answered', async (host) => {
    expect(await askedAs(host)).toBe(200);
  });

  it('X-Forwarded-Host is ignored, and the host of the target precedes the header', async () => {
    const forwarded = await ask('GET /api/jobs', [
      'Host: evil.example',
      'X-Forwarded-Host: shelfline.example',
    ]);
    expect(forwarded.status).toBe(421);
    expect((await ask('GET http://evil.example/api/jobs', ['Host: shelfline.example'])).status).toBe(421);
    expect((await ask('GET http://shelfline.example/api/jobs', ['Host: evil.example'])).status).toBe(200);
  });

  it('a request with two Host headers is refused', async () => {
    for (const hosts of [
      ['Host: x', 'Host: evil.example'],
      ['Host: x', 'host: x'],
    ]) {
      const { status, text } = await ask('GET /api/jobs', hosts);
      expect([status, text.includes('more than one Host header')]).toEqual([400, true]);
    }
  });
});

describe('with keys, a request', () => {
  withApplication({ API_KEYS: 'the-key-of-somebody' });

  it('a request with a key may use any name for the server, because no page has a key', async () => {
    for (const host of UNKNOWN) expect(await askedAs(host)).toBe(401);
  });

  it('an answer to a request with a key is not cached', async () => {
    for (const headers of [{ 'x-api-key': 'the-key-of-somebody' }, {}]) {
      expect((await shelfline.get('/api/jobs', headers)).headers.get('cache-control')).toBe('no-store');
      expect((await shelfline.get('/metrics', headers)).headers.get('cache-control')).toBe('no-store');
    }
  });

  it('a write from a page of another site is refused before its key is checked', async () => {
    expect(await wrote('Host: x', 'Origin: https://evil.example')).toBe(403);
    expect(await wrote('Host: x')).toBe(401);
  });

  it('the page at /docs stores no key', async () => {
    const { text } = await shelfline.get('/docs/swagger-ui-init.js');
    expect(text).toContain('"persistAuthorization": false');
  });
});

describe.each([
  ['without keys', {}],
  ['with keys', { API_KEYS: 'the-key-of-somebody' }],
])('a request that writes, %s,', (_keys, environment: Record<string, string>) => {
  withApplication({
    PUBLIC_URL: 'https://photos.example/',
    CORS_ORIGINS: 'https://field.example',
    TRUST_PROXY: '10.0.0.0/8',
    ...environment,
  });

  const key = 'X-API-Key: the-key-of-somebody';

  it.each([
    ['of a program', []],
    ['of a page of this server', ['Sec-Fetch-Site: same-origin', 'Origin: http://x']],
    ['of the address bar', ['Sec-Fetch-Site: none']],
    ['of a page of this server, in an older browser', ['Origin: http://x']],
    ['of a page of this server behind a proxy with TLS', ['Origin: https://X']],
    ['of a page of PUBLIC_URL', ['Sec-Fetch-Site: cross-site', 'Origin: https://photos.example']],
    ['of a page in CORS_ORIGINS', ['Sec-Fetch-Site: cross-site', 'Origin: https://field.example']],
  ])('a request that writes is accepted: %s', async (_who, headers) => {
    expect(await wrote('Host: x', key, ...headers)).toBe(404);
  });

  it.each([
    ['of a page of another site', ['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example']],
    [
      'of a page of another site that is in this one domain',
      ['Sec-Fetch-Site: same-site', 'Origin: http://a.x'],
    ],
    ['of another site without an origin', ['Sec-Fetch-Site: cross-site']],
    ['of a page of another site, in an older browser', ['Origin: https://evil.example']],
    ['of a page of another port', ['Origin: http://x:81']],
    ['of a page without an origin', ['Origin: null']],
    ['of what is no origin', ['Origin: x']],
    ['with an empty origin', ['Origin: ']],
    ['with a site that does not exist', ['Sec-Fetch-Site: nowhere']],
    [
      'of a page that a stranger says is here',
      ['Origin: https://evil.example', 'X-Forwarded-Host: evil.example'],
    ],
  ])('a request that writes is refused: %s', async (_who, headers) => {
    expect(await wrote('Host: x', key, ...headers)).toBe(403);
  });

  it('a write from another site is refused on every path, with what to do', async () => {
    for (const line of [
      'POST /api/stores/import',
      'POST /api/jobs',
      'PUT /api/stores/1',
      'DELETE /api/stores/1',
      'POST /nothing',
    ]) {
      const { status, text } = await ask(line, ['Host: x', key, 'Origin: https://evil.example']);
      expect([line, status]).toEqual([line, 403]);
      expect(text).toMatch(/"error":"[^"]*CORS_ORIGINS[^"]*PUBLIC_URL[^"]*","code":"cross_site"/);
    }
    expect((await ask('GET /api/jobs', ['Host: x', key, 'Origin: https://evil.example'])).status).toBe(200);
  });
});

describe('behind a proxy that is trusted', () => {
  withApplication({ TRUST_PROXY: '127.0.0.0/8' });

  it('the host of a request is the one that a trusted proxy reports', async () => {
    const headers = ['Host: 127.0.0.1:8080', 'Origin: https://photos.example'];
    expect(await wrote(...headers)).toBe(403);
    expect(await wrote(...headers, 'X-Forwarded-Host: photos.example')).toBe(404);
    expect(await wrote(...headers, 'X-Forwarded-Host: other.example')).toBe(403);
  });
});

describe('the pages around the API', () => {
  withApplication({ RATE_LIMIT_PER_MINUTE: '3' });

  it('the pages around the API have the rate limit of the API, and are counted separately', async () => {
    const statuses: number[] = [];
    for (const path of ['/docs', '/openapi.json', '/docs/', '/openapi.json', '/docs'])
      statuses.push((await shelfline.get(path)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await shelfline.get('/api/jobs')).status).toBe(200);
  });
});
