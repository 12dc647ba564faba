import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type ExifContent,
  toExifBlock,
  type RawValue,
  TAGS,
  type Tag,
} from '../../../../test/support/exif.js';
import { decodeExif, type ExifFinding } from './decode-exif.js';
import { TimeZone } from '../../../http/input/time-zone.js';

const VISIT = new Date('2024-11-16T12:00:00Z');
const UTC = new TimeZone('UTC');
const NOTHING: ExifFinding = {
  capture_time: null,
  capture_time_source: null,
  capture_delay_seconds: null,
  camera: null,
  latitude: null,
  longitude: null,
  position_error_meters: null,
};
const EVERYTHING: ExifFinding = {
  capture_time: '2024-11-16T12:05:30.750Z',
  capture_time_source: 'original',
  capture_delay_seconds: 330,
  camera: 'Acme Shelf 3',
  latitude: 12.971_599,
  longitude: -77.25,
  position_error_meters: 4.5,
};
const CONTENT = {
  image: [
    [TAGS.make, 'Acme'],
    [TAGS.model, 'Shelf 3'],
  ],
  photo: [
    [TAGS.capturedAt, '2024:11:16 17:35:30'],
    [TAGS.offsetOriginal, '+05:30'],
    [TAGS.subsecondsOriginal, '75'],
  ],
  place: [
    [TAGS.latitudeRef, 'N'],
    [TAGS.latitude, [[12, 1], [58, 1], [17_756, 1000]]], // prettier-ignore
    [TAGS.longitudeRef, 'W'],
    [TAGS.longitude, [[77, 1], [15, 1], [0, 1]]], // prettier-ignore
    [TAGS.positioningError, [[45, 10]]],
  ],
} satisfies ExifContent;

const PHOTO_POINTER = 0x8769;
const PLACE_POINTER = 0x8825;

const decode = (block: Buffer): ExifFinding => decodeExif(block, VISIT, UTC);

/** The block of CONTENT with its pointers declared as another type or count. */
function withPointers(type: number, count: number): Buffer {
  const block = toExifBlock(CONTENT);
  for (let entry = 10; entry < 10 + 4 * 12; entry += 12) {
    const tag = block.readUInt16LE(entry);
    if (tag !== PHOTO_POINTER && tag !== PLACE_POINTER) continue;
    block.writeUInt16LE(type, entry + 2);
    block.writeUInt32LE(count, entry + 4);
  }
  return block;
}

const ascii = (text: string, more: Partial<RawValue> = {}): RawValue => ({
  type: 2,
  bytes: Buffer.from(text, 'latin1'),
  ...more,
});

