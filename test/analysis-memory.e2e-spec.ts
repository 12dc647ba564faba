import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { toFileInterest } from '../src/images/analysis/analyzers.module.js';
import { FileBytes } from '../src/images/analysis/file-bytes.js';
import { type AnalyzedOutcome, ImageAnalysis } from '../src/images/analysis/image-analysis.js';
import { type ImageAnalyzer, ImageRejected } from '../src/index.js';
import type { FetchingOptions } from '../src/images/fetching/fetching.options.js';
import { ImageFetcher } from '../src/images/fetching/image-fetcher.js';
import type { MeasuredImage } from '../src/images/fetching/image-outcome.js';
import type { VisitOfImage } from '../src/images/image-batches.repository.js';
import { FairSemaphore } from '../src/images/waiting/fair-semaphore.js';
import { AddressRule } from '../src/outbound/address-rule.js';
import { HostRule } from '../src/outbound/host-rule.js';
import { systemLookup } from '../src/outbound/lookup.js';
import { fetchOne } from './support/fetch-one.js';
import { Gate, ImageHost } from './support/image-host.js';

const PNG = readFileSync(new URL('fixtures/images/endcap.png', import.meta.url));
const OPTIONS: FetchingOptions = {
  concurrency: 2,
  hostConcurrency: 2,
  timeoutMs: 2_000,
  maxBytes: 1_000_000,
  // A quarter of it is for starts of files, and a quarter for whole files: 256 KiB each.
  memoryBytes: 1_048_576,
  userAgent: 'shelfline/test',
};
/** More than half of what whole files may hold: there is no room for two. */
const LARGE = Buffer.concat([PNG, randomBytes(200_000)]);

