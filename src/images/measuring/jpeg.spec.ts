import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { read, told } from '../../../test/support/reading.js';
import { BYTE, LONG, orientationBlock, SHORT, SLONG } from '../../../test/support/tiff-builder.js';
import { readJpeg } from './jpeg.js';

const SOI = Buffer.from('ffd8', 'hex');
const MARK = Buffer.from('Exif\0\0', 'latin1');
const SOS = segment(0xda, Buffer.from('03010002110311003f00', 'hex'));

function segment(code: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, code, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

function frame(width: number, height: number, code = 0xc0): Buffer {
  const content = Buffer.from('0800000000030111000211010311 01'.replaceAll(' ', ''), 'hex');
  content.writeUInt16BE(height, 1);
  content.writeUInt16BE(width, 3);
  return segment(code, content);
}

const exif = (orientation: number, type = SHORT, order: 'II' | 'MM' = 'II'): Buffer =>
  segment(0xe1, Buffer.concat([MARK, orientationBlock(orientation, type, order)]));

const jpeg = (...parts: Buffer[]): Buffer => Buffer.concat([SOI, ...parts]);
const say = (...parts: Buffer[]): string => told(read(readJpeg(), jpeg(...parts)).found);

const CODES_OF_FRAMES = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];

describe('the size of a JPEG', () => {
  it.each(CODES_OF_FRAMES)('is read from a frame of any coding: marker %d', (code) => {
    expect(say(frame(24, 16, code), SOS)).toBe('24 × 16');
  });

  it.each([0xc4, 0xc8, 0xcc])('is not read from a segment that is no frame: marker %d', (code) => {
    expect(say(frame(9, 9, code), frame(24, 16), SOS)).toBe('24 × 16');
  });

  it('is that of the first frame', () => {
    expect(say(frame(24, 16), frame(9, 9), SOS)).toBe('24 × 16');
  });

  it('is that of the hierarchy if there is one', () => {
    expect(say(frame(24, 16, 0xde), frame(9, 9), SOS)).toBe('24 × 16');
  });

  it.each<[string, Buffer]>([
    ['fill bytes', Buffer.alloc(70_000, 0xff)],
    ['bytes that belong to no segment', Buffer.alloc(70_000, 'A')],
    ['a stuffed zero', Buffer.from('ff00', 'hex')],
    ['markers without a segment', Buffer.from('ff01ffd0ffd7ffd8', 'hex')],
    ['half a marker at the end of what is read at first', Buffer.alloc(16_381, 'A')],
  ])('is found behind %s', (_what, between) => {
    expect(say(between, frame(24, 16), SOS)).toBe('24 × 16');
  });

  it('is found behind a segment whose length is too short', () => {
    const short = segment(0xe0, Buffer.alloc(40));
    short.writeUInt16BE(20, 2);
    expect(say(short, frame(24, 16), SOS)).toBe('24 × 16');
  });

  it.each<[string, Buffer[], string]>([
    ['a width of 0', [frame(0, 16), SOS], 'broken'],
    ['a scan before any frame', [SOS, frame(24, 16)], 'broken'],
    ['an end before any frame', [Buffer.from('ffd9', 'hex'), frame(24, 16)], 'broken'],
    ['a segment of no length', [Buffer.from('ffe00001', 'hex'), frame(24, 16)], 'broken'],
    ['a marker that is reserved', [segment(0xbf, Buffer.alloc(9)), frame(24, 16)], 'broken'],
    ['a frame without room for a size', [segment(0xc0, Buffer.alloc(4)), SOS], 'broken'],
    ['more bytes of no segment than are skipped', [Buffer.alloc(300_000, 'A'), frame(24, 16)], 'broken'],
    ['a frame that is cut off', [frame(24, 16).subarray(0, 8)], 'cut_short'],
    ['nothing at all', [], 'cut_short'],
  ])('is none with %s', (_what, parts, kind) => {
    expect(say(...parts)).toBe(kind);
  });
});

describe('a height of 0', () => {
  const dnl = (height: number): Buffer => {
    const content = Buffer.alloc(2);
    content.writeUInt16BE(height);
    return segment(0xdc, content);
  };
  const scan = (length: number): Buffer =>
    Buffer.concat([SOS, Buffer.alloc(length, Buffer.from('a5ff00ffd0', 'hex'))]);

  it.each([0, 5, 65_530, 65_533, 65_534, 65_535, 65_536, 400_001])(
    'stands behind the first scan, here of %d bytes',
    (length) => {
      expect(say(exif(6), frame(24, 0), scan(length), dnl(16))).toBe('24 × 16, orientation 6');
    },
  );

  it.each<[string, Buffer[], string]>([
    ['another marker follows', [frame(24, 0), scan(9), Buffer.from('ffd9ffdc', 'hex'), dnl(16)], 'broken'],
    ['the height is 0 there too', [frame(24, 0), scan(9), dnl(0)], 'broken'],
    ['the file ends in the scan', [frame(24, 0), scan(9)], 'cut_short'],
    ['the file ends in the height', [frame(24, 0), scan(9), dnl(16).subarray(0, 5)], 'cut_short'],
    ['the scan does not end', [frame(24, 0), scan(17_000_000)], 'unsupported'],
  ])('is none where %s', (_what, parts, kind) => {
    expect(say(...parts)).toBe(kind);
  });
});

