import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FetchingOptions } from '../src/images/fetching/fetching.options.js';
import { FileStart } from '../src/images/fetching/file-start.js';
import { ImageFetcher } from '../src/images/fetching/image-fetcher.js';
import type {
  FailedImage,
  DeferredImage,
  RefusedImage,
  ImageOutcome,
} from '../src/images/fetching/image-outcome.js';
import { AddressRule } from '../src/outbound/address-rule.js';
import { HostRule } from '../src/outbound/host-rule.js';
import { systemLookup } from '../src/outbound/lookup.js';
import { fetchOne } from './support/fetch-one.js';
import { type Answering, ImageHost } from './support/image-host.js';
import { sendFile } from './support/image-sending.js';

const FIXTURES = new URL('fixtures/images/', import.meta.url);
const JPEG = readFileSync(new URL('shelf-front.jpg', FIXTURES));
const PNG = readFileSync(new URL('endcap.png', FIXTURES));
const SVG = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="40"><!--${'shelf '.repeat(5_000)}--></svg>`,
);
const RULES = { allowedNetworks: ['127.0.0.0/8'], allowedHosts: [] };

function fetcher(options: Partial<FetchingOptions> = {}): ImageFetcher {
  return new ImageFetcher(new AddressRule(RULES), new HostRule(RULES), systemLookup, {
    concurrency: 64,
    hostConcurrency: 16,
    timeoutMs: 20_000,
    maxBytes: 26_214_400,
    memoryBytes: 134_217_728,
    userAgent: 'shelfline/test',
    ...options,
  });
}

const inWords = (outcome: ImageOutcome | DeferredImage): string =>
  outcome.kind === 'failed'
    ? `${outcome.code}${outcome.retryable ? ', may pass' : ''}: ${outcome.reason}`
    : outcome.kind;

/** A JPEG whose size stands behind so many bytes, which compress to half. */
function jpegBehind(bytes: number): Buffer {
  let random = bytes;
  const segments = Array.from({ length: Math.ceil(bytes / 65_000) }, () => {
    const segment = Buffer.alloc(65_002);
    for (let at = 0; at < segment.length; at += 1) {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      segment[at] = 0x41 + (random >>> 28);
    }
    segment.writeUInt16BE(0xffed, 0);
    segment.writeUInt16BE(65_000, 2);
    return segment;
  });
  return Buffer.concat([JPEG.subarray(0, 2), ...segments, JPEG.subarray(2)]);
}

const LATE = jpegBehind(400_000);

describe('an image of an odd host', () => {
  let host: ImageHost;
  const images: ImageFetcher[] = [];
  const hosts: ImageHost[] = [];
  let served = 0;

  beforeAll(async () => {
    host = await ImageHost.start();
  });

  afterAll(async () => {
    await Promise.all(images.map(async (each) => each.onApplicationShutdown()));
    await Promise.all([host, ...hosts].map(async (each) => each.close()));
  });

  function made(options: Partial<FetchingOptions> = {}): ImageFetcher {
    const each = fetcher(options);
    images.push(each);
    return each;
  }

  async function newHost(): Promise<ImageHost> {
    const each = await ImageHost.start();
    hosts.push(each);
    return each;
  }

  const path = (): string => `/${(served += 1)}`;

  async function whole(
    client: ImageFetcher,
    url: string,
  ): Promise<Buffer | FailedImage | DeferredImage | RefusedImage> {
    return client.fetchWhole(url, new FileStart(Buffer.alloc(0), null, undefined, true), 10_000_000);
  }

  describe('that refuses ranges', () => {
    const refusing =
      (status: number, bytes = PNG): Answering =>
      (request, response, seen) => {
        if (request.headers.range === undefined) void sendFile(request, response, seen, bytes, {});
        else response.writeHead(status, { 'content-type': 'text/plain' }).end('no ranges here');
      };

    it.each([400, 401, 403, 405, 409, 412, 422, 451, 500, 501, 502, 504])(
      'a host that refuses a range with %d is asked without one, and remembered',
      async (status) => {
        const [odd, client] = [await newHost(), made()];
        const urls = [1, 2, 3].map((n) => odd.handle(`/${n}`, refusing(status)));
        for (const url of urls) expect(inWords(await fetchOne(client, url))).toBe('measured');
        expect(odd.requests.map(({ headers }) => headers.range)).toEqual([
          'bytes=0-16383',
          undefined,
          undefined,
          undefined,
        ]);
        const bytes = await whole(client, urls[0] ?? '');
        expect(Buffer.isBuffer(bytes) && bytes.equals(PNG)).toBe(true);
      },
    );

    it.each([404, 410, 420, 429, 503])(
      'an image whose host refuses with %d also without a range fails with that status',
      async (status) => {
        const odd = await newHost();
        expect(await fetchOne(made(), odd.handle('/1', refusing(status)))).not.toMatchObject({
          kind: 'measured',
        });
        expect(odd.requests).toHaveLength(1);
      },
    );

    it('a host that refuses a range only once is judged by its answer without one, and not remembered', async () => {
      const [odd, client] = [await newHost(), made()];
      const url = odd.handle('/1', (request, response) =>
        response.writeHead(request.headers.range === undefined ? 404 : 403).end(),
      );
      expect(inWords(await fetchOne(client, url))).toBe('http_status: the host answered 404 Not Found');
      expect(odd.ranges('/1')).toEqual(['bytes=0-16383', undefined]);
      expect(inWords(await fetchOne(client, odd.serve('/2', PNG)))).toBe('measured');
      expect(odd.ranges('/2')).toEqual(['bytes=0-16383']);
    });

    it('a host that has answered a range is not asked without one', async () => {
      const [odd, client] = [await newHost(), made()];
      expect(inWords(await fetchOne(client, odd.serve('/1', PNG)))).toBe('measured');
      expect(inWords(await fetchOne(client, odd.handle('/2', refusing(403))))).toContain('403 Forbidden');
      expect(odd.ranges('/2')).toEqual(['bytes=0-16383']);
    });

    it('a file of a host that refuses ranges is read to its end if all of it is needed', async () => {
      const odd = await newHost();
      const bytes = await whole(made(), odd.handle('/1', refusing(400)));
      // An empty start asks for no range.
      expect(Buffer.isBuffer(bytes) && bytes.equals(PNG)).toBe(true);
      const start = new FileStart(PNG.subarray(0, 100), null, undefined, true);
      const rest = await made().fetchWhole(odd.handle('/2', refusing(400)), start, 10_000_000);
      expect(Buffer.isBuffer(rest) && rest.equals(PNG)).toBe(true);
      expect(odd.ranges('/2')).toEqual(['bytes=100-10000000', undefined]);
    });
  });

  describe('that encodes it', () => {
    const brotli =
      (window: number) =>
      (bytes: Buffer): Buffer =>
        brotliCompressSync(bytes, {
          params: { [constants.BROTLI_PARAM_LGWIN]: window, [constants.BROTLI_PARAM_QUALITY]: 4 },
        });
    const CODINGS: [string, string, (bytes: Buffer) => Buffer][] = [
      ['gzip', 'gzip', (bytes) => gzipSync(bytes)],
      ['X-GZIP', 'gzip', (bytes) => gzipSync(bytes)],
      ['aws-chunked, gzip', 'gzip', (bytes) => gzipSync(bytes)],
      ['deflate', 'deflate', (bytes) => deflateSync(bytes)],
      [' Deflate ', 'deflate', (bytes) => deflateRawSync(bytes)],
      ['br', 'br', brotli(22)],
      ['br', 'br', brotli(24)],
      ['br, identity', 'br', brotli(10)],
    ];
    const FILES: [string, Buffer][] = [
      ['a PNG', PNG],
      ['an SVG', SVG],
      ['a JPEG whose size stands late', LATE],
    ];
    const ENCODED = CODINGS.flatMap(([header, , encode]) =>
      FILES.map(([what, bytes]) => [what, header, bytes, encode] as const),
    );

    it.each(ENCODED)(
      'an encoded image is measured and read, in any pieces: %s as %j',
      async (_what, header, bytes, encode) => {
        const client = made();
        const expected = await fetchOne(client, host.serve(path(), bytes));
        expect(expected.kind).toBe('measured');
        const body = encode(bytes);
        for (const behaviour of [{ ranges: false }, {}, { ranges: false, chunked: true, pieces: 999 }]) {
          const url = host.serve(path(), body, { ...behaviour, headers: { 'content-encoding': header } });
          // Its declared length is not that of the file.
          expect(await fetchOne(client, url)).toEqual({ ...expected, contentLength: null });
          const start = new FileStart(bytes.subarray(0, 5_000), null, undefined, true);
          const rest = await client.fetchWhole(url, start, 10_000_000);
          expect(Buffer.isBuffer(rest) && rest.equals(bytes)).toBe(true);
        }
      },
    );

    it('an encoded image is measured when its bytes arrive one by one', async () => {
      for (const [coding, , encode] of CODINGS) {
        const url = host.serve(path(), encode(PNG).subarray(0, 400), {
          ranges: false,
          pieces: 1,
          headers: { 'content-encoding': coding },
        });
        expect(inWords(await fetchOne(made(), url))).toBe('measured');
      }
    });

    it.each(['aws-chunked', 'UTF-8', 'none', 'binary', 'identity', '', 'utf-8, aws-chunked'])(
      'an image with the content coding %j is not encoded',
      async (coding) => {
        const url = host.serve(path(), PNG, { headers: { 'content-encoding': coding } });
        const outcome = await fetchOne(made(), url);
        expect(outcome).toMatchObject({ kind: 'measured', contentLength: PNG.length });
      },
    );

    it.each(CODINGS)(
      'an image as %j that breaks off or is damaged fails with its fault',
      async (coding, name, encode) => {
        const bytes = encode(LATE);
        const headers = { 'content-encoding': coding };
        const cut = host.serve(path(), bytes.subarray(0, 100_000), { ranges: false, headers });
        expect(inWords(await fetchOne(made(), cut))).toBe(
          `bad_response: the ${name} encoding of the file breaks off before its end`,
        );
        const damaged = Buffer.from(bytes).fill(0xff, 5_000, 60_000);
        const outcome = await fetchOne(made(), host.serve(path(), damaged, { ranges: false, headers }));
        expect(inWords(outcome)).toMatch(
          /^(?:bad_response: the .* encoding of the file (?:is damaged|breaks off)|broken_image)/,
        );
        const broken = await whole(made(), host.serve(path(), damaged, { ranges: false, headers }));
        expect(Buffer.isBuffer(broken) && broken.equals(LATE)).toBe(false);
        const lost = host.serve(path(), bytes, { ranges: false, headers, resetAfter: 100_000 });
        expect(inWords(await fetchOne(made(), lost))).toBe(
          'connection, may pass: the host broke the connection off',
        );
      },
    );

    it('an encoded image that is empty is reported as empty', async () => {
      const headers = { 'content-encoding': 'gzip' };
      const url = host.serve(path(), Buffer.alloc(0), { ranges: false, headers });
      expect(inWords(await fetchOne(made(), url))).toBe('not_an_image: the file is empty');
    });

    it('an encoded image is decoded only up to IMAGE_MAX_BYTES', async () => {
      const segment = Buffer.alloc(65_002);
      segment.writeUInt16BE(0xffed, 0);
      segment.writeUInt16BE(65_000, 2);
      const bomb = Buffer.concat([Buffer.from('ffd8', 'hex'), ...Array.from({ length: 900 }, () => segment)]);
      const headers = { 'content-encoding': 'gzip' };
      const url = host.serve(path(), gzipSync(bomb, { level: 1 }), { ranges: false, headers });
      const client = made({ maxBytes: 5_000_000 });
      const outcome = await fetchOne(client, url);
      expect(inWords(outcome)).toBe(
        'too_large: the size of the image is not in the first 5000000 bytes of the file',
      );
      const tooLong = await client.fetchWhole(
        url,
        new FileStart(Buffer.alloc(0), null, undefined, true),
        10_000_000,
      );
      expect(tooLong).toMatchObject({ code: 'too_large' });
    });
  });

  describe('that sends interim answers', () => {
    const after = (interim: string, bytes = PNG): string =>
      host.handle(path(), (request) => {
        request.socket.write(interim);
        request.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n`);
        request.socket.write(bytes);
      });

    it.each([
      ['100', 'HTTP/1.1 100 Continue\r\n\r\n'],
      ['100 twice', 'HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 100 \r\n\r\n'],
      ['102 and 103', 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'],
      ['103 and 100 after a blank line', '\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'],
      ['199', 'HTTP/1.1 199 Miscellaneous\r\n\r\n'],
      ['a hundred', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)],
    ])('an image behind interim answers is measured: %s', async (_what, interim) => {
      const client = made();
      expect(inWords(await fetchOne(client, after(interim)))).toBe('measured');
      expect(inWords(await fetchOne(client, after(interim)))).toBe('measured');
    });

    it('an image behind interim answers that arrive byte by byte is measured', async () => {
      const url = host.handle(path(), (request) => {
        const bytes = Buffer.concat([
          Buffer.from(
            `HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: ${PNG.length}\r\n\r\n`,
          ),
          PNG,
        ]);
        const send = (at: number): void => {
          if (at === 90) request.socket.write(bytes.subarray(90));
          else request.socket.write(bytes.subarray(at, at + 1), () => setImmediate(() => send(at + 1)));
        };
        request.socket.setNoDelay(true);
        send(0);
      });
      expect(inWords(await fetchOne(made(), url))).toBe('measured');
    });

    it('an image fails after a hundred interim answers', async () => {
      expect(inWords(await fetchOne(made(), after('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(101))))).toBe(
        'bad_response: the host sent more than 100 interim answers',
      );
    });

    it('an image fails if its host switches the connection to another protocol', async () => {
      expect(
        inWords(
          await fetchOne(
            made(),
            after('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
          ),
        ),
      ).toContain('bad_response');
    });
  });

  describe('that sets cookies as it sends on', () => {
    it('cookies of a redirect are sent with the next requests of that attempt, and to no other host', async () => {
      const [one, other] = [await newHost(), await newHost()];
      const back = one.handle('/in/2', (_request, response) =>
        response.writeHead(302, { location: other.url('/x'), 'set-cookie': 'late=3; Path=/' }).end(),
      );
      const url = one.handle('/in/1', (_request, response) =>
        response
          .writeHead(302, {
            location: '/in/2',
            'set-cookie': ['session=abc; HttpOnly', 'all=1; Path=/; Domain=127.0.0.1', 'tls=1; Secure'],
          })
          .end(),
      );
      other.redirect('/x', one.url('/out/3'));
      one.serve('/out/3', PNG);
      const client = made();
      expect(inWords(await fetchOne(client, url))).toBe('measured');
      expect(
        [...one.requests, ...other.requests].map(({ path: at, headers }) => [at, headers.cookie]),
      ).toEqual([
        ['/in/1', undefined],
        ['/in/2', 'session=abc; all=1'],
        ['/out/3', 'all=1; late=3'],
        ['/x', undefined],
      ]);
      one.requests.length = 0;
      await fetchOne(client, back);
      expect(one.requestsFor('/in/2')[0]?.headers.cookie).toBeUndefined();
    });

    it('an image behind a page that redirects to itself until its cookie comes back is found', async () => {
      const url = host.handle('/gate', (request, response, seen) => {
        if (request.headers.cookie === 'pass=yes') void sendFile(request, response, seen, PNG, {});
        else response.writeHead(302, { location: '/gate', 'set-cookie': 'pass=yes' }).end();
      });
      expect(inWords(await fetchOne(made(), url))).toBe('measured');
    });
  });

  it.each([
    [202, 'Accepted'],
    [409, 'Conflict'],
    [423, 'Locked'],
  ])('an image that is answered with %d is retried later', async (status, name) => {
    const outcome = await fetchOne(
      made(),
      host.serve(path(), PNG, { status, headers: { 'retry-after': '7' } }),
    );
    expect(outcome).toMatchObject({
      kind: 'failed',
      code: 'http_status',
      retryable: true,
      retryAfterMs: 7_000,
    });
    expect(inWords(outcome)).toContain(`${status} ${name}`);
  });

  it.each([
    ['text/html; charset=utf-8', 'text/html'],
    ['Application/JSON', 'application/json'],
    ['application/problem+json;x', 'application/problem+json'],
    ['image/jpeg', 'image/jpeg'],
    ['', undefined],
    ['nonsense', undefined],
    ['text/<script>', undefined],
    [`text/${'x'.repeat(100)}`, undefined],
  ])('the error says that the host sent a page as %j instead of an image', async (type, named) => {
    const page = Buffer.from('<!doctype html><title>Sign in</title><p>Please sign in.</p>');
    for (const ranges of [true, false]) {
      const url = host.serve(path(), page, { ranges, headers: { 'content-type': type } });
      expect(inWords(await fetchOne(made(), url))).toBe(
        `not_an_image: the file is not an image of a known format${named === undefined ? '' : `: the host sent ${named}`}`,
      );
    }
  });

  describe('whose nodes give it several tags', () => {
    /** Answers with one file after the other, each with its tag. `If-Range` is honoured only where that is said. */
    function nodes(files: readonly (readonly [Buffer, string])[], honours = false): string {
      let requests = 0;
      return host.handle(path(), (request, response, seen) => {
        const [bytes, etag] = files[requests % files.length] ?? [PNG, ''];
        requests += 1;
        if (!honours) delete request.headers['if-range'];
        void sendFile(request, response, seen, bytes, { headers: { etag } });
      });
    }

    it.each([
      ['that ignore If-Range', false],
      ['that honour If-Range', true],
    ])('an image with several entity tags is measured with those %s', async (_what, honours) => {
      const url = nodes(
        [1, 2, 3].map((n) => [LATE, `"${n}"`]),
        honours,
      );
      const outcome = await fetchOne(made(), url);
      expect(outcome).toEqual(await fetchOne(made(), host.serve(path(), LATE)));
      const start = new FileStart(LATE.subarray(0, 20_000), LATE.length, '"0"', true);
      const rest = await made().fetchWhole(url, start, 10_000_000);
      expect(Buffer.isBuffer(rest) && rest.equals(LATE)).toBe(true);
    });

    it('an image with several entity tags is continued with a range that overlaps the last one', async () => {
      const at = path();
      let requests = 0;
      const url = host.handle(at, (request, response, seen) => {
        delete request.headers['if-range'];
        void sendFile(request, response, seen, LATE, { headers: { etag: `"${(requests += 1)}"` } });
      });
      expect(inWords(await fetchOne(made(), url))).toBe('measured');
      const starts = host.ranges(at).map((range) => Number(/=(\d+)-/.exec(range ?? '')?.[1]));
      // The second leaps to the next segment; its tag is another, so that the following ones begin where bytes are known.
      expect(starts).toEqual([0, 65_004, 16_384 - 1_024, 69_100 - 1_024, 276_400 - 1_024]);
      expect(host.requestsFor(at).map(({ headers }) => headers['if-range'])).toEqual(
        starts.map(() => undefined),
      );
    });

    it('two versions of a file with the same length are never combined', async () => {
      const other = Buffer.from(LATE);
      for (let segment = 2; segment + 65_002 < LATE.length; segment += 65_002)
        other.fill(0x42, segment + 4, segment + 65_002);
      const versions: [Buffer, string][] = [
        [LATE, '"1"'],
        [other, '"2"'],
      ];
      expect(inWords(await fetchOne(made(), nodes(versions)))).toBe(
        'bad_response: the file changed while it was read',
      );
      const changedOnce = Array.from({ length: 40 }, (_, n): [Buffer, string] =>
        n === 0 ? [LATE, '"1"'] : [other, '"2"'],
      );
      expect(inWords(await fetchOne(made(), nodes(changedOnce)))).toBe('measured');
    });
  });

  it('two versions of a file that differ only in length are never combined', async () => {
    const [first, second] = [jpegBehind(60_000), jpegBehind(130_000)];
    let requests = 0;
    const url = host.handle(path(), (request, response, seen) => {
      // A new version is there after the first range, and the host knows no validator.
      requests += 1;
      void sendFile(request, response, seen, requests === 1 ? first : second, {});
    });
    const outcome = await fetchOne(made(), url);
    expect(outcome).toMatchObject({ kind: 'measured', contentLength: second.length });
    expect(requests).toBeGreaterThan(3);
  });
});
