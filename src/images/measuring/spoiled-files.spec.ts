import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PHOTO_FILES } from '../../../test/support/photo-files.js';
import { read } from '../../../test/support/reading.js';
import { ASCII, LONG, SHORT, TiffBuilder } from '../../../test/support/tiff-builder.js';
import { readBmp } from './bmp.js';
import type { FormatReader } from './format-reader.js';
import { FORMATS } from './formats.js';
import { readGif } from './gif.js';
import { readJpeg } from './jpeg.js';
import { type ImageSize, MAX_DIMENSION, MAX_EXIF_BYTES } from './measurement.js';
import { readPng } from './png.js';
import { readPsd } from './psd.js';
import { getSignature } from './signature.js';
import { readSvg } from './svg.js';
import { readTiff } from './tiff.js';
import { readWebp } from './webp.js';

const FOLDER = new URL('../../../test/fixtures/images/', import.meta.url);
const READERS: Readonly<Record<string, () => FormatReader>> = {
  jpg: readJpeg,
  png: readPng,
  webp: readWebp,
  gif: readGif,
  bmp: readBmp,
  psd: readPsd,
  tif: readTiff,
  tiff: readTiff,
  svg: readSvg,
};

interface Sample {
  readonly reader: () => FormatReader;
  readonly file: Buffer;
  /** What is read piece by piece are boxes of 8 bytes or more, not chunks. */
  readonly hasBoxes?: boolean;
}

/** A file with a part of another one inside is longer by as much. */
const MAX_PART_BYTES = 2_000;
const MIN_BOX_BYTES = 8;
const MAX_CHUNK_PIECES = 64;
const BOXES: ReadonlySet<string> = new Set(['heif', 'cr3', 'jp2', 'jxl']);

/** The short ones of {@link PHOTO_FILES}: HEIF and AVIF, CR3, JPEG 2000, JPEG XL and what else cameras write. */
function photos(): Sample[] {
  return PHOTO_FILES.flatMap(({ bytes }): Sample[] => {
    const format = getSignature(bytes);
    if (format === 'unknown' || format === 'undecided' || bytes.length > 8_000) return [];
    return [{ reader: () => FORMATS[format].read(), file: bytes, hasBoxes: BOXES.has(format) }];
  });
}

/** The fixtures, photos, and a raw file with all that a TIFF can have. */
const SAMPLES: readonly Sample[] = [
  ...readdirSync(FOLDER).flatMap((name): Sample[] => {
    const reader = READERS[name.split('.').at(-1) ?? ''];
    return reader === undefined ? [] : [{ reader, file: readFileSync(new URL(name, FOLDER)) }];
  }),
  ...photos(),
  ...(['II', 'MM'] as const).flatMap((order) => [
    { reader: readTiff, file: rawFile(order, false) },
    { reader: readTiff, file: rawFile(order, true) },
  ]),
];

function rawFile(order: 'II' | 'MM', isBig: boolean): Buffer {
  const file = new TiffBuilder(order, isBig);
  const photo = file.directory([
    [0x9003, ASCII, '2024:11:16 12:04:10'],
    [0xa002, SHORT, [24]],
  ]);
  const place = file.directory([
    [0x0001, ASCII, 'N'],
    [0x001d, ASCII, '2024:11:16'],
  ]);
  const sub = file.directory([
    [0x00fe, LONG, [0]],
    [0x0100, LONG, [24]],
    [0x0101, LONG, [16]],
    [0x0106, SHORT, [32_803]],
  ]);
  const next = file.directory([[0x0201, LONG, [9]]]);
  const pointers = [
    [0x014a, LONG, [sub, sub]],
    [0x8769, LONG, [photo]],
    [0x8825, LONG, [place]],
  ] as const;
  return file.build(
    file.directory(
      [
        [0x00fe, LONG, [1]],
        [0x0100, LONG, [9]],
        [0x0101, LONG, [9]],
        [0x010f, ASCII, 'NIKON CORPORATION'],
        [0x0112, SHORT, [6]],
        ...pointers,
      ],
      next,
    ),
  );
}

/** Numbers that formats trip over, at the place of others. */
const LIES = [
  '00000000',
  'ffffffff',
  '7fffffff',
  '80000000',
  'ffff',
  '0000',
  '00000001',
  '01000000',
  '08000000',
  '0008',
];

const aSample = fc.constantFrom(...SAMPLES);
const aPlace = fc.nat({ max: 3_000 });
const anEdit = fc.oneof(
  fc.tuple(aPlace, fc.nat({ max: 255 })).map(([at, value]) => ({ at, bytes: Buffer.of(value) })),
  fc.tuple(aPlace, fc.constantFrom(...LIES)).map(([at, lie]) => ({ at, bytes: Buffer.from(lie, 'hex') })),
);
/** A file with bytes written over, cut short, or with a part of another one inside. */
const aSpoiledFile = fc
  .tuple(
    aSample,
    aSample,
    fc.array(anEdit, { minLength: 1, maxLength: 5 }),
    fc.option(aPlace),
    fc.option(aPlace),
  )
  .map(([sample, other, edits, cutAt, insertAt]) => {
    const file = Buffer.from(sample.file);
    for (const { at, bytes } of edits) bytes.copy(file, at % file.length);
    const whole =
      insertAt === null
        ? file
        : Buffer.concat([
            file.subarray(0, insertAt),
            other.file.subarray(0, MAX_PART_BYTES),
            file.subarray(insertAt),
          ]);
    return { ...sample, file: cutAt === null ? whole : whole.subarray(0, cutAt) };
  });

function canBe({ width, height, orientation, exif }: ImageSize): boolean {
  const sides = [width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_DIMENSION);
  const turns =
    orientation === null || (Number.isInteger(orientation) && orientation >= 1 && orientation <= 8);
  return sides && turns && (exif?.length ?? 0) <= MAX_EXIF_BYTES;
}

describe('a spoiled file', () => {
  it('is read in some pieces, without an error, to a size that can be or to none', () => {
    fc.assert(
      fc.property(aSpoiledFile, ({ reader, file, hasBoxes }) => {
        const { found, pieces, known } = read(reader(), file);
        const sizes = [...known, found].filter((said) => said?.kind === 'size');
        const maxPieces = MAX_CHUNK_PIECES + (hasBoxes === true ? (2 * file.length) / MIN_BOX_BYTES : 0);
        expect(pieces.length).toBeLessThanOrEqual(maxPieces);
        expect(sizes.filter((size) => !canBe(size))).toEqual([]);
        // What was known before is not taken back.
        const sides = sizes.map(({ width, height }) => `${width} × ${height}`);
        expect(new Set(sides).size).toBeLessThanOrEqual(1);
        expect(found.kind === 'size' || sizes.length === 0).toBe(true);
      }),
      { numRuns: 8_000 },
    );
  });
});
