import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type ExifContent,
  exifBlockOf,
  type Fraction,
  TAGS,
  type Tag,
  withExif,
} from '../../../../test/support/exif.js';
import { ExifAnalyzer, type ExifFinding, type ExifOptions } from './exif-analyzer.js';

const JPEG = readFileSync(new URL('../../../../test/fixtures/images/shelf-front.jpg', import.meta.url));
const NOTHING: ExifFinding = {
  capture_time: null,
  capture_delay_seconds: null,
  camera: null,
  latitude: null,
  longitude: null,
};
const LOCAL: Tag = [TAGS.capturedAt, '2024:11:16 17:35:30'];
const GPS_TIME: readonly Tag[] = [
  [TAGS.gpsDate, '2024:11:16'],
  [
    TAGS.gpsTime,
    [
      [12, 1],
      [4, 1],
      [1050, 100],
    ],
  ],
];

async function find(
  start: Buffer,
  format = 'jpg',
  options: ExifOptions = {},
): Promise<ExifFinding | undefined> {
  const analyzer = new ExifAnalyzer(options);
  return analyzer.analyze({ format, visit_time: new Date('2024-11-16T12:00:00Z') }, { start });
}

const inJpeg = async (content: ExifContent, options?: ExifOptions): Promise<ExifFinding | undefined> =>
  find(withExif(JPEG, exifBlockOf(content)), 'jpg', options);

const time = async (content: ExifContent, options?: ExifOptions): Promise<unknown[]> => {
  const finding = await inJpeg(content, options);
  return [finding?.capture_time, finding?.capture_delay_seconds];
};

describe('the time of capture', () => {
  const zone = { timeZone: 'America/New_York' };

  it.each<[string, ExifContent, unknown[]]>([
    [
      'its own offset',
      { photo: [LOCAL, [TAGS.offsetOriginal, '+05:30']] },
      ['2024-11-16T12:05:30.000Z', 330],
    ],
    ['the general offset', { photo: [LOCAL, [TAGS.offset, '+06:00']] }, ['2024-11-16T11:35:30.000Z', -1470]],
    [
      'its own offset rather than the general one and GPS',
      { photo: [LOCAL, [TAGS.offset, '+06:00'], [TAGS.offsetOriginal, '+05:30']], place: GPS_TIME },
      ['2024-11-16T12:05:30.000Z', 330],
    ],
    ['GPS where there is no offset', { photo: [LOCAL], place: GPS_TIME }, ['2024-11-16T12:04:10.000Z', 250]],
    ['GPS alone', { place: GPS_TIME }, ['2024-11-16T12:04:10.000Z', 250]],
    ['the zone of the options at last', { photo: [LOCAL] }, ['2024-11-16T22:35:30.000Z', 38_130]],
    [
      'the zone where the offset is none',
      { photo: [LOCAL, [TAGS.offsetOriginal, '   :  ']] },
      ['2024-11-16T22:35:30.000Z', 38_130],
    ],
    ['nothing where the date is none', { photo: [[TAGS.capturedAt, '0000:00:00 00:00:00']] }, [null, null]],
  ])('is read with %s', async (_, content, expected) => {
    expect(await time(content, zone)).toEqual(expected);
  });

  it('is not known of a local time alone', async () => {
    expect(await inJpeg({ image: [[TAGS.make, 'Acme']], photo: [LOCAL] })).toEqual({
      ...NOTHING,
      camera: 'Acme',
    });
  });
});