describe('a block of EXIF', () => {
  it.each(['II', 'MM'] as const)('is decoded in the byte order %s', (order) => {
    expect(decode(toExifBlock(CONTENT, order))).toEqual(EVERYTHING);
  });

  it.each([
    ['SHORT', 3, 1],
    ['LONG', 4, 1],
    ['SSHORT', 8, 1],
    ['SLONG', 9, 1],
    ['IFD', 13, 1],
    ['LONG without a count', 4, 0],
    ['LONG of four bytes', 4, 4],
    ['LONG of a count of four thousand million', 4, 0xffffffff],
  ])('is decoded where its pointers are of the type %s', (_, type, count) => {
    expect(decode(withPointers(type, count))).toEqual(EVERYTHING);
  });

  it.each([0, 2, 5, 7, 11, 12, 14, 99, 129, 65_535])(
    'contains the values of its first directory if its pointers are of the type %p',
    (type) => {
      expect(decode(withPointers(type, 1))).toEqual({ ...NOTHING, camera: 'Acme Shelf 3' });
    },
  );

  it('is decoded if the directory of the photo points to that of the position', () => {
    const block = toExifBlock({ image: CONTENT.image, photo: [...CONTENT.photo, [PLACE_POINTER, 0]] });
    const place = toExifBlock({ image: CONTENT.place });
    const moved = Buffer.concat([block, place]);
    const entry = moved.indexOf(Buffer.from([0x25, 0x88, 4, 0]));
    moved.writeUInt32LE(block.length + 8, entry + 8);
    // The values of the copied directory stand relative to its own block.
    for (let index = 0; index < CONTENT.place.length; index += 1) {
      const at = block.length + 10 + index * 12;
      const length = moved.readUInt16LE(at + 2) === 5 ? 8 : 0;
      if (length > 0) moved.writeUInt32LE(moved.readUInt32LE(at + 8) + block.length, at + 8);
    }
    expect(decode(moved)).toEqual(EVERYTHING);
  });

  it.each<[string, Tag]>([
    ['whose value lies beyond the block', [TAGS.make, ascii('Acme\0', { at: 60_000 })]],
    ['whose value ends beyond the block', [TAGS.make, ascii('Acme\0', { count: 5_000 })]],
    ['with a count of four thousand million', [TAGS.make, ascii('Acme\0', { count: 0xffffffff })]],
    ['of an unknown type', [TAGS.make, ascii('Acme\0', { type: 99 })]],
    ['that is a number', [TAGS.make, 7]],
    ['that is blank', [TAGS.make, '      ']],
    ['without a value', [TAGS.make, ascii('')]],
  ])('loses no other value to a make %s', (_, make) => {
    const image: Tag[] = [make, [TAGS.model, 'S3']];
    expect(decode(toExifBlock({ ...CONTENT, image }))).toEqual({ ...EVERYTHING, camera: 'S3' });
  });

  it('uses the first value of a tag that is within the block', () => {
    const image: Tag[] = [[TAGS.model, ascii('Lost 1\0', { at: 60_000 })], [TAGS.model, 'S3'], [TAGS.model, 'S4']]; // prettier-ignore
    expect(decode(toExifBlock({ image }))).toEqual({ ...NOTHING, camera: 'S3' });
  });

  it.each([
    ['BYTE', 1],
    ['SBYTE', 6],
    ['UNDEFINED', 7],
    ['UTF-8', 129],
  ])('may have texts of the type %s', (_, type) => {
    const content: ExifContent = {
      image: [[TAGS.model, ascii('S3\0\0', { type })]],
      photo: [
        [TAGS.capturedAt, ascii('2024:11:16 12:04:10', { type })],
        [TAGS.offsetOriginal, ascii('+05:30 \0\0', { type })],
      ],
    };
    expect(decode(toExifBlock(content))).toMatchObject({
      camera: 'S3',
      capture_time: '2024-11-16T06:34:10.000Z',
    });
  });

  it('may lack the NUL behind its texts', () => {
    expect(decode(toExifBlock({ image: [[TAGS.model, ascii('Shelf 3')]] }))).toMatchObject({
      camera: 'Shelf 3',
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a header alone', Buffer.from('MM\0*\0\0\0\x08', 'latin1')],
    ['a directory beyond the end', Buffer.from('II*\0\xff\xff\xff\xff', 'latin1')],
    ['a directory in the header', Buffer.from('II*\0\x02\0\0\0\0\0\0\0', 'latin1')],
    ['another byte order', Buffer.from('XX*\0\x08\0\0\0\0\0\0\0', 'latin1')],
    ['zeros', Buffer.alloc(65_536)],
  ])('of %s contains nothing', (_, block) => {
    expect(decode(block)).toEqual(NOTHING);
  });

  it('contains the values before the place where it is cut', () => {
    const block = toExifBlock(CONTENT);
    for (let length = 0; length <= block.length; length += 1) {
      const finding = decode(block.subarray(0, length));
      expect([null, 'Acme', 'Shelf 3', 'Acme Shelf 3']).toContain(finding.camera);
      expect([null, EVERYTHING.capture_time, '2024-11-16T12:05:30.000Z', '2024-11-16T17:35:30.000Z', '2024-11-16T17:35:30.750Z']).toContain(finding.capture_time); // prettier-ignore
      expect([null, EVERYTHING.latitude]).toContain(finding.latitude);
    }
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
    ['\0\0Acme\0hidden', 'Shelf', 'Acme Shelf'],
    [`Acme${' '.repeat(5_000)}`, 'Shelf 3', 'Acme Shelf 3'],
    [`Acme${'\0'.repeat(5_000)}`, 'Shelf 3', 'Acme Shelf 3'],
    [`${' '.repeat(5_000)}Acme`, `${'\0'.repeat(5_000)}Shelf 3`, 'Acme Shelf 3'],
    ['Ácmé', 'ß', 'Ácmé ß'],
    ['x'.repeat(90), 'y'.repeat(400), `${'x'.repeat(90)} ${'y'.repeat(9)}`],
    ['x', `y${'📷'.repeat(60)}`, `x y${'📷'.repeat(48)}`],
    ['é'.repeat(4_000), '', 'é'.repeat(100)],
  ])('of %j and %j is %j', (make, model, camera) => {
    const image: Tag[] = [
      [TAGS.make, make],
      [TAGS.model, model],
    ];
    expect(decode(toExifBlock({ image }))).toEqual({ ...NOTHING, camera });
  });

  it('in Latin-1 is read as that', () => {
    expect(decode(toExifBlock({ image: [[TAGS.model, ascii('Ácm\xe9\0')]] }))).toMatchObject({
      camera: 'Ácmé',
    });
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
    ['a directory that points to itself', directory(1, PHOTO_POINTER, 4, 1, 8)],
    ['a directory of the position that points to itself', directory(1, PLACE_POINTER, 4, 1, 8)],
    ['65,535 directories in each other', directory(65_535, PLACE_POINTER, 4, 1, 8)],
    ['a count of four thousand million', directory(65_535, TAGS.make, 2, 0xffffffff, 8)],
    ['fractions of all that there is', directory(65_535, TAGS.latitude, 5, 7_500, 0)],
    ['an unknown type', directory(100, TAGS.capturedAt, 99, 5, 8)],
  ])('with %s contains nothing', (_, block) => {
    expect(decode(block)).toEqual(NOTHING);
  });

  it('with all its bytes as values, many times, has one camera of at most 100 characters', () => {
    expect(decode(directory(65_535, TAGS.make, 2, 700_000, 8)).camera?.length ?? 0).toBeLessThanOrEqual(100);
  });

  it('of any kind neither throws nor has an impossible value', () => {
    const good = toExifBlock({
      ...CONTENT,
      place: [...CONTENT.place, [TAGS.gpsDate, '2024:11:16'], [TAGS.gpsTime, [[12, 1], [4, 1], [10, 1]]]], // prettier-ignore
    });
    const anEdit = fc.tuple(fc.nat({ max: good.length - 1 }), fc.integer({ min: 0, max: 255 }));
    const anInput = fc.tuple(fc.array(anEdit, { maxLength: 12 }), fc.nat({ max: good.length }));
    fc.assert(
      fc.property(anInput, ([edits, length]) => {
        const bytes = Buffer.from(good.subarray(0, Math.max(length, 40)));
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        const finding = decode(bytes);
        expect(Math.abs(finding.latitude ?? 0)).toBeLessThanOrEqual(90);
        expect(Math.abs(finding.longitude ?? 0)).toBeLessThanOrEqual(180);
        expect(finding.position_error_meters ?? 1).toBeGreaterThan(0);
        expect(finding.camera ?? 'none').toMatch(/^[^\p{Cc}]{1,100}$/u);
        expect(finding.capture_time ?? '2024-11-16T12:05:30.750Z').toMatch(/^\d{4}-[-\dT:.]{18}Z$/);
        expect(JSON.stringify(finding)).not.toContain('faulty');
      }),
      { numRuns: 1_000 },
    );
  });
});
