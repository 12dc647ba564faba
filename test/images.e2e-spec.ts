import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FetchCallOptions } from '../src/images/fetching/file-attempts.js';
import { ImageFetcher } from '../src/images/fetching/image-fetcher.js';
import type { FetchingOptions } from '../src/images/fetching/fetching.options.js';
import type { ImageOutcome } from '../src/images/fetching/image-outcome.js';
import { AddressRule } from '../src/outbound/address-rule.js';
import { HostRule } from '../src/outbound/host-rule.js';
import { type LookupAll, systemLookup } from '../src/outbound/lookup.js';
import { fetchOne } from './support/fetch-one.js';
import { type Behaviour, Gate, ImageHost, startRawHost } from './support/image-host.js';
import { until } from './support/until.js';

const FIXTURES = new URL('fixtures/images/', import.meta.url);
const MANIFEST: Record<string, { width: number; height: number; format: string }> = JSON.parse(
  readFileSync(new URL('manifest.json', FIXTURES), 'utf8'),
);
const fixture = (name: string): Buffer => readFileSync(new URL(name, FIXTURES));
const JPEG = fixture('shelf-front.jpg');
const PNG = fixture('endcap.png');

/** Names of the tests; none of them is asked of a real resolver. */
const NAMES: Record<string, { address: string; family: number }[]> = {
  'photos.test': [{ address: '127.0.0.1', family: 4 }],
  'mixed.test': [
    { address: '10.0.0.1', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ],
  localhost: [{ address: '127.0.0.1', family: 4 }],
  'inside.test': [{ address: '10.0.0.1', family: 4 }],
};

const lookup: LookupAll = (hostname, _options, done) => {
  const addresses = NAMES[hostname];
  if (addresses === undefined) done(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
  else done(null, addresses);
};

function fetcher(
  options: Partial<FetchingOptions> = {},
  networks = ['127.0.0.0/8'],
  hosts: string[] = [],
  by: LookupAll = lookup,
): ImageFetcher {
  const rules = { allowedNetworks: networks, allowedHosts: hosts };
  return new ImageFetcher(new AddressRule(rules), new HostRule(rules), by, {
    concurrency: 64,
    hostConcurrency: 16,
    timeoutMs: 5_000,
    maxBytes: 26_214_400,
    memoryBytes: 134_217_728,
    userAgent: 'shelfline/test',
    ...options,
  });
}

/** A JPEG with so many bytes of metadata before its size. */
function jpegBehind(bytes: number): Buffer {
  const segments: Buffer[] = [];
  for (let left = bytes; left > 0; left -= 65_000) {
    const segment = Buffer.alloc(Math.min(left, 65_000) + 4, 0x41);
    segment.writeUInt16BE(0xffed, 0);
    segment.writeUInt16BE(segment.length - 2, 2);
    segments.push(segment);
  }
  return Buffer.concat([JPEG.subarray(0, 2), ...segments, JPEG.subarray(2)]);
}

/** A TIFF whose directory stands behind so many bytes. */
function tiffBehind(bytes: number): Buffer {
  const directory = Buffer.alloc(2 + 2 * 12 + 4);
  directory.writeUInt16LE(2, 0);
  for (const [index, tag, value] of [
    [0, 0x100, 321],
    [1, 0x101, 123],
  ] as const) {
    directory.writeUInt16LE(tag, 2 + index * 12);
    directory.writeUInt16LE(3, 4 + index * 12);
    directory.writeUInt32LE(1, 6 + index * 12);
    directory.writeUInt16LE(value, 10 + index * 12);
  }
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(8 + bytes, 4);
  return Buffer.concat([head, Buffer.alloc(bytes, 7), directory]);
}

describe('an image', () => {
  let host: ImageHost;
  let images: ImageFetcher;
  const others: ImageFetcher[] = [];
  let served = 0;

  beforeAll(async () => {
    host = await ImageHost.start();
    images = fetcher();
  });

  afterAll(async () => {
    await Promise.all([images, ...others].map((each) => each.onApplicationShutdown()));
    await host.close();
  });

  function serve(bytes: Buffer, behaviour?: Behaviour): string {
    served += 1;
    return host.serve(`/${served}`, bytes, behaviour);
  }

  function other(...options: Parameters<typeof fetcher>): ImageFetcher {
    const made = fetcher(...options);
    others.push(made);
    return made;
  }

  async function failure(outcome: Promise<ImageOutcome>): Promise<string> {
    const result = await outcome;
    return result.kind === 'failed' ? `${result.code}${result.retryable ? ', may pass' : ''}` : 'measured';
  }

  describe.each([
    ['honours ranges', {}],
    ['ignores ranges', { ranges: false }],
    ['sends chunks of unknown length', { ranges: false, chunked: true }],
    ['sends seven bytes at a time', { pieces: 7 }],
  ])('of a host that %s', (_what, behaviour) => {
    it.each(Object.keys(MANIFEST))('an image is measured: %s', async (name) => {
      const bytes = fixture(name);
      const outcome = await fetchOne(images, serve(bytes, behaviour));
      expect(outcome).toMatchObject({ kind: 'measured', ...MANIFEST[name] });
      expect(outcome.contentLength).toBe('chunked' in behaviour ? null : bytes.length);
    });

    it.each([
      ['a JPEG behind 200 KB of metadata', jpegBehind(200_000), 213, 160],
      ['a JPEG behind 1.5 MB of metadata', jpegBehind(1_500_000), 213, 160],
      ['a TIFF with its directory behind 1 MB', tiffBehind(1_000_000), 321, 123],
    ])('an image whose size is late in the file is measured: %s', async (_name, bytes, width, height) => {
      const many = { ...behaviour, ...('pieces' in behaviour ? { pieces: 7_000 } : {}) };
      expect(await fetchOne(images, serve(bytes, many))).toMatchObject({ kind: 'measured', width, height });
    });
  });

  it('a measured image has its orientation, and its size before rotation', async () => {
    expect(await fetchOne(images, serve(fixture('cooler-rotated.jpg')))).toMatchObject({
      width: 160,
      height: 121,
      orientation: expect.any(Number),
    });
  });

  it('an image whose size is early in the file needs one small range', async () => {
    const path = '/large.png';
    const url = host.serve(path, Buffer.concat([PNG, Buffer.alloc(4_000_000)]));
    expect(await fetchOne(images, url)).toMatchObject({ width: 120, contentLength: 4_000_000 + PNG.length });
    expect(host.ranges(path)).toEqual(['bytes=0-16383']);
  });

  it('five redirects are followed, and six are not', async () => {
    const last = serve(PNG);
    const hops = Array.from({ length: 6 }, (_, n) => `/hop-${n}`);
    for (const [n, hop] of hops.entries())
      host.redirect(hop, n === 0 ? last : hops[n - 1], [301, 302, 303, 307, 308][n % 5]);
    expect(await fetchOne(images, host.url('/hop-4'))).toMatchObject({ kind: 'measured', width: 120 });
    expect(await failure(fetchOne(images, host.url('/hop-5')))).toBe('too_many_redirects');
  });

  it.each([
    ['file:///etc/passwd', 'bad_redirect'],
    ['ftp://127.0.0.1/x', 'bad_redirect'],
    ['http://user@127.0.0.1/x', 'bad_redirect'],
    [undefined, 'bad_redirect'],
    ['http://10.0.0.1/x', 'forbidden_address'],
    ['http://[::1]/x', 'forbidden_address'],
    ['http://inside.test/x', 'forbidden_address'],
  ])('a forbidden target is never requested: %s', async (location, code) => {
    expect(await failure(fetchOne(images, host.redirect('/away', location)))).toBe(code);
  });

  it.each([
    'http://127.0.0.1',
    'http://0x7f.1',
    'http://2130706433',
    'http://017700000001',
    'http://127.1',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://localhost',
    'http://１２７.0.0.1',
    'http://169.254.169.254',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'http://[64:ff9b::7f00:1]',
    'http://[2002:7f00:1::]',
    'http://inside.test',
    'http://photos.test',
  ])(
    '%s is not requested unless its network is allowed, and every refusal has the same text',
    async (origin) => {
      const strict = other({}, []);
      const outcome = await fetchOne(strict, `${origin}:${host.port}/x`);
      expect(outcome).toMatchObject({
        code: 'forbidden_address',
        reason: 'the address is not allowed',
        retryable: false,
      });
    },
  );

  it('an image is fetched from the permitted address among those of its name', async () => {
    serve(PNG);
    expect(await fetchOne(images, host.url(`/${served}`, 'mixed.test'))).toMatchObject({ kind: 'measured' });
  });

  it('images are fetched from allowed hosts only, also after redirects', async () => {
    const picky = other({}, ['127.0.0.0/8'], ['*.test']);
    serve(PNG);
    expect(await fetchOne(picky, host.url(`/${served}`, 'photos.test'))).toMatchObject({ kind: 'measured' });
    expect(await failure(fetchOne(picky, host.url(`/${served}`)))).toBe('host_not_allowed');
    host.redirect('/out', host.url(`/${served}`));
    expect(await failure(fetchOne(picky, host.url('/out', 'photos.test')))).toBe('host_not_allowed');
  });

  it.each([
    [404, 'http_status'],
    [410, 'http_status'],
    [403, 'http_status'],
    [401, 'http_status'],
    [408, 'http_status, may pass'],
    [425, 'http_status, may pass'],
    [500, 'http_status, may pass'],
    [204, 'bad_response'],
  ])('an answer with status %d fails the image as %s', async (status, expected) => {
    expect(await failure(fetchOne(images, serve(Buffer.alloc(0), { status })))).toBe(expected);
  });

  it('Retry-After sets the next attempt, within bounds', async () => {
    const url = (after: string): string =>
      serve(Buffer.alloc(0), { status: 500, headers: { 'retry-after': after } });
    expect(await fetchOne(images, url('7'))).toMatchObject({ retryAfterMs: 7_000 });
    expect(await fetchOne(images, url('100000'))).toMatchObject({ retryAfterMs: 300_000 });
    expect(await fetchOne(images, url('soon'))).toMatchObject({ retryAfterMs: null });
  });

  it.each([
    [420, {}, 1_000],
    [429, {}, 1_000],
    [503, {}, 1_000],
    [503, { 'retry-after': 'soon' }, 1_000],
    [429, { 'retry-after': '7' }, 7_000],
    [503, { 'retry-after': '100000' }, 300_000],
  ])('an image that was answered with %d %j is retried later', async (status, headers, afterMs) => {
    const refusing = await ImageHost.start();
    const outcome = await fetchOne(other(), refusing.serve('/1', PNG, { status, headers }));
    await refusing.close();
    expect(outcome).toMatchObject({ kind: 'refused', code: 'throttled', afterMs: expect.any(Number) });
    expect(outcome.kind === 'refused' && outcome.afterMs).toBeCloseTo(afterMs, -3);
  });

  it.each([
    [
      'a page',
      Buffer.from('<!doctype html><html><body><svg width="1" height="1"></svg></body></html>'),
      {},
      'not_an_image',
    ],
    ['JSON', Buffer.from('{"error":"no"}'), {}, 'not_an_image'],
    ['nothing', Buffer.alloc(0), {}, 'not_an_image'],
    ['nothing, by ranges ignored', Buffer.alloc(0), { ranges: false }, 'not_an_image'],
    ['a GIF without a size', Buffer.from('GIF89a\0\0\0\0\0\0\0;', 'latin1'), {}, 'broken_image'],
    [
      'a PNG of 4 billion pixels',
      Buffer.concat([PNG.subarray(0, 16), Buffer.alloc(8, 0xff), PNG.subarray(24)]),
      {},
      'broken_image',
    ],
    ['half a JPEG header', JPEG.subarray(0, 20), {}, 'broken_image'],
    ['an SVG of no size', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), {}, 'unmeasurable'],
    ['compressed bytes', JPEG, { headers: { 'content-encoding': 'gzip' } }, 'bad_response'],
    ['headers without end', PNG, { headers: { 'x-long': 'a'.repeat(200_000) } }, 'bad_response'],
    [
      'less than it declares',
      JPEG.subarray(0, 30),
      { ranges: false, declaredLength: 5000, closeAfter: 30 },
      'connection, may pass',
    ],
    ['a reset', JPEG, { resetAfter: 20 }, 'connection, may pass'],
  ])('an image that is %s fails with its fault', async (_what, bytes, behaviour, expected) => {
    expect(await failure(fetchOne(images, serve(bytes, behaviour)))).toBe(expected);
  });

  it.each(['bytes 5-10/99', null])(
    'an image is requested as a whole if the host answers with the range %j',
    async (contentRange) => {
      const path = contentRange === null ? '/no-range' : '/another-range';
      const outcome = await fetchOne(images, host.serve(path, PNG, { contentRange }));
      expect(outcome).toMatchObject({ kind: 'measured', width: 120 });
      expect(host.ranges(path)).toEqual(['bytes=0-16383', undefined]);
    },
  );

  it('an image whose size is beyond the limit is too large', async () => {
    const small = other({ maxBytes: 100_000 });
    expect(await failure(fetchOne(small, serve(jpegBehind(200_000))))).toBe('too_large');
    expect(await failure(fetchOne(small, serve(jpegBehind(200_000), { ranges: false, endless: true })))).toBe(
      'too_large',
    );
  });

  it.each([
    ['never answers', { gate: new Gate() }],
    ['stalls in the middle', { stallAfter: 20 }],
    ['sends a byte at a time', { trickleMs: 50 }],
  ])('an image of a host that %s fails after its timeout', async (_what, behaviour) => {
    const hasty = other({ timeoutMs: 300 });
    expect(await fetchOne(hasty, serve(JPEG, behaviour))).toMatchObject({ code: 'timeout', retryable: true });
  });

  it('an image of a host that is unreachable, or has no address, is retried', async () => {
    const gone = await startRawHost(() => {});
    await gone.close();
    expect(await failure(fetchOne(images, `http://127.0.0.1:${gone.port}/x`))).toBe('connection, may pass');
    expect(await failure(fetchOne(images, 'http://nowhere.test/x'))).toBe('dns, may pass');
  });

  it('an image whose host name is too long for any resolver is not retried', async () => {
    expect(await failure(fetchOne(other({}, [], [], systemLookup), `http://${'a'.repeat(300)}.test/x`))).toBe(
      'dns',
    );
  });

  it('an image of a host that does not speak HTTP is not retried', async () => {
    expect(await failure(fetchOne(images, host.raw('/rubbish', 'no such protocol\r\n\r\n')))).toBe(
      'bad_response',
    );
    const plain = await startRawHost((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await failure(fetchOne(images, `https://127.0.0.1:${plain.port}/x`))).toBe('tls');
    await plain.close();
  });

  it('an image waits for a slot of its host, and other hosts continue', async () => {
    const gate = new Gate();
    const narrow = other({ concurrency: 3, hostConcurrency: 2 });
    const crowded = await ImageHost.start();
    const slow = Array.from({ length: 5 }, (_, n) =>
      fetchOne(narrow, crowded.serve(`/slow-${n}`, PNG, { gate })),
    );
    await crowded.arrived(2);
    const elsewhere = await ImageHost.start();
    expect(await fetchOne(narrow, elsewhere.serve('/quick', PNG))).toMatchObject({ kind: 'measured' });
    expect(crowded.inFlight).toBe(2);
    gate.open();
    expect((await Promise.all(slow)).map((outcome) => outcome.kind)).toEqual(Array(5).fill('measured'));
    expect(crowded.mostInFlight).toBe(2);
    await Promise.all([elsewhere.close(), crowded.close()]);
  });

  it('the time of an attempt does not include the wait for a slot', async () => {
    const one = other({ concurrency: 1, hostConcurrency: 1, timeoutMs: 1_500 });
    // Each takes a part of its time, and all of them together three times as much as one may.
    const urls = Array.from({ length: 15 }, (_, n) =>
      host.handle(`/in-order-${n}`, (_request, response) => {
        setTimeout(() => response.end(PNG), 300);
      }),
    );
    const outcomes = await Promise.all(urls.map((url) => fetchOne(one, url)));
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(15).fill('measured'));
  });

  it('an attempt is aborted with the reason of the caller', async () => {
    const stop = new AbortController();
    const path = '/held';
    const outcome = fetchOne(images, host.serve(path, PNG, { gate: new Gate() }), { signal: stop.signal });
    await host.arrived(1, path);
    const reason = new Error('stopping');
    stop.abort(reason);
    await expect(outcome).rejects.toBe(reason);
  });

  describe('among many', () => {
    async function tryAll(
      urls: readonly string[],
      by: ImageFetcher,
      options: FetchCallOptions = {},
    ): Promise<Record<string, string>> {
      const came: Record<string, string> = {};
      await by.fetchAll(urls, options, (url, outcome) => {
        came[url] = outcome.kind === 'failed' ? outcome.code : outcome.kind;
      });
      return came;
    }

    it('each of many images has its own outcome', async () => {
      const good = Array.from({ length: 40 }, () => serve(PNG));
      const bad = {
        [serve(PNG, { status: 404 })]: 'http_status',
        'http://nowhere.test/1.jpg': 'dns',
        'http://10.0.0.1/1.jpg': 'forbidden_address',
        'http://10.0.0.1/2.jpg': 'forbidden_address',
        'https://user@photos.test/1.jpg': 'bad_redirect',
        'https://user@photos.test/2.jpg': 'bad_redirect',
        'no URL at all': 'bad_redirect',
      };
      const few = other({ concurrency: 4, hostConcurrency: 3 });
      expect(await tryAll([...good, ...Object.keys(bad)], few)).toEqual({
        ...Object.fromEntries(good.map((url) => [url, 'measured'])),
        ...bad,
      });
      expect(few.inFlight).toBe(0);
    });

    it('an image does not wait for those of another host', async () => {
      const gate = new Gate();
      const slow = Array.from({ length: 5 }, () => serve(PNG, { gate }));
      const elsewhere = await ImageHost.start();
      const quick = elsewhere.serve('/quick', PNG);
      const came: string[] = [];
      const all = other({ concurrency: 3, hostConcurrency: 2 }).fetchAll([...slow, quick], {}, (url) => {
        came.push(url);
        if (url === quick) gate.open();
      });
      await all;
      expect(came[0]).toBe(quick);
      expect(came).toHaveLength(6);
      await elsewhere.close();
    });

    it('an image that waits is skipped when the caller aborts, and an attempt that has begun is finished', async () => {
      const gate = new Gate();
      const urls = Array.from({ length: 6 }, () => serve(PNG, { gate }));
      const [stop, narrow] = [new AbortController(), other({ hostConcurrency: 2 })];
      const all = tryAll(urls, narrow, { waitSignal: stop.signal });
      await host.arrived(1, new URL(urls[1] ?? '').pathname);
      stop.abort();
      gate.open();
      expect(await all).toEqual({ [urls[0] ?? '']: 'measured', [urls[1] ?? '']: 'measured' });
      expect(await tryAll(urls, narrow, { waitSignal: stop.signal })).toEqual({});
    });

    it('an image is deferred while the circuit of its host is open, before it waits for a slot', async () => {
      const hasty = other({ timeoutMs: 2_000 });
      const gone = await startRawHost((socket) => socket.destroy());
      const urls = Array.from({ length: 30 }, (_, n) => `http://127.0.0.1:${gone.port}/${n}`);
      const first = Object.values(await tryAll(urls, hasty));
      expect(new Set(first)).toEqual(new Set(['connection', 'deferred']));
      expect(new Set(Object.values(await tryAll(urls, hasty)))).toEqual(new Set(['deferred']));
      await gone.close();
    });

    it('an image in flight is deferred when its host stalls, so that no other host waits for its timeout', async () => {
      const [gate, end] = [new Gate(), new Gate()];
      const urls = Array.from({ length: 20 }, () => serve(PNG, { gate }));
      const silent = other({ timeoutMs: 20_000 });
      const elsewhere = await ImageHost.start();
      const another = fetchOne(silent, elsewhere.serve('/1', PNG, { gate: end }));
      expect(new Set(Object.values(await tryAll(urls, silent)))).toEqual(new Set(['deferred']));
      // A few requests go on, to learn how the host is.
      expect(silent.inFlight).toBeGreaterThan(1);
      expect(silent.inFlight).toBeLessThanOrEqual(9);
      end.open();
      expect(await another).toMatchObject({ kind: 'measured' });
      gate.open();
      await elsewhere.close();
    });

    it('an image of a stalled host is awaited if there is no other host', async () => {
      const gate = new Gate();
      const urls = Array.from({ length: 4 }, () => serve(PNG, { gate }));
      const alone = other();
      const all = tryAll(urls, alone);
      // One that comes later finds the host stalled by then.
      await until(async () => {
        const outcome = await fetchOne(alone, serve(PNG));
        return outcome.kind === 'deferred' ? true : undefined;
      }, 'a host that has stalled');
      gate.open();
      expect(new Set(Object.values(await all))).toEqual(new Set(['measured']));
    });

    it('a deferred image is fetched again when its host answers, whatever the first request returns', async () => {
      const [gate, end] = [new Gate(), new Gate()];
      const urls = Array.from({ length: 20 }, () => serve(PNG, { gate }));
      const silent = other({ timeoutMs: 20_000 });
      const elsewhere = await ImageHost.start();
      const another = fetchOne(silent, elsewhere.serve('/1', PNG, { gate: end }));
      await tryAll(urls, silent);
      gate.open();
      end.open();
      await another;
      await elsewhere.close();
      await until(async () => (silent.inFlight === 0 ? true : undefined), 'the end of the first requests');
      expect(new Set(Object.values(await tryAll(urls, silent)))).toEqual(new Set(['measured']));
    });

    it('an error of the caller fails all images with that error', async () => {
      const fault = new Error('cannot be written');
      const throwing = images.fetchAll([serve(PNG), serve(PNG)], {}, () => {
        throw fault;
      });
      await expect(throwing).rejects.toBe(fault);
    });

    it('no further image is requested after the caller threw', async () => {
      const [first = '', ...rest] = Array.from({ length: 6 }, () => serve(PNG));
      const narrow = other({ hostConcurrency: 1 });
      const throwing = narrow.fetchAll([first, ...rest], {}, () => {
        throw new Error('cannot be written');
      });
      await expect(throwing).rejects.toThrow('cannot be written');
      // Whoever waited before this one would have been asked for by then.
      expect(await tryAll([first], narrow)).toEqual({ [first]: 'measured' });
      const asked = (url: string): number => host.requestsFor(new URL(url).pathname).length;
      expect([asked(first), ...rest.map(asked)]).toEqual([2, 1, 0, 0, 0, 0]);
      expect(narrow.inFlight).toBe(0);
    });
  });
});