describe('the place', () => {
  const at = (latitude: readonly Fraction[], ref: string, more: readonly Tag[] = []): ExifContent => ({
    place: [
      [TAGS.latitudeRef, ref],
      [TAGS.latitude, latitude],
      [TAGS.longitudeRef, 'W'],
      [
        TAGS.longitude,
        [
          [0, 1],
          [0, 1],
          [0, 1],
        ],
      ],
      ...more,
    ],
  });

  it.each<[string, ExifContent, number | null]>([
    [
      'degrees, minutes and seconds',
      at(
        [
          [12, 1],
          [58, 1],
          [17_756, 1000],
        ],
        'N',
      ),
      12.971_599,
    ],
    [
      'the south as less than zero',
      at(
        [
          [12, 1],
          [30, 1],
          [0, 1],
        ],
        'S',
      ),
      -12.5,
    ],
    [
      'fractions of minutes',
      at(
        [
          [12, 1],
          [3030, 100],
          [0, 1],
        ],
        'N',
      ),
      12.505,
    ],
    [
      'a pole',
      at(
        [
          [90, 1],
          [0, 1],
          [0, 1],
        ],
        'S',
      ),
      -90,
    ],
    [
      'what is beyond the poles as unknown',
      at(
        [
          [90, 1],
          [0, 1],
          [1, 1],
        ],
        'N',
      ),
      null,
    ],
    [
      'no direction as unknown',
      at(
        [
          [12, 1],
          [30, 1],
          [0, 1],
        ],
        '?',
      ),
      null,
    ],
    [
      '0/0 as unknown',
      at(
        [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        'N',
      ),
      null,
    ],
    [
      'two fractions as unknown',
      at(
        [
          [12, 1],
          [30, 1],
        ],
        'N',
      ),
      null,
    ],
    [
      'another datum as unknown',
      at(
        [
          [12, 1],
          [30, 1],
          [0, 1],
        ],
        'N',
        [[TAGS.datum, 'TOKYO']],
      ),
      null,
    ],
    [
      'WGS 84 by its name',
      at(
        [
          [12, 1],
          [30, 1],
          [0, 1],
        ],
        'N',
        [[TAGS.datum, 'WGS-84']],
      ),
      12.5,
    ],
  ])('takes %s', async (_, content, latitude) => {
    const finding = await inJpeg(content);
    expect(finding?.latitude).toBe(latitude);
  });

  it('has no minus before a zero', async () => {
    const finding = await inJpeg(
      at(
        [
          [0, 1],
          [0, 1],
          [0, 1],
        ],
        'S',
      ),
    );
    expect([Object.is(finding?.latitude, 0), Object.is(finding?.longitude, 0)]).toEqual([true, true]);
  });
});

describe('the camera', () => {
  it.each([
    ['Acme', 'Shelf 3', 'Acme Shelf 3'],
    ['Acme', 'ACME Shelf 3', 'ACME Shelf 3'],
    ['ACME CORPORATION', 'Acme D90', 'Acme D90'],
    ['  Acme  ', ' \u0007Shelf\n\n3 ', 'Acme Shelf 3'],
    ['', 'Shelf 3', 'Shelf 3'],
    ['Acme', '', 'Acme'],
    ['', ' ', null],
    ['Ácmé', 'ß', 'Ácmé ß'],
    ['x'.repeat(90), 'y'.repeat(400), `${'x'.repeat(90)} ${'y'.repeat(9)}`],
  ])('%j, %j is %j', async (make, model, camera) => {
    const image: Tag[] = [
      [TAGS.make, make],
      [TAGS.model, model],
    ];
    expect(await inJpeg({ image })).toEqual({ ...NOTHING, camera });
  });
});

describe('a file', () => {
  const block = exifBlockOf({ image: [[TAGS.make, 'Acme']] });
  const big = exifBlockOf({ image: [[TAGS.make, 'Acme']] }, 'MM');
  const mark = Buffer.from('Exif\0\0', 'latin1');
  const pngChunk = (type: string, content: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, Buffer.from(type), content, Buffer.alloc(4)]);
  };
  const riffChunk = (type: string, content: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(content.length);
    return Buffer.concat([Buffer.from(type), length, content, Buffer.alloc(content.length % 2)]);
  };

  it.each<[string, string, Buffer]>([
    ['JPEG', 'jpg', withExif(JPEG, block)],
    ['JPEG of the other byte order', 'jpg', withExif(JPEG, big)],
    [
      'PNG',
      'png',
      Buffer.concat([Buffer.alloc(8), pngChunk('IHDR', Buffer.alloc(13)), pngChunk('eXIf', big)]),
    ],
    [
      'WebP',
      'webp',
      Buffer.concat([Buffer.alloc(12), riffChunk('VP8X', Buffer.alloc(9)), riffChunk('EXIF', block)]),
    ],
    [
      'WebP with the mark of a JPEG',
      'webp',
      Buffer.concat([Buffer.alloc(12), riffChunk('EXIF', Buffer.concat([mark, big]))]),
    ],
    ['HEIF', 'heic', Buffer.concat([Buffer.from('....ftypheic Exif\0\0'), mark, block])],
    ['AVIF', 'avif', Buffer.concat([Buffer.alloc(700), mark, big])],
    ['TIFF', 'tiff', big],
  ])('of %s says what its EXIF says', async (_, format, bytes) => {
    expect(await find(bytes, format)).toEqual({ ...NOTHING, camera: 'Acme' });
  });

  it.each<[string, string, Buffer]>([
    ['JPEG', 'jpg', JPEG],
    ['empty', 'jpg', Buffer.alloc(0)],
    ['PNG', 'png', Buffer.concat([Buffer.alloc(8), pngChunk('IHDR', Buffer.alloc(13))])],
    ['GIF', 'gif', withExif(JPEG, block)],
    [
      'JPEG with XMP',
      'jpg',
      Buffer.concat([
        JPEG.subarray(0, 2),
        Buffer.from('\xff\xe1\0\x10http://ns.ado', 'latin1'),
        JPEG.subarray(2),
      ]),
    ],
    ['JPEG whose EXIF comes after the image', 'jpg', Buffer.concat([JPEG, withExif(JPEG, block)])],
    ['JPEG of zeros', 'jpg', Buffer.alloc(65_536)],
  ])('without EXIF (%s) has no finding', async (_, format, bytes) => {
    expect(await find(bytes, format)).toBeUndefined();
  });
});

