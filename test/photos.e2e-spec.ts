import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toFileInterest } from '../src/images/analysis/analyzers.module.js';
import { ExifAnalyzer } from '../src/images/analysis/exif/exif-analyzer.js';
import type { ImageAnalyzer } from '../src/images/analysis/image-analyzer.js';
import { ImageFetcher } from '../src/images/fetching/image-fetcher.js';
import type { ImageOutcome } from '../src/images/fetching/image-outcome.js';
import { AddressRule } from '../src/outbound/address-rule.js';
import { HostRule } from '../src/outbound/host-rule.js';
import { systemLookup } from '../src/outbound/lookup.js';
import { TestApplication } from './support/application.js';
import { toExifBlock, TAGS } from './support/exif.js';
import { fetchOne } from './support/fetch-one.js';
import { exifItem, ftyp, heifFile, type HeifLayout, property, uint } from './support/heif-builder.js';
import { type Behaviour, ImageHost } from './support/image-host.js';
import { PHOTO_FILES } from './support/photo-files.js';

const RULES = { allowedNetworks: ['127.0.0.0/8'], allowedHosts: [] };

function fetcher(analyzers: readonly ImageAnalyzer[], maxBytes = 26_214_400): ImageFetcher {
  const options = {
    concurrency: 64,
    hostConcurrency: 16,
    timeoutMs: 10_000,
    maxBytes,
    memoryBytes: 134_217_728,
    userAgent: 'shelfline/test',
  };
  return new ImageFetcher(
    new AddressRule(RULES),
    new HostRule(RULES),
    systemLookup,
    options,
    toFileInterest(analyzers),
  );
}

function said(outcome: ImageOutcome): string {
  if (outcome.kind !== 'measured') return outcome.kind === 'failed' ? outcome.code : outcome.kind;
  return sizeText(outcome.width, outcome.height, outcome.orientation);
}

function sizeText(width: number, height: number, orientation: number | null): string {
  return `${width} × ${height}${orientation === null ? '' : `, ${orientation}`}`;
}

interface Result {
  readonly image_url: string;
  readonly error_code: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly orientation: number | null;
  readonly analysis: { readonly exif?: { readonly camera: string | null } };
}

let host: ImageHost;
let served = 0;

beforeAll(async () => {
  host = await ImageHost.start();
});

afterAll(() => host.close());

describe('a photo', () => {
  const images = fetcher([new ExifAnalyzer()]);

  afterAll(() => images.onApplicationShutdown());

  describe.each<[string, Behaviour]>([
    ['honours ranges', {}],
    ['ignores ranges', { ranges: false }],
    ['sends chunks of unknown length', { ranges: false, chunked: true }],
    ['sends no more than 5,000 bytes at a time', { longestPart: 5_000 }],
    ['sends 999 bytes in a piece', { pieces: 999 }],
  ])('of a host that %s', (_behaviour, behaviour) => {
    // A host that sends parts so small takes too many requests for what stands behind 300 KB.
    const files =
      behaviour.longestPart === undefined
        ? PHOTO_FILES
        : PHOTO_FILES.filter(({ bytes }) => bytes.length < 60_000 || bytes.length > 250_000);

    it.each(files.map((file) => [file.name, file] as const))(
      'a photo is measured with its format and orientation: %s',
      async (_name, file) => {
        served += 1;
        const outcome = await fetchOne(images, host.serve(`/${served}`, file.bytes, behaviour));
        expect(said(outcome)).toBe(file.says);
        expect(outcome.kind === 'measured' && outcome.start?.exif != null).toBe(file.camera !== undefined);
      },
    );
  });
});

