import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { type ImageAnalyzer, ImageRejected, type Json, threadAnalyzer } from '../src/index.js';
import { startAnalysing } from './support/analysing-application.js';
import type { TestApplication } from './support/application.js';
import { toExifBlock, TAGS, withExif } from './support/exif.js';
import { exifItem, heifFile, property } from './support/heif-builder.js';
import { ImageHost } from './support/image-host.js';

const JPEG = readFileSync(new URL('fixtures/images/shelf-front.jpg', import.meta.url));
/** A photo with a tail that no decoder reads. */
const LARGE = Buffer.concat([JPEG, randomBytes(300_000)]);
const TIMEOUT_MS = 1_000;
const MAX_RESULT_BYTES = 2_000;

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Does what the URL of the image says: `/mood-anything.jpg`. */
class MoodyAnalyzer implements ImageAnalyzer {
  readonly name = 'moody';
  readonly aborted: unknown[] = [];
  readonly seen: Record<string, unknown>[] = [];

  analyze: ImageAnalyzer['analyze'] = async (image, bytes, signal) => {
    const mood = getMood(image.url);
    switch (mood) {
      case 'found':
        return { store: image.store_id, '=1+1': [null, true, 1.5, 'ß"\n'] };
      case 'seen':
        this.seen.push({ ...image });
        return image.visit_time.toISOString();
      case 'nothing':
        return undefined;
      case 'null':
        return null;
      case 'throw':
        throw new Error('cannot open /srv/models/shelf.bin');
      case 'odd':
        throw 'a string'; // oxlint-disable-line no-throw-literal, only-throw-error -- what analyzers may do
      case 'reject':
        throw new ImageRejected('too\0dark\nto see');
      case 'hang':
        signal.addEventListener('abort', () => this.aborted.push(signal.reason));
        return new Promise<never>(() => {});
      case 'block':
        for (const end = Date.now() + 1.5 * TIMEOUT_MS; Date.now() < end;);
        return 'at last';
      case 'whole': {
        const [one, other] = await Promise.all([bytes.whole(), bytes.whole()]);
        return {
          digest: digest(one),
          same: one === other,
          start: bytes.start.length,
          isWhole: bytes.isWhole,
        };
      }
      case 'exif':
        return bytes.exif === null ? 'none' : bytes.exif.toString('latin1', 0, 2);
      case 'lost':
        try {
          return (await bytes.whole()).length;
        } catch (cause) {
          throw new Error('no file', { cause });
        }
      case 'heedless':
        void bytes.whole();
        return bytes.whole().then(
          () => 'it came',
          () => 'unharmed',
        );
      case 'slow':
        await bytes.whole();
        return 'it came';
      default:
        return RUBBISH[mood] as Json;
    }
  };
}

/** An image as the API shows it. */
interface Item {
  readonly image_id: string;
  readonly image_url: string;
  readonly status: string;
  readonly width: number | null;
  readonly attempts: number;
  readonly error: string | null;
  readonly error_code: string | null;
  readonly analysis: Readonly<Record<string, unknown>>;
}

const cycle: unknown[] = [];
cycle.push(cycle);
const RUBBISH: Readonly<Record<string, unknown>> = {
  date: { at: new Date(0) },
  nan: [Number.NaN],
  function: { f: () => 1 },
  nul: { text: 'a\0b' },
  half: ['\ud800'],
  cycle,
  large: 'x'.repeat(MAX_RESULT_BYTES),
  bigint: 1n,
};

const getMood = (url: string): string => /^\/([a-z]+)/.exec(new URL(url).pathname)?.[1] ?? '';

