import { describe, expect, it } from '@jest/globals';
import { box, ftyp } from '../../../test/support/heif-builder.js';
import { read, told } from '../../../test/support/reading.js';
import { ASCII, type Entry, LONG, RATIONAL, SHORT, TiffBuilder } from '../../../test/support/tiff-builder.js';
import { decodeExif } from '../analysis/exif/decode-exif.js';
import { readCr3 } from './cr3.js';

const ID = Buffer.from('85c0b687820f11e08111f4ce462b6a48', 'hex');

function directory(...entries: Entry[]): Buffer {
  const tiff = new TiffBuilder();
  return tiff.build(tiff.directory(entries));
}

const SIZE: readonly Entry[] = [
  [0x0100, SHORT, [6000]],
  [0x0101, LONG, [4000]],
];
const file = (...inCanon: Buffer[]): Buffer =>
  Buffer.concat([
    ftyp('crx ', 'crx ', 'isom'),
    box('moov', box('uuid', Buffer.alloc(60)), box('uuid', ID, box('CNCV', Buffer.alloc(30)), ...inCanon)),
    box('uuid', Buffer.alloc(5_000)),
    box('mdat', Buffer.alloc(100)),
  ]);
const say = (bytes: Buffer): string => told(read(readCr3(), bytes).found);

describe('a raw file of a Canon', () => {
  it('has the size of its full image, and its orientation', () => {
    expect(say(file(box('CMT1', directory(...SIZE))))).toBe('6000 × 4000');
    expect(say(file(box('CMT1', directory(...SIZE, [0x0112, SHORT, [8]]))))).toBe(
      '6000 × 4000, orientation 8',
    );
  });

  describe('with capture data', () => {
    const VISIT = new Date('2024-11-16T12:00:00Z');
    const image = box('CMT1', directory(...SIZE, [0x0110, ASCII, 'Acme Shelf 3'], [0x0112, SHORT, [6]]));
    const photo = box('CMT2', directory([0x9003, ASCII, '2024:11:16 12:04:10'], [0x9011, ASCII, '+05:30']));
    const maker = box('CMT3', directory([0x0001, ASCII, 'S'], [0x9003, ASCII, '2001:01:01 00:00:00']));
    const position = box(
      'CMT4',
      directory(
        [0x0001, ASCII, 'N'],
        [0x0002, RATIONAL, [12, 1, 58, 1, 1776, 100]],
        [0x0003, ASCII, 'E'],
        [0x0004, RATIONAL, [77, 1, 35, 1, 4044, 100]],
      ),
    );

    function getExif(bytes: Buffer): unknown {
      const { found } = read(readCr3(), bytes);
      return found.kind === 'size' && found.exif !== undefined ? decodeExif(found.exif, VISIT) : undefined;
    }

    it('contains that of the image, of the photo and of the position, from separate structures', () => {
      const bytes = file(image, photo, maker, position);
      expect(say(bytes)).toBe('6000 × 4000, orientation 6');
      expect(getExif(bytes)).toMatchObject({
        capture_time: '2024-11-16T06:34:10.000Z',
        capture_time_source: 'original',
        camera: 'Acme Shelf 3',
        latitude: 12.9716,
        longitude: 77.594567,
      });
    });

    it('has those that there are', () => {
      expect(getExif(file(image))).toMatchObject({
        camera: 'Acme Shelf 3',
        capture_time: null,
        latitude: null,
      });
      expect(getExif(file(image, position))).toMatchObject({ capture_time: null, latitude: 12.9716 });
    });

    it('loses nothing by one that is damaged, or that the file ends in', () => {
      const damaged = file(image, box('CMT2', Buffer.alloc(60, 0xff)), position);
      expect(getExif(damaged)).toMatchObject({
        camera: 'Acme Shelf 3',
        capture_time: null,
        latitude: 12.9716,
      });
      const whole = file(image, photo, position);
      const cut = whole.subarray(0, whole.indexOf('CMT4') + 20);
      expect(getExif(cut)).toMatchObject({ capture_time: '2024-11-16T06:34:10.000Z', latitude: null });
    });
  });

  it('is damaged if it ends before any metadata of the photo', () => {
    expect(say(file(box('CMT1', directory(...SIZE))).subarray(0, 30))).toBe('cut_short');
  });

  it.each<[string, Buffer]>([
    ['no directory', file()],
    ['a directory without a height', file(box('CMT1', directory(SIZE[0] ?? [0, 0, []])))],
    ['a directory that is none', file(box('CMT1', Buffer.alloc(80)))],
    ['nothing of Canon in it', Buffer.concat([ftyp('crx '), box('moov', box('trak', Buffer.alloc(80)))])],
  ])('is unsupported with %s', (_what, bytes) => {
    expect(say(bytes)).toBe('unsupported');
  });
});