describe('the bytes that are read of a photo', () => {
  const { ispe, irot } = property;
  const FAR = 4_000_000;
  const exif = toExifBlock({ image: [[TAGS.model, 'Shelf 3']] });
  const turned = toExifBlock({ image: [[0x0112, 8]] });
  const photo = (block: Buffer | undefined, more: Partial<HeifLayout>, transforms = [irot(3)]): Buffer =>
    heifFile({
      items: [
        { id: 1, type: 'hvc1', properties: [1, ...transforms.map((_, index) => index + 2)] },
        ...(block === undefined ? [] : [{ id: 2, type: 'Exif', data: exifItem(block) }]),
      ],
      primary: 1,
      properties: [ispe(4032, 3024), ...transforms],
      picture: FAR,
      ...more,
    });
  const [looking, plain, small] = [fetcher([new ExifAnalyzer()]), fetcher([]), fetcher([], 1_000_000)];

  afterAll(() => Promise.all([looking, plain, small].map((images) => images.onApplicationShutdown())));

  async function requests(
    bytes: Buffer,
    images: ImageFetcher,
    behaviour: Behaviour = {},
  ): Promise<{ readonly says: string; readonly ranges: readonly (string | undefined)[] }> {
    served += 1;
    const outcome = await fetchOne(images, host.serve(`/${served}`, bytes, behaviour));
    return { says: said(outcome), ranges: host.ranges(`/${served}`) };
  }

  it('a photo with its boxes in front needs one range', async () => {
    expect(await requests(photo(undefined, {}), looking)).toEqual({
      says: '4032 × 3024, 6',
      ranges: ['bytes=0-16383'],
    });
  });

  it('a photo with its pixels in front needs two ranges, however large it is', async () => {
    const bytes = photo(undefined, { order: 'mdat first' });
    const metaAt = bytes.indexOf('meta') - 4;
    expect(await requests(bytes, looking)).toEqual({
      says: '4032 × 3024, 6',
      ranges: ['bytes=0-16383', `bytes=${metaAt}-${metaAt + 16_383}`],
    });
  });

  it('EXIF behind the pixels needs one more range, if it is used', async () => {
    const bytes = photo(exif, {});
    expect((await requests(bytes, looking)).ranges).toHaveLength(2);
    expect(await requests(bytes, plain)).toEqual({ says: '4032 × 3024, 6', ranges: ['bytes=0-16383'] });
  });

  it('an orientation that only EXIF has needs one more range', async () => {
    const bytes = photo(turned, {}, []);
    expect(await requests(bytes, plain)).toMatchObject({
      says: '4032 × 3024, 8',
      ranges: [{}, {}].map(() => expect.any(String)),
    });
  });

  it('EXIF in front of the boxes is read by going back', async () => {
    const bytes = photo(exif, { order: 'mdat first' });
    expect((await requests(bytes, looking)).ranges).toHaveLength(3);
    expect((await requests(bytes, plain)).ranges).toHaveLength(2);
  });

  it('a photo of a host without ranges is read through, and a second time to go back', async () => {
    const bytes = photo(exif, { order: 'mdat first' });
    expect(await requests(bytes, plain, { ranges: false })).toEqual({
      says: '4032 × 3024, 6',
      ranges: ['bytes=0-16383'],
    });
    expect(await requests(bytes, looking, { ranges: false })).toEqual({
      says: '4032 × 3024, 6',
      ranges: ['bytes=0-16383', undefined],
    });
  });

  it('a photo is read only up to the limit of an image', async () => {
    const behind = photo(undefined, { order: 'mdat first' });
    expect((await requests(behind, small)).says).toBe('4032 × 3024, 6');
    expect((await requests(behind, small, { ranges: false })).says).toBe('too_large');
    // What is known counts where no more than the orientation is wanted.
    expect((await requests(photo(turned, {}, []), small, { ranges: false })).says).toBe('4032 × 3024');
  });

  it('a download may break off once the size is known', async () => {
    const bytes = photo(turned, { picture: 100_000 }, []);
    expect((await requests(bytes, looking, { ranges: false, closeAfter: 50_000 })).says).toBe('4032 × 3024');
  });

  it('a photo that changes meanwhile is requested again', async () => {
    const bytes = photo(undefined, { order: 'mdat first' });
    served += 1;
    const path = `/${served}`;
    let answers = 0;
    const url = host.handle(path, (request, response) => {
      answers += 1;
      const [from = 0, to = 0] =
        /(\d+)-(\d+)/
          .exec(request.headers.range ?? '')
          ?.slice(1)
          .map(Number) ?? [];
      const part = bytes.subarray(from, to + 1);
      const etag = answers === 1 ? '"old"' : '"new"';
      const range = `bytes ${from}-${from + part.length - 1}/${bytes.length}`;
      response.writeHead(206, { 'content-range': range, 'content-length': part.length, etag }).end(part);
    });
    expect(said(await fetchOne(plain, url))).toBe('4032 × 3024, 6');
    expect(host.ranges(path)).toHaveLength(4);
  });

  it('a photo ends where the file ends, although a box claims more than may be read', async () => {
    const mdat = Buffer.concat([uint(4, 0x7fffffff), Buffer.from('mdat'), Buffer.alloc(90_000)]);
    const bytes = Buffer.concat([ftyp('heic'), mdat]);
    expect((await requests(bytes, plain)).says).toBe('broken_image');
    expect((await requests(bytes, plain, { ranges: false })).says).toBe('broken_image');
    expect((await requests(bytes, plain, { ranges: false, chunked: true })).says).toBe('broken_image');
  });

  it('a photo ends where the file ends, whatever its boxes claim', async () => {
    const bytes = photo(undefined, { order: 'mdat first' }).subarray(0, 100_000);
    expect((await requests(bytes, plain)).says).toBe('broken_image');
    expect((await requests(bytes, plain, { ranges: false })).says).toBe('broken_image');
  });
});

describe('the results of photos', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start({ IMAGE_EXIF_TIME_ZONE: 'UTC' });
  });

  afterAll(() => shelfline.close());

  it.each<[string, Behaviour]>([
    ['with ranges', {}],
    ['without ranges', { ranges: false }],
  ])('results of photos have sizes, orientations and cameras, %s', async (_how, behaviour) => {
    served += 1;
    const urls = PHOTO_FILES.map(({ name, bytes }) => host.serve(`/${served}/${name}`, bytes, behaviour));
    const jobId = await shelfline.submit([{ store_id: 'RP00002', image_url: urls }]);
    await shelfline.finished(jobId);
    const { items } = (await shelfline.get(`/api/jobs/${jobId}/images?limit=100`)).json;
    const results = items.map((item: Result) => ({
      name: item.image_url.split('/').at(-1),
      says: item.error_code ?? sizeText(item.width ?? 0, item.height ?? 0, item.orientation),
      camera: item.analysis.exif?.camera,
    }));
    expect(results).toEqual(PHOTO_FILES.map(({ name, says, camera }) => ({ name, says, camera })));
  });
});
