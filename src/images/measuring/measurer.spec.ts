import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type ImageSize, MAX_DIMENSION, type Measurement } from './measurement.js';
import { PHOTO_FILES } from '../../../test/support/photo-files.js';
import { TiffBuilder } from '../../../test/support/tiff-builder.js';
import { MAX_LEAPS, Measurer, SURE_START } from './measurer.js';

const FIXTURES = new URL('../../../test/fixtures/images/', import.meta.url);
const MANIFEST: Record<string, { width: number; height: number; format: string }> = JSON.parse(
  readFileSync(new URL('manifest.json', FIXTURES), 'utf8'),
);
const NAMES = Object.keys(MANIFEST);
const fixtures = new Map(NAMES.map((name) => [name, readFileSync(new URL(name, FIXTURES))]));
const fixture = (name: string): Buffer => fixtures.get(name) ?? Buffer.alloc(0);

/** What a file comes to that arrives in these pieces. */
function measure(...pieces: Buffer[]): Measurement {
  const measurer = new Measurer();
  for (const piece of pieces) measurer.push(piece);
  return measurer.end();
}

/** The pieces of a file that is cut at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const bounds = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  bounds.sort((one, other) => one - other);
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}

/** Whether a size is one that an image can have. */
function canBe({ width, height, orientation }: ImageSize): boolean {
  const isSide = (side: number): boolean => Number.isInteger(side) && side >= 1 && side <= MAX_DIMENSION;
  return isSide(width) && isSide(height) && [null, 1, 2, 3, 4, 5, 6, 7, 8].includes(orientation);
}

/** Places to cut a file, most of them where the fields are. */
const someCuts = fc.array(fc.oneof(fc.nat({ max: 64 }), fc.nat({ max: 1_000 }), fc.nat({ max: 20_000 })), {
  maxLength: 12,
});

