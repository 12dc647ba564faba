import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { exifBlockOf, TAGS, withExif } from '../../../../test/support/exif.js';
import type { ExifFinding } from './decode-exif.js';
import { ExifAnalyzer, type ExifOptions } from './exif-analyzer.js';

const JPEG = readFileSync(new URL('../../../../test/fixtures/images/shelf-front.jpg', import.meta.url));

async function find(
  start: Buffer,
  format = 'jpg',
  options: ExifOptions = {},
): Promise<ExifFinding | undefined> {
  const analyzer = new ExifAnalyzer(options);
  return analyzer.analyze({ format, visit_time: new Date('2024-11-16T12:00:00Z') }, { start });
}

describe('the analyzer', () => {
  const photo = withExif(JPEG, exifBlockOf({ photo: [[TAGS.capturedAt, '2024:11:16 17:35:30']] }));

  it('reads local times in the zone of its options', async () => {
    expect(await find(photo, 'jpg', { timeZone: 'Asia/Kolkata' })).toMatchObject({
      capture_time: '2024-11-16T12:05:30.000Z',
      capture_delay_seconds: 330,
    });
  });

  it('does not place local times without a zone', async () => {
    expect(await find(photo)).toMatchObject({ capture_time: null, capture_delay_seconds: null });
  });

  it('refuses a zone that is none', () => {
    expect(() => new ExifAnalyzer({ timeZone: 'Mars/Olympus' })).toThrow(RangeError);
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
    expect(await find(bytes, format)).toMatchObject({ camera: 'Acme', capture_time: null });
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
