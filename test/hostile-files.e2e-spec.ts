import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_DIMENSION, type Measurement } from '../src/images/measuring/measurement.js';
import { Measurer } from '../src/images/measuring/measurer.js';
import * as files from './support/hostile-files.js';
import { LONG_FILES, getPieces } from './support/hostile-files.js';
import type { Effort } from './support/measuring-process.js';

const IMAGE_MAX_BYTES = 26_214_400;
/** The largest number of a PostgreSQL integer, which the columns of sizes are. */
const MAX_INTEGER = 2_147_483_647;
const FOUR_BILLION = 4_294_967_295;

const FIXTURES = new URL('fixtures/images/', import.meta.url);
const NAMES = Object.keys(JSON.parse(readFileSync(new URL('manifest.json', FIXTURES), 'utf8')) as object);
const FILES = NAMES.map((name) => readFileSync(new URL(name, FIXTURES)));

function measure(...pieces: Buffer[]): Measurement {
  const measurer = new Measurer();
  for (const piece of pieces) measurer.push(piece);
  return measurer.end();
}

/** `2 × 3`, or why there is no size. */
function said(bytes: Buffer | string): string {
  const measurement = measure(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return measurement.kind === 'size' ? `${measurement.width} × ${measurement.height}` : measurement.kind;
}

/** Whether a measurement is none, or a size that fits its columns. */
function canBeStored(measurement: Measurement): boolean {
  if (measurement.kind !== 'size') return measurement.kind !== 'more';
  const { width, height, orientation } = measurement;
  const whole = [width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_DIMENSION);
  const turned =
    orientation === null || (Number.isInteger(orientation) && orientation >= 1 && orientation <= 8);
  return whole && turned && 2 * (width + height) <= MAX_INTEGER;
}

const WIDE = { png: files.png, psd: files.psd, heif: files.heif, tiff: files.tiff, bmp: files.bmp };
const NARROW = { jpeg: files.jpeg, gif: files.gif };

describe('a file that lies about its size', () => {
  it.each(Object.entries({ ...WIDE, ...NARROW, webp: files.webp, lossy: files.webpLossy }))(
    'a file with a false size is measured as far as possible: %s',
    (_format, write) => {
      expect(said(write(2, 3))).toBe('2 × 3');
    },
  );

  it.each(Object.entries(WIDE))(
    'a file without a side, or with one above the limit, is broken: %s',
    (_format, write) => {
      expect(said(write(MAX_DIMENSION, MAX_DIMENSION))).toBe('1000000 × 1000000');
      for (const side of [0, MAX_DIMENSION + 1, 0x7fffffff, 0x80000000, FOUR_BILLION]) {
        expect(said(write(side, 1))).toBe('broken');
        // The height of a bitmap that stands from its top down is below zero.
        expect(said(write(1, side))).toBe(write === files.bmp && side === FOUR_BILLION ? '1 × 1' : 'broken');
      }
    },
  );

  it.each(Object.entries(NARROW))('a file without a side is broken: %s', (format, write) => {
    // The height of a JPEG may stand behind its first scan, which is not there.
    const withoutHeight = format === 'jpeg' ? 'cut_short' : 'broken';
    expect([said(write(0, 1)), said(write(1, 0)), said(write(0, 0))]).toEqual([
      'broken',
      withoutHeight,
      'broken',
    ]);
    expect(said(write(65_535, 65_535))).toBe('65535 × 65535');
  });

  it.each([
    ['a lossy WebP of no width', files.webpLossy(0, 1), 'broken'],
    ['a lossy WebP of no height', files.webpLossy(1, 0), 'broken'],
    ['a WebP of 16 million pixels', files.webp(16_777_216, 1), 'broken'],
    ['a TIFF of fractions', files.tiff(2, 3, 5), 'broken'],
    ['a TIFF of numbers with a sign', files.tiff(FOUR_BILLION, 3, 9), 'broken'],
    ['a TIFF of texts', files.tiff(2, 3, 2), 'broken'],
    ['a TIFF of several widths', files.tiff(2, 3, 4, 2), 'broken'],
    ['a TIFF of 4 billion widths', files.tiff(2, 3, 4, FOUR_BILLION), 'broken'],
    ['an SVG of fractions', '<svg width="1.5" height="2.4"/>', '2 × 2'],
    ['an SVG of next to nothing', '<svg width="1e-300" height="0.4"/>', 'broken'],
    ['an SVG below zero', '<svg width="-1" height="-1"/>', 'unmeasurable'],
    ['an SVG of 4 billion', '<svg width="4294967296" height="1"/>', 'broken'],
    ['an SVG without end', '<svg width="1e999" height="1"/>', 'broken'],
    ['an SVG of nothing by everything', '<svg width="0" viewBox="0 0 1 1e308"/>', 'broken'],
    ['an SVG of Infinity', '<svg width="Infinity" height="NaN"/>', 'unmeasurable'],
    ['an SVG of another unit', '<svg width="2em" height="3vw"/>', 'unmeasurable'],
    ['an SVG of huge inches', '<svg width="1e6in" height="1in"/>', 'broken'],
    ['an SVG of an entity', '<!DOCTYPE svg [<!ENTITY w "9">]><svg width="&w;" height="&w;"/>', '9 × 9'],
    [
      'an SVG of a billion laughs',
      `<!DOCTYPE svg [<!ENTITY a "ha">${'<!ENTITY b "&a;&a;&a;&a;">'.repeat(20)}]><svg width="2" height="3">&b;</svg>`,
      '2 × 3',
    ],
    [
      'an SVG of a file here',
      '<!DOCTYPE svg [<!ENTITY w SYSTEM "file:///etc/passwd">]><svg width="&w;"/>',
      'unmeasurable',
    ],
  ])('an unusual or impossible size has its result: %s', (_what, bytes, expected) => {
    expect(said(bytes)).toBe(expected);
  });

  it.each(
    [files.png, files.gif, files.jpeg, files.bmp, files.psd, files.webp, files.tiff, files.heif].map(
      (write) => [write.name, write(2, 3)] as const,
    ),
  )('the first ten bytes of a file have no size: %s', (_format, bytes) => {
    expect(said(bytes.subarray(0, 10))).toMatch(/^(?:cut_short|not_an_image)$/);
  });
});

describe('a file that is several things at once', () => {
  it.each([
    ['a GIF and a script', 'GIF89a/*\0\0\0\0*/=1;alert(1)', 'broken'],
    ['a PNG and an archive', Buffer.concat([files.png(2, 3), Buffer.from('PK\x03\x04')]), '2 × 3'],
    [
      'a JPEG and a page',
      Buffer.concat([files.jpeg(2, 3), Buffer.from('<html><svg width="9" height="9"/>')]),
      '2 × 3',
    ],
    ['a page and a JPEG', Buffer.concat([Buffer.from('<html>'), files.jpeg(2, 3)]), 'not_an_image'],
    [
      'a document and a JPEG',
      Buffer.concat([Buffer.from('%PDF-1.7 '.repeat(5)), files.jpeg(2, 3)]),
      'not_an_image',
    ],
    [
      'an archive and a PNG',
      Buffer.concat([Buffer.from('PK\x03\x04'.repeat(9)), files.png(2, 3)]),
      'not_an_image',
    ],
    [
      'an SVG and a PNG',
      Buffer.concat([Buffer.from('<svg width="4" height="5"/>'), files.png(2, 3)]),
      '4 × 5',
    ],
    [
      'a GIF and an SVG',
      Buffer.concat([files.gif(2, 3), Buffer.from('<svg width="4" height="5"/>')]),
      '2 × 3',
    ],
    [
      'a comment with a PNG, and an SVG',
      Buffer.concat([Buffer.from('<!--'), files.png(2, 3), Buffer.from('--><svg width="4" height="5"/>')]),
      '4 × 5',
    ],
    [
      'a film and an AVIF',
      Buffer.concat([files.box('ftyp', Buffer.from('isom\0\0\0\0isom')), files.heif(2, 3)]),
      'not_an_image',
    ],
    [
      'a sound in the box of a WebP',
      Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), files.webp(2, 3)]),
      'not_an_image',
    ],
    ['a program', '#!/bin/sh\n# GIF89a and a lot of other text', 'not_an_image'],
  ])('a file of several formats has the format that it begins with: %s', (_what, bytes, expected) => {
    expect(said(bytes)).toBe(expected);
  });
});

