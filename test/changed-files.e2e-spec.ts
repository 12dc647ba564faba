import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { toFileInterest } from '../src/images/analysis/analyzers.module.js';
import type { ImageAnalyzer } from '../src/images/analysis/image-analyzer.js';
import { ImageFetcher } from '../src/images/fetching/image-fetcher.js';
import type { MeasuredImage } from '../src/images/fetching/image-outcome.js';
import { AddressRule } from '../src/outbound/address-rule.js';
import { HostRule } from '../src/outbound/host-rule.js';
import { systemLookup } from '../src/outbound/lookup.js';
import { fetchOne } from './support/fetch-one.js';
import { type Behaviour, ImageHost } from './support/image-host.js';
import { sendFile } from './support/image-sending.js';

const JPEG = readFileSync(new URL('fixtures/images/shelf-front.jpg', import.meta.url));
const PNG = readFileSync(new URL('fixtures/images/endcap.png', import.meta.url));
const SIZE = { kind: 'measured', width: 213, height: 160 } as const;
const MAX_BYTES = 2_000_000;

/** A JPEG with one segment of so many bytes before its size. */
function jpegBehind(bytes: number): Buffer {
  const segment = Buffer.alloc(bytes + 4, 0x41);
  segment.writeUInt16BE(0xffed, 0);
  segment.writeUInt16BE(bytes + 2, 2);
  return Buffer.concat([JPEG.subarray(0, 2), segment, JPEG.subarray(2)]);
}

describe('a file', () => {
  let host: ImageHost;
  let fetchers: ImageFetcher[] = [];
  let served = 0;

  beforeAll(async () => {
    host = await ImageHost.start();
  });

  afterEach(async () => {
    await Promise.all(fetchers.map((each) => each.onApplicationShutdown()));
    fetchers = [];
  });

  afterAll(async () => host.close());

  function fetcher(analyzers: readonly ImageAnalyzer[] = []): ImageFetcher {
    const rules = { allowedNetworks: ['127.0.0.0/8'], allowedHosts: [] };
    const made = new ImageFetcher(
      new AddressRule(rules),
      new HostRule(rules),
      systemLookup,
      {
        concurrency: 4,
        hostConcurrency: 4,
        timeoutMs: 5_000,
        maxBytes: MAX_BYTES,
        memoryBytes: 8_388_608,
        userAgent: 'shelfline/test',
      },
      toFileInterest(analyzers),
    );
    fetchers.push(made);
    return made;
  }

  /** A path at which each request finds the next version of the file, at last always the last one. */
  function changing(...versions: readonly (readonly [Buffer, Behaviour?])[]): string {
    served += 1;
    const path = `/changing-${served}`;
    return host.handle(path, (request, response, seen) => {
      const version = versions[Math.min(host.requestsFor(path).length, versions.length) - 1];
      if (version !== undefined) void sendFile(request, response, seen, version[0], version[1] ?? {});
    });
  }

  const getRanges = (url: string): (string | undefined)[] => host.ranges(new URL(url).pathname);

  describe('that changes while it is measured', () => {
    /** The size of the second stands where the first has what no JPEG has. */
    const FIRST = jpegBehind(20_000);
    const SECOND = jpegBehind(30_000);

    it.each([
      ['another length', {}, {}],
      ['another tag', { headers: { etag: '"1"' } }, { headers: { etag: '"2"' } }],
      [
        'another time of change',
        {
          headers: {
            'last-modified': 'Mon, 02 Mar 2020 09:00:00 GMT',
            date: 'Tue, 03 Mar 2020 09:00:00 GMT',
          },
        },
        {
          headers: {
            'last-modified': 'Mon, 09 Mar 2020 09:00:00 GMT',
            date: 'Tue, 10 Mar 2020 09:00:00 GMT',
          },
        },
      ],
    ])(
      'a file that changes while it is measured is measured from its start again: %s',
      async (_what, one, other) => {
        const url = changing([FIRST, one], [SECOND, other]);
        expect(await fetchOne(fetcher(), url)).toMatchObject({ ...SIZE, contentLength: SECOND.length });
      },
    );

    it('two versions of a file are never combined if the host declares only the length', async () => {
      const url = changing([FIRST], [SECOND]);
      await fetchOne(fetcher(), url);
      const [first, second, third] = getRanges(url);
      expect(first).toBe('bytes=0-16383');
      expect(second).toMatch(/^bytes=16384-/);
      expect(third).toMatch(/^bytes=0-/);
    });

    it('a file that changes again and again cannot be measured', async () => {
      const lengths = [20_000, 30_000, 40_000, 50_000, 60_000];
      const url = changing(...lengths.map((bytes) => [jpegBehind(bytes)] as const));
      expect(await fetchOne(fetcher(), url)).toMatchObject({ kind: 'failed', code: 'bad_response' });
    });
  });

  describe('of which analyzers want the start', () => {
    const analyzer: ImageAnalyzer = { name: 'any', analyze: async () => null };
    const LARGE = Buffer.concat([PNG, randomBytes(400_000)]);

    async function measured(url: string): Promise<MeasuredImage> {
      const outcome = await fetchOne(fetcher([analyzer]), url);
      if (outcome.kind !== 'measured') throw new Error(`the image was not measured: ${outcome.kind}`);
      return outcome;
    }

    it.each([
      ['by ranges', {}],
      ['by ranges, in small pieces', { pieces: 1_000 }],
      ['as a whole, in small chunks', { ranges: false, chunked: true, pieces: 1_000 }],
    ] as const)(
      'analyzers get the first 16 KiB of a file, although its size is known earlier: %s',
      async (_how, behaviour) => {
        const { start } = await measured(changing([LARGE, behaviour]));
        const length = start?.bytes.length ?? 0;
        expect(length).toBeGreaterThanOrEqual(16_384);
        expect(length).toBeLessThanOrEqual(65_536);
        expect(start?.bytes.equals(LARGE.subarray(0, length))).toBe(true);
      },
    );

    it('analyzers get all of a file that is shorter than 16 KiB', async () => {
      const { start } = await measured(changing([PNG, { pieces: 100 }]));
      expect(start?.bytes.equals(PNG)).toBe(true);
    });

    it.each([
      ['the host says so', { headers: { etag: '"1"' } }, { headers: { etag: '"2"' } }],
      ['only its length says so', {}, {}],
    ])(
      'a file that changed after its start was read is read from its start: %s',
      async (_how, one, other) => {
        const changed = Buffer.concat([PNG, randomBytes(300_000)]);
        const url = changing([LARGE, one], [changed, other]);
        const { start } = await measured(url);
        if (start === undefined) throw new Error('the start was not kept');
        const whole = await fetcher([analyzer]).fetchWhole(url, start, MAX_BYTES);
        expect(Buffer.isBuffer(whole) && whole.equals(changed)).toBe(true);
      },
    );

    it('a file that did not change is continued after its start', async () => {
      const url = changing([LARGE]);
      const { start } = await measured(url);
      if (start === undefined) throw new Error('the start was not kept');
      const whole = await fetcher([analyzer]).fetchWhole(url, start, MAX_BYTES);
      expect(Buffer.isBuffer(whole) && whole.equals(LARGE)).toBe(true);
      expect(getRanges(url)).toEqual(['bytes=0-16383', `bytes=16384-${LARGE.length - 1}`]);
    });
  });
});
