/** How the server delivers the console. */
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { CONSOLE_PAGES } from '../src/server/console/serve-console.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { ServerProcess } from './support/server-process.js';

const FOLDER = new URL('../dist/console/', import.meta.url);
/** The most that the first page may load, compressed, in bytes. */
const MAX_FIRST_LOAD = 250 * 1024;
const YEAR = 'public, max-age=31536000, immutable';

describe('the console of the server', () => {
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await ServerProcess.start({
      DATABASE_URL: database.url,
      ROLE: 'api',
      API_KEYS: 'the-key-of-the-test-0123',
    });
  });

  afterAll(async () => {
    await server.kill('SIGKILL');
    await database.drop();
  });

  async function get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${server.origin}${path}`, { redirect: 'manual', ...init });
  }

  /** The files that the document loads by itself. */
  async function getFirstFiles(): Promise<string[]> {
    const html = await (await get('/')).text();
    return [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
  }

  const pages = CONSOLE_PAGES.map((path) => path.replaceAll(/:\w+/g, 'x'));

  it.each(pages)('is the same document at %s, without a key', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await answer.text()).toContain('<div id="root"></div>');
  });

  it('leaves other paths to the API', async () => {
    for (const path of ['/nothing', '/assets/nothing.js', '/jobs/a/b', '/index.html', '/assets']) {
      const answer = await get(path);
      expect([path, answer.status, await answer.json()]).toEqual([
        path,
        404,
        { error: expect.any(String), code: 'not_found', details: [] },
      ]);
    }
    expect((await get('/api/jobs')).status).toBe(401);
    const posted = await get('/jobs', { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('has a policy without inline scripts, other hosts and data, and a nonce of its own in each document', async () => {
    const nonces = new Set<string>();
    for (let answers = 0; answers < 2; answers += 1) {
      const answer = await get('/');
      const policy = answer.headers.get('content-security-policy') ?? '';
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
      nonces.add(nonce);
      expect(policy.split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]);
      const html = await answer.text();
      expect(html).toContain(`nonce="${nonce}"`);
      expect(html).not.toContain('__CSP_NONCE__');
      expect(html).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
      // With a validator, a browser could keep the document and take over the policy of another answer.
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(answer.headers.get('etag')).toBeNull();
    }
    expect(nonces.size).toBe(2);
  });

  it('lets browsers keep files whose names change with their content', async () => {
    const files = await getFirstFiles();
    expect(files.length).toBeGreaterThan(2);
    for (const path of files.filter((each) => each.startsWith('/assets/'))) {
      const answer = await get(path, { headers: { 'accept-encoding': 'gzip' } });
      expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 200, YEAR]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const icon = await get('/favicon.svg');
    expect(icon.headers.get('cache-control')).toBe('public, max-age=86400');
  });

  it('sends files with gzip to those who accept it', async () => {
    const path = (await getFirstFiles()).find((each) => each.endsWith('.js')) ?? '';
    const plain = await get(path, { headers: { 'accept-encoding': 'identity' } });
    const packed = await get(path, { headers: { 'accept-encoding': 'gzip, br' } });
    expect([plain.headers.get('content-encoding'), packed.headers.get('content-encoding')]).toEqual([
      null,
      'gzip',
    ]);
    expect(packed.headers.get('vary')).toContain('Accept-Encoding');
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(
      Number(plain.headers.get('content-length')),
    );
    expect(await packed.text()).toBe(await plain.text());
    const head = await get(path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it(`loads at most ${MAX_FIRST_LOAD / 1024} KB at first`, async () => {
    const scripts = await getFirstFiles();
    // A style sheet of the document names the font.
    const fonts = (await readdir(new URL('assets/', FOLDER)))
      .filter((name) => name.endsWith('.woff2'))
      .map((name) => `/assets/${name}`);
    let bytes = 0;
    for (const path of ['/', ...scripts, ...fonts]) {
      const content = Buffer.from(await (await get(path)).arrayBuffer());
      bytes += path.endsWith('.woff2') ? content.length : gzipSync(content).length;
    }
    expect(bytes).toBeGreaterThan(100 * 1024);
    expect(bytes).toBeLessThan(MAX_FIRST_LOAD);
  });

  it('names no other host in what it loads by itself', async () => {
    for (const path of await getFirstFiles()) {
      const text = await (await get(path)).text();
      expect(text).not.toMatch(/(?:src|href|action)=["']?https?:|@import|url\(["']?(?:https?:|data:)/);
    }
  });

  it('is not there with CONSOLE=false: / leads to the API', async () => {
    const bare = await ServerProcess.start({ DATABASE_URL: database.url, ROLE: 'api', CONSOLE: 'false' });
    try {
      const root = await fetch(`${bare.origin}/`, { redirect: 'manual' });
      expect([root.status, root.headers.get('location')]).toEqual([302, '/docs']);
      expect((await fetch(`${bare.origin}/jobs`)).status).toBe(404);
      expect(bare.text).toContain(`Try it in the browser: ${bare.origin}/docs`);
    } finally {
      await bare.kill('SIGKILL');
    }
  });

  it('is not there in a worker', async () => {
    const worker = await ServerProcess.start({ DATABASE_URL: database.url, ROLE: 'worker' });
    try {
      expect((await fetch(`${worker.origin}/`, { redirect: 'manual' })).status).toBe(404);
    } finally {
      await worker.kill('SIGKILL');
    }
  });
});