describe('the memory of an analysis', () => {
  let host: ImageHost;
  let fetcher: ImageFetcher;
  let analysis: ImageAnalysis;
  let analyze: ImageAnalyzer['analyze'];
  let files = 0;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    host = await ImageHost.start();
  });

  afterAll(async () => host.close());

  beforeEach(() => {
    analyze = async (_image, bytes) => (await bytes.whole()).length;
    const analyzers: ImageAnalyzer[] = [
      { name: 'any', analyze: (...all) => analyze(...all), wants: () => true },
    ];
    const rules = { allowedNetworks: ['127.0.0.0/8'], allowedHosts: [] };
    fetcher = new ImageFetcher(
      new AddressRule(rules),
      new HostRule(rules),
      systemLookup,
      OPTIONS,
      toFileInterest(analyzers),
    );
    const options = { timeoutMs: 1_500, concurrency: 50, maxResultBytes: 1_000 };
    analysis = new ImageAnalysis(fetcher, OPTIONS, options, analyzers);
  });

  afterEach(async () => fetcher.onApplicationShutdown());

  function serve(bytes: Buffer = LARGE): string {
    files += 1;
    return host.serve(`/file-${files}`, bytes);
  }

  async function measured(url: string): Promise<MeasuredImage> {
    const outcome = await fetchOne(fetcher, url);
    if (outcome.kind !== 'measured') throw new Error(`the image was not measured: ${outcome.kind}`);
    return outcome;
  }

  interface Doubts {
    readonly signal?: AbortSignal;
    readonly visits?: () => Promise<ReadonlyMap<number, VisitOfImage>>;
  }

  async function analysed(url: string, doubts: Doubts = {}): Promise<AnalyzedOutcome | undefined> {
    const visit = {
      store_id: 'S1',
      visit_time: new Date(0),
      time_zone: null,
      latitude: null,
      longitude: null,
      radius_meters: null,
      read_at: new Date(),
    };
    const row = { seq: 0, url, attempts: 0, held_ms: null, refusals: 0, refused_ms: 0 };
    const [outcome] = await analysis.analyze([row], await measured(url), {
      job: '1',
      jobId: 'job_1',
      signal: new AbortController().signal,
      visits: async () => new Map([[0, visit]]),
      ...doubts,
    });
    return outcome;
  }

  const found = { analysis: `{"any":${LARGE.length}}` };

  it('the memory for starts and whole files is released after each image', async () => {
    for (let image = 0; image < 12; image += 1) expect(await analysed(serve())).toMatchObject(found);
  });

  it('the memory for starts alone is released after each image', async () => {
    analyze = async (_image, bytes) => bytes.start.length > 0;
    for (let image = 0; image < 40; image += 1) {
      expect(await analysed(serve())).toMatchObject({ analysis: '{"any":true}' });
    }
  });

  it.each<[string, ImageAnalyzer['analyze'], string]>([
    [
      'throws',
      async (_image, bytes) => {
        await bytes.whole();
        throw new Error('no model');
      },
      'analysis_failed',
    ],
    [
      'rejects the image',
      async (_image, bytes) => {
        await bytes.whole();
        throw new ImageRejected('too dark');
      },
      'rejected',
    ],
    [
      'never ends',
      async (_image, bytes) => {
        await bytes.whole();
        return new Promise<never>(() => {});
      },
      'analysis_timeout',
    ],
    [
      'does not wait for the whole file',
      async (_image, bytes) => {
        void bytes.whole();
        throw new Error('no model');
      },
      'analysis_failed',
    ],
  ])('the memory is released by an analyzer that %s', async (_what, behave, code) => {
    const good = analyze;
    analyze = behave;
    expect(await analysed(serve())).toMatchObject({ outcome: { kind: 'failed', code } });
    analyze = good;
    for (let image = 0; image < 3; image += 1) expect(await analysed(serve())).toMatchObject(found);
  });

  it('the memory is released if the whole file cannot be fetched', async () => {
    for (let image = 0; image < 3; image += 1) {
      const url = serve();
      const lost = analysed(url);
      host.handle(new URL(url).pathname, (request, response) => {
        if (request.headers.range?.startsWith('bytes=0-') === true) {
          response.writeHead(206, { 'content-range': `bytes 0-16383/${LARGE.length}` });
          response.end(LARGE.subarray(0, 16_384));
        } else response.writeHead(404).end();
      });
      expect(await lost).toMatchObject({ outcome: { kind: 'failed', code: 'http_status' } });
    }
    expect(await analysed(serve())).toMatchObject(found);
  });

  it('the memory is released if the visits of the images cannot be read', async () => {
    for (let image = 0; image < 10; image += 1) {
      const visits = async (): Promise<never> => {
        throw new Error('the database is away');
      };
      await expect(analysed(serve(), { visits })).rejects.toThrow('the database is away');
    }
    expect(await analysed(serve())).toMatchObject(found);
  });

  it('the memory is released if the batch is aborted', async () => {
    const begun = new Gate();
    const abort = new AbortController();
    const good = analyze;
    analyze = async (_image, bytes) => {
      await bytes.whole();
      begun.open();
      return new Promise<never>(() => {});
    };
    const broken = analysed(serve(), { signal: abort.signal });
    await begun.opened;
    abort.abort(new Error('another holds the batch'));
    await expect(broken).rejects.toThrow('another holds the batch');
    analyze = good;
    for (let image = 0; image < 3; image += 1) expect(await analysed(serve())).toMatchObject(found);
  });

  it('an image without memory for its analysis is deferred without an attempt', async () => {
    const gate = new Gate();
    let begun = new Gate();
    analyze = async () => {
      begun.open();
      await gate.opened;
      return null;
    };
    const holding: Promise<unknown>[] = [];
    let putOff: AnalyzedOutcome | undefined;
    while (putOff === undefined && holding.length < 40) {
      begun = new Gate();
      const outcome = analysed(serve());
      holding.push(outcome);
      putOff = await Promise.race([outcome, begun.opened.then(() => undefined)]);
    }
    gate.open();
    await Promise.all(holding);
    expect(putOff).toMatchObject({ outcome: { kind: 'deferred', fault: null, afterMs: 2_000 } });
    expect(await analysed(serve())).toMatchObject({ analysis: '{"any":null}' });
  });

  describe('for a whole file', () => {
    let memory: FairSemaphore;

    beforeEach(() => {
      memory = new FairSemaphore(300_000);
    });

    async function getBytes(url: string, signal = new AbortController().signal): Promise<FileBytes> {
      const { start } = await measured(url);
      if (start === undefined) throw new Error('the start was not kept');
      return new FileBytes({ fetcher, memory, maxBytes: 1_000_000 }, url, start, '1', signal);
    }

    it('the memory for a whole file is acquired at its first request, in the size of the file, and released at the end', async () => {
      const bytes = await getBytes(serve());
      expect(memory.inUse).toBe(0);
      const [one, other] = await Promise.all([bytes.whole(), bytes.whole()]);
      expect([one.equals(LARGE), one === other, memory.inUse]).toEqual([true, true, LARGE.length]);
      await bytes.release();
      expect([memory.inUse, bytes.start.bytes.length]).toEqual([0, 0]);
      await expect(bytes.whole()).rejects.toThrow('over');
    });

    it('the memory for a whole file is released if the file cannot be fetched', async () => {
      const url = serve();
      const bytes = await getBytes(url);
      host.serve(new URL(url).pathname, LARGE, { status: 404 });
      await expect(bytes.whole()).rejects.toMatchObject({ outcome: { code: 'http_status' } });
      await bytes.release();
      expect(memory.inUse).toBe(0);
    });

    it('the memory for a whole file is released once it arrives, if nothing waits for it any more', async () => {
      const gate = new Gate();
      const url = serve();
      const bytes = await getBytes(url);
      const path = new URL(url).pathname;
      host.serve(path, LARGE, { gate });
      const whole = bytes.whole();
      await host.arrived(2, path);
      const released = bytes.release();
      expect(memory.inUse).toBe(LARGE.length);
      gate.open();
      await Promise.all([whole, released]);
      expect(memory.inUse).toBe(0);
    });

    it('requests for the memory of whole files are served in order, without those that were aborted', async () => {
      const abort = new AbortController();
      const [first, second, third] = [
        await getBytes(serve()),
        await getBytes(serve(), abort.signal),
        await getBytes(serve()),
      ];
      await first.whole();
      const [broken, next] = [second.whole(), third.whole()];
      abort.abort(new Error('gone'));
      await expect(broken).rejects.toThrow('gone');
      await Promise.all([first.release(), second.release()]);
      expect((await next).equals(LARGE)).toBe(true);
      await third.release();
      expect(memory.inUse).toBe(0);
    });

    it('no memory is acquired for a file that is longer than permitted', async () => {
      const bytes = await getBytes(serve(Buffer.concat([PNG, randomBytes(1_000_001)])));
      await expect(bytes.whole()).rejects.toMatchObject({ outcome: { code: 'too_large' } });
      await bytes.release();
      expect(memory.inUse).toBe(0);
    });
  });
});