/** Bytes that begin as an image of some format, and go on as they like. */
const generated = fc
  .tuple(
    fc.constantFrom(...FILES, ...LONG_FILES.map(({ start }) => start)),
    fc.nat({ max: 64 }),
    fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
        fc.constantFrom(...LONG_FILES.map(({ unit }) => unit.subarray(0, 64))),
        fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, FOUR_BILLION).map((number) => {
          const bytes = Buffer.alloc(4);
          bytes.writeUInt32BE(number);
          return bytes;
        }),
      ),
      { maxLength: 40 },
    ),
  )
  .map(([start, length, more]) => Buffer.concat([start.subarray(0, length), ...more]));

/** A real file in which fields are overwritten by numbers that no image has, or by parts of another file. */
const mutated = fc
  .tuple(
    fc.constantFrom(...FILES),
    fc.constantFrom(...FILES),
    fc.array(
      fc.tuple(
        fc.oneof(fc.nat({ max: 64 }), fc.nat({ max: 2_000 })),
        fc.nat({ max: 2_000 }),
        fc.oneof(
          fc.constantFrom('00000000', 'ffffffff', '7fffffff', '80000000', '00000001'),
          fc.constant(''),
        ),
        fc.nat({ max: 64 }),
      ),
      { minLength: 1, maxLength: 8 },
    ),
  )
  .map(([file, other, edits]) => {
    const bytes = Buffer.from(file.subarray(0, 4_000));
    for (const [at, from, number, length] of edits) {
      if (number === '')
        other.copy(bytes, at % bytes.length, from % other.length, (from % other.length) + length);
      else bytes.write(number, at % bytes.length, 'hex');
    }
    return bytes;
  });

