import { describe, expect, it } from '@jest/globals';
import { toExifBlock } from '../../../test/support/exif.js';
import { box, sizedBox, uint } from '../../../test/support/heif-builder.js';
import { read, told } from '../../../test/support/reading.js';
import { readJp2, readJpeg2000Codestream } from './jp2.js';

const header = (width: number, height: number): Buffer =>
  box('jp2h', box('ihdr', uint(4, height), uint(4, width), Buffer.alloc(6)), box('colr', Buffer.alloc(7)));
const codestream = (...sides: readonly number[]): Buffer =>
  Buffer.concat([
    Buffer.from('ff4fff5100290000', 'hex'),
    ...sides.map((side) => uint(4, side)),
    Buffer.alloc(30),
  ]);
const file = (...boxes: Buffer[]): Buffer =>
  Buffer.concat([box('jP  ', Buffer.from('0d0a870a', 'hex')), ...boxes]);
const brand = (name: string): Buffer => box('ftyp', Buffer.from(`${name}\0\0\0\0${name}`, 'latin1'));
const turned = toExifBlock({ image: [[0x0112, 8]] });
const exif = box('uuid', Buffer.from('JpgTiffExif->JP2'), turned);
const stream = box('jp2c', codestream(24, 16, 0, 0));
const say = (bytes: Buffer): string => told(read(readJp2(), bytes).found);

describe('a JPEG 2000 file', () => {
  it.each<[string, Buffer[], string]>([
    ['its header', [brand('jp2 '), header(24, 16), stream], '24 × 16'],
    ['its codestream where it has no header', [brand('jp2 '), stream], '24 × 16'],
    [
      'a codestream that goes on to the end',
      [brand('jp2 '), sizedBox('to the end', 'jp2c', codestream(24, 16, 0, 0))],
      '24 × 16',
    ],
    ['its header, and EXIF', [brand('jp2 '), header(24, 16), exif, stream], '24 × 16, orientation 8'],
    [
      'its header, and EXIF behind the codestream',
      [brand('jp2 '), header(24, 16), stream, exif],
      '24 × 16, orientation 8',
    ],
    ['another box in front', [brand('jp2 '), box('uuid', Buffer.alloc(40)), header(24, 16)], '24 × 16'],
    ['a header of no width', [brand('jp2 '), header(0, 16), stream], 'broken'],
    ['no image', [brand('jp2 ')], 'cut_short'],
    ['no codestream in its box', [brand('jp2 '), box('jp2c', Buffer.alloc(40))], 'broken'],
  ])('has its size in %s', (_what, boxes, expected) => {
    expect(say(file(...boxes))).toBe(expected);
  });

  it.each([
    ['jp2 ', 'jp2', 'image/jp2'],
    ['jpx ', 'jpx', 'image/jpx'],
    ['jpm ', 'jpm', 'image/jpm'],
    ['jph ', 'jph', 'image/jph'],
  ])('of the brand %j is of the format %s', (name, format, mime) => {
    expect(read(readJp2(), file(brand(name), header(24, 16))).found).toMatchObject({ format, mime });
  });

  it('is undefined or correct wherever it ends', () => {
    const bytes = file(brand('jp2 '), header(24, 16), exif, stream);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(say(bytes.subarray(0, length))).toMatch(/^(?:24 × 16|cut_short)/);
    }
  });
});

describe('a codestream of JPEG 2000', () => {
  it.each<[string, Buffer, string]>([
    ['from the start of its grid', codestream(24, 16, 0, 0), '24 × 16'],
    ['from elsewhere on it', codestream(34, 17, 10, 1), '24 × 16'],
    ['from beyond its end', codestream(10, 16, 10, 0), 'broken'],
    ['of nothing', codestream(24, 16, 0, 0).subarray(0, 20), 'cut_short'],
  ])('is as large as its image %s', (_what, bytes, expected) => {
    expect(told(read(readJpeg2000Codestream(), bytes).found)).toBe(expected);
  });
});