describe('hostile EXIF', () => {
  /** A directory of so many entries of this tag, type and count, which point to `at`. */
  function directory(entries: number, tag: number, type: number, count: number, at: number): Buffer {
    const bytes = Buffer.alloc(10 + entries * 12 + 4);
    bytes.write('II*\0\x08\0\0\0', 'latin1');
    bytes.writeUInt16LE(Math.min(entries, 65_535), 8);
    for (let index = 0; index < entries; index += 1) {
      bytes.writeUInt16LE(tag, 10 + index * 12);
      bytes.writeUInt16LE(type, 12 + index * 12);
      bytes.writeUInt32LE(count, 14 + index * 12);
      bytes.writeUInt32LE(at, 18 + index * 12);
    }
    return bytes;
  }

  it.each([
    ['a directory that points to itself', directory(1, 0x8769, 4, 1, 8)],
    ['five thousand directories in each other', directory(5_000, 0x8825, 4, 1, 8)],
    ['a count of four milliards', directory(5_000, 0x010f, 2, 0xffffffff, 8)],
    ['values of all that there is, again and again', directory(5_000, 0x010f, 2, 60_000, 8)],
    ['fractions of all that there is', directory(5_000, 2, 5, 7_500, 0)],
    ['an unknown type', directory(100, 0x9003, 99, 5, 8)],
    ['a directory beyond the end', Buffer.from('II*\0\xff\xff\xff\xff', 'latin1')],
    ['a header alone', Buffer.from('MM\0*')],
  ])('%s says nothing', async (_, block) => {
    const finding = await find(withExif(JPEG, block.subarray(0, 65_000)));
    expect({ ...finding, camera: null }).toEqual(NOTHING);
  });

  it('of any kind neither throws nor says what can not be', async () => {
    const good = withExif(
      JPEG,
      exifBlockOf({
        image: [
          [TAGS.make, 'Acme'],
          [TAGS.model, 'Acme Shelf 3'],
        ],
        photo: [LOCAL, [TAGS.offsetOriginal, '+05:30']],
        place: [
          [TAGS.latitudeRef, 'N'],
          [
            TAGS.latitude,
            [
              [12, 1],
              [58, 1],
              [17_756, 1000],
            ],
          ],
          ...GPS_TIME,
        ],
      }),
    );
    const anEdit = fc.tuple(fc.nat({ max: 600 }), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(anEdit, { maxLength: 12 }),
        fc.nat({ max: good.length }),
        async (edits, length) => {
          const bytes = Buffer.from(good.subarray(0, Math.max(length, 40)));
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
          for (const format of ['jpg', 'png', 'webp', 'heic', 'tiff']) {
            const finding = await find(bytes, format, { timeZone: 'Europe/Berlin' });
            if (finding === undefined) continue;
            expect(Math.abs(finding.latitude ?? 0)).toBeLessThanOrEqual(90);
            expect(finding.camera ?? 'none').toMatch(/^[^\p{Cc}]{1,100}$/u);
            expect(new Date(finding.capture_time ?? 0).getTime()).not.toBeNaN();
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