/** A fixture of which some bytes are others, gone, or joined by more; most of them where the fields are. */
const aSpoiledFile = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.array(
      fc.record({
        at: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 400 }), fc.nat({ max: 20_000 })),
        bytes: fc.uint8Array({ maxLength: 4 }),
        gone: fc.nat({ max: 4 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([name, edits]) => {
    let bytes = fixture(name);
    for (const { at, bytes: others, gone } of edits) {
      const from = at % bytes.length;
      bytes = Buffer.concat([bytes.subarray(0, from), others, bytes.subarray(from + gone)]);
      if (bytes.length === 0) break;
    }
    return bytes;
  });

describe('an image', () => {
  it.each(NAMES)('is as large as it is: %s', (name) => {
    expect(measure(fixture(name))).toMatchObject({ kind: 'size', ...MANIFEST[name] });
  });

  it.each(NAMES)('is measured the same however it is cut: %s', (name) => {
    const bytes = fixture(name);
    const whole = measure(bytes);
    fc.assert(
      fc.property(someCuts, (places) => {
        expect(measure(...cut(bytes, places))).toEqual(whole);
      }),
      { numRuns: 60 },
    );
    expect(measure(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(whole);
  });

  it.each(NAMES)('has its right size or none when it ends early: %s', (name) => {
    const bytes = fixture(name);
    const { width, height } = MANIFEST[name] ?? {};
    const odd: unknown[] = [];
    for (let length = 0; length < bytes.length; length += 1) {
      const said = measure(bytes.subarray(0, length));
      if (said.kind === 'size' && (said.width !== width || said.height !== height)) odd.push([length, said]);
      if (said.kind === 'more') odd.push([length, said]);
    }
    expect(odd).toEqual([]);
  });

  it.each(NAMES)('is measured the same whatever follows it: %s', (name) => {
    const bytes = fixture(name);
    for (const following of [Buffer.alloc(1_000), Buffer.alloc(1_000, 0xff), fixture('endcap.png')]) {
      expect(measure(Buffer.concat([bytes, following]))).toEqual(measure(bytes));
    }
  });

  it('has its orientation, if any, and its size before rotation', () => {
    expect(measure(fixture('cooler-rotated.jpg'))).toMatchObject({ width: 160, height: 121, orientation: 6 });
    expect(measure(fixture('shelf-front.jpg'))).toMatchObject({ orientation: null });
  });

  it.each(['rack-lossless.webp', 'rack-lossy.webp'])(
    'has its size in the first 64 bytes if it is a WebP without an orientation: %s',
    (name) => {
      expect(new Measurer().push(fixture(name).subarray(0, 64))).toMatchObject({
        kind: 'size',
        ...MANIFEST[name],
      });
    },
  );

  it('has its size early if only its orientation is at the end', () => {
    const bytes = fixture('rack-exif.webp');
    const measurer = new Measurer();
    expect(measurer.push(bytes.subarray(0, 64))).toMatchObject({
      kind: 'more',
      soFar: MANIFEST['rack-exif.webp'],
    });
    expect(measurer.end()).toMatchObject({ kind: 'size', orientation: null });
    expect(measure(bytes)).toMatchObject({ orientation: expect.any(Number) });
  });
});

describe('a file of a format whose size is not read', () => {
  it.each([
    ['JPEG XR file', 'II\xbc\x01'],
    ['CRW raw file', 'II\x1a\0\0\0HEAPCCDR'],
    ['MRW raw file', '\0MRM'],
    ['RAF raw file', 'FUJIFILMCCD-RAW 0201'],
    ['X3F raw file', 'FOVb'],
  ])('is unsupported and not damaged: %s', (format, start) => {
    const file = Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(1_000)]);
    expect(measure(file)).toEqual({ kind: 'unsupported', format });
  });
});

describe('a file that is spoiled', () => {
  it('has a valid size or none, and the same however it is cut', () => {
    fc.assert(
      fc.property(aSpoiledFile, someCuts, (bytes, places) => {
        const said = measure(bytes);
        expect(said.kind).not.toBe('more');
        expect(said.kind !== 'size' || canBe(said)).toBe(true);
        expect(measure(...cut(bytes, places))).toEqual(said);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['a text', Buffer.from('Not found'), 'not_an_image'],
    [
      'a text that begins like a bitmap',
      Buffer.from('BM is short for bitmap, as everybody knows'),
      'not_an_image',
    ],
    ['a page', Buffer.from('<!doctype html><svg width="1" height="1"/>'), 'not_an_image'],
    ['a JSON', Buffer.from('{"image":"<svg width=\'1\' height=\'1\'/>"}'), 'not_an_image'],
    ['white space', Buffer.from(' \n'.repeat(50)), 'not_an_image'],
    ['a little white space', Buffer.from('\uFEFF \n'), 'not_an_image'],
    ['a first box of half a gigabyte', Buffer.from('    ftypavif    avif'), 'cut_short'],
    ['zeros', Buffer.alloc(100_000), 'not_an_image'],
    ['a film', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomavc1', 'latin1'), 'not_an_image'],
    [
      'a GIF that ends before the frame that has its width',
      Buffer.from('GIF89a\0\0\x01\0', 'latin1'),
      'cut_short',
    ],
    ['a JPEG that ends before its size', fixture('shelf-front.jpg').subarray(0, 20), 'cut_short'],
    ['a JPEG without a frame', Buffer.from('ffd8ffdaffff', 'hex'), 'broken'],
    ['an SVG of no size', Buffer.from('<svg/>'), 'unmeasurable'],
    ['an SVG that ends in its root tag', Buffer.from('<svg width="1"'), 'cut_short'],
  ])('is recognised as such: %s', (_what, bytes, kind) => {
    expect(measure(bytes)).toEqual({ kind });
    expect(measure(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual({ kind });
  });

  it.each([
    ['comments', Buffer.from(`<!--${'-'.repeat(70_000)}`)],
    ['declarations', Buffer.from('<?a?>'.repeat(14_000))],
    ['attributes', Buffer.from(`<svg ${'a '.repeat(35_000)}`)],
    ['white space', Buffer.alloc(70_000, ' ')],
    ['markers', Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(70_000, 0xff)])],
    ['brands', Buffer.concat([Buffer.from('ffffffff66747970', 'hex'), Buffer.alloc(70_000, 'a')])],
  ])('costs little though it is all %s, byte by byte', (_what, bytes) => {
    expect(measure(...Array.from(bytes, (byte) => Buffer.of(byte))).kind).not.toBe('size');
  });
});

describe('an SVG', () => {
  const root = '<svg width="2" height="3">';

  it('has its root tag within some 1 MiB, or none', () => {
    const behind = (bytes: number): Buffer => Buffer.from(`<!--${'x'.repeat(bytes - 7)}-->${root}`);
    expect(measure(behind(1_000_000))).toMatchObject({ kind: 'size', width: 2, height: 3 });
    expect(measure(behind(1_200_000))).toEqual({ kind: 'not_an_image' });
  });

  it('has a root tag of up to 64 KiB, or none', () => {
    const withName = (length: number): Buffer =>
      Buffer.from(`<svg width="2" height="3" a="${'x'.repeat(length)}">`);
    expect(measure(withName(60_000))).toMatchObject({ kind: 'size', width: 2, height: 3 });
    expect(measure(withName(200_000))).toEqual({ kind: 'broken' });
  });

  it.each([
    ['UTF-8', Buffer.from(root)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF\n${root}`)],
    ['UTF-16, little end first', Buffer.from(`\uFEFF\n${root}`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\uFEFF\n${root}`, 'utf16le').swap16()],
  ])('is read in %s, however it is cut', (_encoding, bytes) => {
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(measure(bytes.subarray(0, at), bytes.subarray(at))).toMatchObject({
        kind: 'size',
        width: 2,
        height: 3,
      });
    }
  });
});

describe('a file that comes from wherever it is wanted', () => {
  const files = [...NAMES.map(fixture), ...PHOTO_FILES.map(({ bytes }) => bytes)];

  /** By parts of these lengths, as a host that honours ranges sends them, or by plain answers from the start. */
  function measureFrom(file: Buffer, lengths: readonly number[], ranged: boolean): Measurement {
    const measurer = new Measurer();
    for (let answers = 0; measurer.measurement.kind === 'more' && answers < 1_000; answers += 1) {
      let at = ranged && answers > 0 ? measurer.wantedAt : 0;
      measurer.moveTo(at);
      const end = ranged ? Math.max(at + (lengths[answers % lengths.length] ?? 1), SURE_START) : Infinity;
      for (let chunks = 0; at < Math.min(end, file.length); chunks += 1) {
        const next = Math.min(at + (lengths[chunks % lengths.length] ?? 1), end);
        measurer.push(file.subarray(at, next));
        at = next;
      }
      if (Math.max(at, measurer.wantedAt) >= file.length) measurer.endsAt(file.length);
    }
    return measurer.measurement;
  }

  it('is measured the same, whichever parts of it come along', () => {
    const lengths = fc.array(fc.integer({ min: 1_000, max: 70_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...files), lengths, lengths, (file, one, other) => {
        const said = measureFrom(file, one, true);
        expect(said.kind).not.toBe('more');
        expect(measureFrom(file, other, true)).toEqual(said);
        expect(measureFrom(file, one, false)).toEqual(said);
      }),
      { numRuns: 500 },
    );
  });

  it('is read in few parts, even if it has wrong offsets', () => {
    // Directories of a TIFF, each of which says that the next stands at the other end of the file.
    const far = 3_000_000;
    const tiff = new TiffBuilder();
    const first = tiff.directory([], far);
    tiff.fillTo(far);
    tiff.directory([], first);
    const measurer = new Measurer();
    let parts = 0;
    const file = tiff.build(first);
    while (measurer.measurement.kind === 'more') {
      const at = measurer.wantedAt;
      parts += 1;
      measurer.moveTo(at);
      measurer.push(file.subarray(at, at + SURE_START));
      if (measurer.wantedAt >= file.length) measurer.endsAt(file.length);
    }
    expect(parts).toBeLessThanOrEqual(MAX_LEAPS + 2);
  });
});