describe('whatever bytes a host sends', () => {
  it.each([
    ['generated', generated],
    ['mutated from real files', mutated],
  ])(
    'hostile bytes are measured without an exception, and their result can be stored: %s',
    (_what, arbitrary) => {
      fc.assert(
        fc.property(arbitrary, (bytes) => {
          expect(canBeStored(measure(bytes))).toBe(true);
        }),
        { numRuns: 5_000 },
      );
    },
  );
});

/** Bytes as a parser sees them, which count how often one of them, or a number or a text of them, is looked at. */
function counted(bytes: Buffer, look: () => void): Buffer {
  return new Proxy(bytes, {
    get: (target, name) => {
      if (typeof name === 'string' && /^\d+$/.test(name)) {
        look();
        return target[Number(name)];
      }
      if (name === 'subarray') {
        return (from?: number, to?: number) => counted(target.subarray(from, to), look);
      }
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        look();
        return Reflect.apply(value, target, given);
      };
    },
  });
}

describe('a file that keeps its parser at work', () => {
  const BITMAPS = LONG_FILES.filter(({ what }) => !what.startsWith('SVG'));
  let efforts: Effort[] = [];

  beforeAll(async () => {
    // A parser that never comes to an end costs that process, and this test.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [fileURLToPath(new URL('support/measuring-process.ts', import.meta.url)), String(IMAGE_MAX_BYTES)],
      { timeout: 50_000, killSignal: 'SIGKILL' },
    );
    efforts = JSON.parse(stdout);
  });

  it.each(LONG_FILES.map(({ what }, index) => [what, index] as const))(
    'a file that is expensive to parse is measured to its end or its limit, one piece at a time: %s',
    (what, index) => {
      const effort = efforts[index];
      expect(effort).toMatchObject({ what, kind: expect.not.stringMatching(/^more$/) });
    },
  );

  it.each(BITMAPS.map((file) => [file.what, file] as const))(
    'a file that is expensive to parse has at most twice as many accesses as bytes: %s',
    (_what, file) => {
      let looks = 0;
      let bytes = 0;
      const [measurer, plain] = [new Measurer(), new Measurer()];
      for (const piece of getPieces(file, 131_072)) {
        bytes += piece.length;
        plain.push(piece);
        measurer.push(counted(piece, () => (looks += 1)));
      }
      expect(measurer.measurement).toEqual(plain.measurement);
      expect(looks).toBeLessThanOrEqual(bytes * 2);
    },
  );
});