describe('the orientation of a JPEG', () => {
  it.each([
    ['SHORT', SHORT],
    ['LONG', LONG],
    ['SLONG', SLONG],
    ['BYTE', BYTE],
  ])('is read where its type is %s, in both byte orders', (_name, type) => {
    expect(say(exif(6, type), frame(24, 16), SOS)).toBe('24 × 16, orientation 6');
    expect(say(exif(6, type, 'MM'), frame(24, 16), SOS)).toBe('24 × 16, orientation 6');
  });

  it.each([0, 9, 65_535])('is null if the value is %d', (orientation) => {
    expect(say(exif(orientation), frame(24, 16), SOS)).toBe('24 × 16');
  });

  it.each<[string, Buffer[]]>([
    [
      '143 KB of another segment',
      [
        segment(0xe6, Buffer.alloc(65_533)),
        segment(0xe6, Buffer.alloc(65_533)),
        segment(0xe6, Buffer.alloc(12_000)),
      ],
    ],
    [
      '240 KB of extended XMP',
      Array.from({ length: 4 }, () =>
        segment(
          0xe1,
          Buffer.concat([Buffer.from('http://ns.adobe.com/xmp/extension/\0'), Buffer.alloc(60_000, 'x')]),
        ),
      ),
    ],
    ['another APP1 segment', [segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0<x/>'))]],
    ['a segment with the mark and no block', [segment(0xe1, Buffer.concat([MARK, Buffer.from('nonsense')]))]],
    ['the frame', [frame(24, 16)]],
  ])('is found behind %s', (_what, before) => {
    expect(say(...before, exif(6), frame(24, 16), SOS)).toBe('24 × 16, orientation 6');
  });

  it('is that of the first block', () => {
    expect(say(exif(6), exif(3), frame(24, 16), SOS)).toBe('24 × 16, orientation 6');
  });

  it('is not searched behind the start of the first scan', () => {
    const file = jpeg(frame(24, 16), SOS, exif(6), Buffer.alloc(100_000));
    const { found, bytes } = read(readJpeg(), file);
    expect([told(found), bytes]).toEqual(['24 × 16', 16_384]);
  });

  it('is null if the file ends before its block, and the size is known', () => {
    const whole = jpeg(frame(24, 16), exif(6));
    for (let length = 21; length < whole.length; length += 1) {
      expect(told(read(readJpeg(), whole.subarray(0, length)).found)).toMatch(/^24 × 16/);
    }
  });
});

describe('the EXIF block of a JPEG', () => {
  it('is returned whole, without its mark', () => {
    const block = Buffer.concat([orientationBlock(6), Buffer.alloc(60_000, 'b')]);
    const { found } = read(readJpeg(), jpeg(segment(0xe1, Buffer.concat([MARK, block])), frame(24, 16), SOS));
    expect(found).toMatchObject({ kind: 'size', orientation: 6, exif: block });
  });

  it('comes with the frame behind it in one further piece, however long it is', () => {
    const block = Buffer.concat([MARK, orientationBlock(6), Buffer.alloc(65_000)]);
    const file = jpeg(
      segment(0xe1, block),
      segment(0xdb, Buffer.alloc(130)),
      frame(24, 16),
      SOS,
      Buffer.alloc(90_000),
    );
    const { found, pieces } = read(readJpeg(), file);
    expect(told(found)).toBe('24 × 16, orientation 6');
    expect(pieces).toHaveLength(2);
  });
});

describe('the part of a JPEG that is read', () => {
  it('is one piece if everything is at its start', () => {
    const file = jpeg(exif(6), segment(0xdb, Buffer.alloc(130)), frame(24, 16), SOS, Buffer.alloc(4_000_000));
    expect(read(readJpeg(), file).pieces).toEqual([[0, 16_384]]);
  });

  it('is little of the segments that are skipped', () => {
    const file = jpeg(
      ...Array.from({ length: 40 }, () => segment(0xe2, Buffer.alloc(65_533))),
      frame(24, 16),
      SOS,
    );
    const { found, bytes } = read(readJpeg(), file);
    expect([told(found), bytes < 200_000]).toEqual(['24 × 16', true]);
  });

  it('ends after 10,000 segments', () => {
    const file = jpeg(Buffer.alloc(200_000, Buffer.from('fffe0002', 'hex')), frame(24, 16));
    expect(told(read(readJpeg(), file).found)).toBe('broken');
  });

  it('comes to an end, to the right size or to none, wherever the file ends', () => {
    const file = jpeg(exif(6), segment(0xe2, Buffer.alloc(17_000)), frame(24, 16), SOS);
    fc.assert(
      fc.property(fc.nat({ max: file.length }), (length) => {
        expect(told(read(readJpeg(), file.subarray(0, length)).found)).toMatch(/^(24 × 16|cut_short)/);
      }),
      { numRuns: 300 },
    );
  });
});