describe('analyzers', () => {
  const moody = new MoodyAnalyzer();
  const inThread = threadAnalyzer({
    name: 'thread',
    file: new URL('fixtures/analyzers/moody.mjs', import.meta.url),
    heapMb: 48,
    usesExif: true,
  });
  const log: Record<string, unknown>[] = [];
  let host: ImageHost;
  let shelfline: TestApplication;
  let threads: TestApplication;

  beforeAll(async () => {
    host = await ImageHost.start();
    const lines = { write: (line: string) => void log.push(JSON.parse(line)) };
    const options = { timeoutMs: TIMEOUT_MS, maxResultBytes: MAX_RESULT_BYTES };
    const steady: ImageAnalyzer = { name: 'steady', analyze: async ({ width }) => ({ width }) };
    shelfline = await startAnalysing([moody, steady], options, { IMAGE_TIMEOUT_MS: '2500' }, lines);
    threads = await startAnalysing([inThread], options, {}, lines);
  });

  afterAll(async () => {
    await shelfline.close();
    await threads.close();
    await host.close();
  });

  beforeEach(() => {
    log.length = 0;
  });

  async function getResults(
    app: TestApplication,
    urls: readonly string[],
  ): Promise<{ jobId: string; items: Item[] }> {
    const jobId = await app.submit([{ store_id: 'RP00002', image_url: urls }]);
    await app.finished(jobId, 50_000);
    return { jobId, items: (await app.get(`/api/jobs/${jobId}/images?limit=1000`)).json.items };
  }

  it('findings of analyzers appear in the API, in NDJSON and in CSV', async () => {
    const urls = ['found', 'nothing', 'null'].map((mood) => host.serve(`/${mood}-a.jpg`, JPEG));
    const { jobId, items } = await getResults(shelfline, urls);
    const width = items[0]?.width;
    const analyses = [
      { moody: { store: 'RP00002', '=1+1': [null, true, 1.5, 'ß"\n'] }, steady: { width } },
      { steady: { width } },
      { moody: null, steady: { width } },
    ];
    expect(items.map(({ status, analysis }) => [status, analysis])).toEqual(
      analyses.map((analysis) => ['succeeded', analysis]),
    );
    const lines = await shelfline.get(`/api/jobs/${jobId}/images`, { accept: 'application/x-ndjson' });
    expect(
      lines.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).analysis),
    ).toEqual(analyses);
    const table = await shelfline.get(`/api/jobs/${jobId}/images`, { accept: 'text/csv' });
    const rows: Record<string, string>[] = parse(table.text, { columns: true });
    expect(rows.map(({ analysis }) => JSON.parse(analysis ?? ''))).toEqual(analyses);
    expect(rows.map(({ analysis }) => analysis?.[0])).toEqual(['{', '{', '{']);
  });

  it('an analyzer that uses EXIF gets the EXIF block, wherever it is in the file', async () => {
    const exif = toExifBlock({ image: [[TAGS.model, 'Shelf 3']] }, 'MM');
    const photo = heifFile({
      items: [
        { id: 1, type: 'hvc1', properties: [1, 2] },
        { id: 2, type: 'Exif', data: exifItem(exif) },
      ],
      primary: 1,
      properties: [property.ispe(40, 30), property.irot(0)],
      picture: 300_000,
    });
    const urls = [
      host.serve('/exif-1.jpg', withExif(JPEG, exif)),
      host.serve('/exif-2.heic', photo),
      host.serve('/exif-3.jpg', JPEG),
    ];
    for (const [app, name, behind] of [
      [shelfline, 'moody', 'none'],
      [threads, 'thread', 'MM'],
    ] as const) {
      const { items } = await getResults(app, urls);
      expect(items.map(({ analysis }) => analysis[name])).toEqual(['MM', behind, 'none']);
    }
  });

  it('an analyzer sees each row of a URL, whose bytes are fetched once', async () => {
    const url = host.serve('/seen-once.jpg', JPEG);
    const visits = ['2024-11-16T12:00:00Z', '2024-11-17T09:30:00Z'].map((visit_time, index) => ({
      store_id: `RP0000${index + 2}`,
      image_url: [url],
      visit_time,
    }));
    const jobId = await shelfline.submit(visits);
    await shelfline.finished(jobId);
    const { items } = (await shelfline.get(`/api/jobs/${jobId}/images`)).json;
    expect(items.map((item: { analysis: { moody: string } }) => item.analysis.moody)).toEqual([
      '2024-11-16T12:00:00.000Z',
      '2024-11-17T09:30:00.000Z',
    ]);
    expect(host.requestsFor('/seen-once.jpg')).toHaveLength(1);
    expect(moody.seen).toEqual(
      items.map((item: Record<string, unknown>) => ({
        job_id: jobId,
        image_id: item.image_id,
        store_id: item.store_id,
        visit_time: new Date(String(item.visit_time)),
        time_zone: null,
        url,
        width: item.width,
        height: item.height,
        format: 'jpg',
        mime: 'image/jpeg',
        orientation: item.orientation,
        content_length: JPEG.length,
      })),
    );
  });

  it('an analyzer that throws, hangs, rejects or returns an invalid value fails only its image, with a reason and a log line', async () => {
    const moods = ['found', 'throw', 'odd', 'reject', 'hang', ...Object.keys(RUBBISH), 'nothing'];
    const { jobId, items } = await getResults(
      shelfline,
      moods.map((mood) => host.serve(`/${mood}-b.jpg`, JPEG)),
    );
    const no = 'the analyzer moody failed';
    expect(
      Object.fromEntries(
        items.map(({ image_url, error_code, error }) => [
          getMood(image_url),
          error_code && [error_code, error],
        ]),
      ),
    ).toEqual({
      found: null,
      nothing: null,
      throw: ['analysis_failed', no],
      odd: ['analysis_failed', no],
      reject: ['rejected', 'too dark to see'],
      hang: ['analysis_timeout', 'the analyzer moody did not end within 1 s'],
      date: ['analysis_failed', `${no}: its result is no JSON: it holds an object of a class`],
      nan: ['analysis_failed', `${no}: its result is no JSON: it holds a number that is NaN`],
      function: ['analysis_failed', `${no}: its result is no JSON: it holds function`],
      nul: ['analysis_failed', `${no}: its result holds a NUL character`],
      half: ['analysis_failed', `${no}: its result holds half of a character`],
      cycle: ['analysis_failed', `${no}: its result is nested too deeply, or holds itself`],
      large: ['analysis_failed', `${no}: its result is larger than ${MAX_RESULT_BYTES} bytes`],
      bigint: ['analysis_failed', `${no}: its result is no JSON: it holds bigint`],
    });
    // What the other analyzer found is kept, and none is tried again.
    for (const { attempts, analysis, width, status } of items) {
      expect([attempts, analysis.steady, width]).toEqual([
        1,
        { width: items[0]?.width },
        status === 'succeeded' ? items[0]?.width : null,
      ]);
    }
    expect(moody.aborted).toEqual([expect.objectContaining({ name: 'TimeoutError' })]);
    const told = log.map(({ event, analyzer, job_id, image_id, error }) => ({
      event,
      analyzer,
      job_id,
      image_id,
      error,
    }));
    const about = { analyzer: 'moody', job_id: jobId };
    expect(told).toHaveLength(moods.length - 3);
    expect(told).toContainEqual({
      ...about,
      event: 'analysis_failed',
      image_id: items[1]?.image_id,
      error: 'cannot open /srv/models/shelf.bin',
    });
    expect(told).toContainEqual({
      ...about,
      event: 'analysis_timeout',
      image_id: items[4]?.image_id,
      error: undefined,
    });
  });

  it('a retry runs the analyzers again and keeps no earlier finding', async () => {
    const url = host.serve('/throw-c.jpg', JPEG);
    const { jobId, items } = await getResults(shelfline, [url]);
    expect(items[0]?.analysis).toEqual({ steady: { width: expect.any(Number) } });
    host.serve('/throw-c.jpg', Buffer.from('no image any more'));
    await shelfline.post(`/api/jobs/${jobId}/retry`, '');
    await shelfline.finished(jobId);
    const { items: after } = (await shelfline.get(`/api/jobs/${jobId}/images`)).json;
    expect(after).toMatchObject([{ error_code: 'not_an_image', analysis: {}, attempts: 2 }]);
  });

  it('an analyzer that requests the whole file gets it, with one further range if the host supports ranges', async () => {
    const ranged = host.serve('/whole-ranged.jpg', LARGE, { headers: { etag: '"1"' } });
    const plain = host.serve('/whole-plain.jpg', LARGE, { ranges: false, chunked: true });
    const short = host.serve('/whole-short.jpg', JPEG);
    host.redirect('/whole-moved.jpg', ranged);
    const { items } = await getResults(shelfline, [ranged, plain, short, host.url('/whole-moved.jpg')]);
    const found = { digest: digest(LARGE), same: true, isWhole: false };
    expect(items.map(({ analysis }) => analysis.moody)).toEqual([
      { ...found, start: 16_384 },
      { ...found, start: expect.any(Number) },
      { digest: digest(JPEG), same: true, isWhole: true, start: JPEG.length },
      { ...found, start: 16_384 },
    ]);
    expect(
      host.ranges('/whole-ranged.jpg').filter((range) => range?.startsWith('bytes=16384-')),
    ).toHaveLength(2);
    expect(
      host
        .requestsFor('/whole-ranged.jpg')
        .map(({ bytes }) => bytes)
        .toSorted((a, b) => a - b),
    ).toEqual([16_384, 16_384, LARGE.length - 16_384, LARGE.length - 16_384]);
    expect(host.requestsFor('/whole-short.jpg')).toHaveLength(1);
  });

  it('an image whose whole file an analyzer cannot get follows the rules for faults of hosts', async () => {
    let asked = 0;
    const flaky = host.handle('/lost-flaky.jpg', (request, response) => {
      asked += 1;
      // The start comes, the rest comes at the third try.
      if (request.headers.range === 'bytes=0-16383') {
        response.writeHead(206, {
          'content-range': `bytes 0-16383/${LARGE.length}`,
          'content-length': 16_384,
        });
        return response.end(LARGE.subarray(0, 16_384));
      }
      return asked < 6 ? response.writeHead(500).end() : response.writeHead(200).end(LARGE);
    });
    const gone = host.handle('/lost-gone.jpg', (request, response) => {
      if (request.headers.range !== 'bytes=0-16383') return response.writeHead(410).end();
      response.writeHead(206, { 'content-range': `bytes 0-16383/${LARGE.length}`, 'content-length': 16_384 });
      return response.end(LARGE.subarray(0, 16_384));
    });
    const slow = host.serve('/slow-a.jpg', LARGE, { pieces: 60_000 });
    const { items } = await getResults(shelfline, [flaky, gone, slow]);
    expect(items).toMatchObject([
      { status: 'succeeded', attempts: 3, analysis: { moody: LARGE.length } },
      { status: 'failed', attempts: 1, error_code: 'http_status', error: 'the host answered 410 Gone' },
      { status: 'succeeded', analysis: { moody: 'it came' } },
    ]);
  });

  it('an analyzer that blocks the event loop fails its image, and costs other images no attempt', async () => {
    const slow = Array.from({ length: 20 }, (_, n) =>
      host.handle(`/nothing-s${n}.jpg`, (_request, response) => {
        void pause(300).then(() => response.writeHead(200).end(JPEG));
      }),
    );
    const blocks = ['a', 'b'].map((name) => host.serve(`/block-${name}.jpg`, JPEG));
    const { items } = await getResults(shelfline, [...blocks, ...slow]);
    expect(items.slice(0, 2)).toMatchObject(
      blocks.map(() => ({ error_code: 'analysis_timeout', attempts: 1 })),
    );
    expect(items.slice(2)).toMatchObject(slow.map(() => ({ status: 'succeeded', attempts: 1 })));
  }, 60_000);

  it('an analyzer in a thread that never ends, exits or uses all memory fails only its image', async () => {
    const moods = [
      'fine',
      'endless',
      'fine',
      'exit',
      'fine',
      'full',
      'throw',
      'reject',
      'date',
      'whole',
      'fine',
    ];
    const { items } = await getResults(
      threads,
      moods.map((mood, n) => host.serve(`/${mood}-t${n}.jpg`, LARGE)),
    );
    const fine = [null, { thread: { store: 'RP00002', year: 2024, start: 16_384 } }];
    const no = 'the analyzer thread failed';
    expect(items.map(({ error, analysis }) => (error === null ? [error, analysis] : error))).toEqual([
      fine,
      'the analyzer thread did not end within 1 s',
      fine,
      no,
      fine,
      expect.stringMatching(/^the analyzer thread (failed|did not end within 1 s)$/),
      no,
      'too dark',
      `${no}: its result is no JSON: it holds an object of a class`,
      [null, { thread: { bytes: LARGE.length, again: LARGE.length } }],
      fine,
    ]);
    expect(log.map(({ error }) => error)).toContain('something in the thread');
  });

  it('an image whose whole file an analyzer in a thread cannot get follows the rules for faults of hosts', async () => {
    const url = host.handle('/lost-t.jpg', (request, response) => {
      if (request.headers.range !== 'bytes=0-16383') return response.writeHead(404).end();
      response.writeHead(206, { 'content-range': `bytes 0-16383/${LARGE.length}`, 'content-length': 16_384 });
      return response.end(LARGE.subarray(0, 16_384));
    });
    const { items } = await getResults(threads, [url]);
    expect(items).toMatchObject([{ error_code: 'http_status', error: 'the host answered 404 Not Found' }]);
  });

  it('an analyzer may ignore that the whole file cannot be fetched', async () => {
    const url = host.handle('/heedless-a.jpg', (request, response) => {
      if (request.headers.range !== 'bytes=0-16383') return response.writeHead(404).end();
      response.writeHead(206, { 'content-range': `bytes 0-16383/${LARGE.length}`, 'content-length': 16_384 });
      return response.end(LARGE.subarray(0, 16_384));
    });
    for (const [app, name] of [
      [shelfline, 'moody'],
      [threads, 'thread'],
    ] as const) {
      const { items } = await getResults(app, [url]);
      expect(items).toMatchObject([{ status: 'succeeded', analysis: { [name]: 'unharmed' } }]);
    }
  });
});
