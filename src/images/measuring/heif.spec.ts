import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { toExifBlock } from '../../../test/support/exif.js';
import {
  box,
  exifItem,
  ftyp,
  fullBox,
  gridData,
  heifFile,
  type HeifLayout,
  movie,
  property,
  sizedBox,
  uint,
} from '../../../test/support/heif-builder.js';
import type { Measurement } from './measurement.js';
import { Measurer } from './measurer.js';

const { ispe, irot, imir, clap, colr } = property;

/** What a file comes to that arrives in these pieces, in order. */
function measure(...pieces: Buffer[]): Measurement {
  const measurer = new Measurer();
  for (const piece of pieces) measurer.push(piece);
  return measurer.end();
}

/** `4032 × 3024`, with its orientation where there is one; or why there is no size. */
function said(bytes: Buffer): string {
  const found = measure(bytes);
  if (found.kind !== 'size') return found.kind;
  return `${found.width} × ${found.height}${found.orientation === null ? '' : `, ${found.orientation}`}`;
}

const ORIENTATION = 0x0112;
const turned = toExifBlock({ image: [[ORIENTATION, 8]] });

const photo: HeifLayout = {
  items: [
    { id: 1, type: 'hvc1', properties: [1] },
    { id: 2, type: 'hvc1', properties: [2] },
  ],
  primary: 1,
  properties: [ispe(4032, 3024), ispe(8000, 6000)],
};

describe('a HEIF file', () => {
  it('has the size of its primary item, which need not be the first or the largest', () => {
    expect(said(heifFile(photo))).toBe('4032 × 3024');
    expect(said(heifFile({ ...photo, primary: 2 }))).toBe('8000 × 6000');
  });

  it.each<[string, Partial<HeifLayout>]>([
    ['version 1 of iloc', { ilocVersion: 1 }],
    ['version 2 of iloc', { ilocVersion: 2 }],
    ['long numbers of items', { idVersion: 1, ilocVersion: 2 }],
    ['places of properties in 15 bits', { longPlaces: true }],
    ['its pictures in front', { order: 'mdat first' }],
    ['its pictures in front, in a box of 64 bits', { order: 'mdat first', mdatSize: 'long' }],
    ['a meta box of 64 bits', { metaSize: 'long' }],
    ['a meta box that goes on to the end', { order: 'mdat first', metaSize: 'to the end' }],
    ['pictures that go on to the end', { mdatSize: 'to the end' }],
    ['an image in its meta box', { inMeta: [box('free', Buffer.alloc(300_000))] }],
    ['a profile of colours of 300 KB', { properties: [ispe(4032, 3024), colr(300_000)] }],
    ['other brands', { brands: ['mif1', 'avif', 'miaf'] }],
  ])('is measured with %s', (_what, layout) => {
    expect(said(heifFile({ ...photo, ...layout }))).toBe('4032 × 3024');
  });

  it('finds a property in the last of 300 places', () => {
    const properties = [...Array.from({ length: 299 }, () => box('free')), ispe(4032, 3024)];
    const items = [{ id: 1, type: 'hvc1', properties: [300] }];
    expect(said(heifFile({ ...photo, items, properties, longPlaces: true }))).toBe('4032 × 3024');
  });

  it.each([
    ['heic', ['heic', 'mif1'], 'heic', 'image/heic'],
    ['hevc', ['hevc', 'msf1', 'mif1'], 'heic', 'image/heic-sequence'],
    ['mif1 with heic', ['mif1', 'heic'], 'heif', 'image/heif'],
    ['msf1 with hevc', ['msf1', 'hevc'], 'heif', 'image/heif-sequence'],
    ['avif', ['avif', 'mif1'], 'avif', 'image/avif'],
    ['avis', ['avis', 'msf1', 'mif1'], 'avif', 'image/avif'],
    ['mif1 with avif', ['mif1', 'avif'], 'avif', 'image/avif'],
  ])('is of the format of its brands: %s', (_what, brands, format, mime) => {
    expect(measure(heifFile({ ...photo, brands }))).toMatchObject({ format, mime });
  });

  it('is broken if its primary item has no size, or does not exist', () => {
    expect(said(heifFile({ ...photo, primary: 3 }))).toBe('broken');
    expect(said(heifFile({ ...photo, properties: [colr(4), ispe(1, 1)] }))).toBe('broken');
    expect(said(heifFile({ ...photo, properties: [ispe(0, 3024)] }))).toBe('broken');
  });

  it('is cut short if it ends within its meta box', () => {
    expect(said(heifFile(photo).subarray(0, 200))).toBe('cut_short');
    expect(said(heifFile({ ...photo, order: 'mdat first', picture: 70_000 }).subarray(0, 60_000))).toBe(
      'cut_short',
    );
  });

  it('is unsupported if its lists of items are unreasonably large', () => {
    const inMeta = [fullBox('iinf', 0, 0, Buffer.alloc(140_000))];
    expect(measure(heifFile({ ...photo, inMeta }))).toEqual({
      kind: 'unsupported',
      format: 'HEIF or AVIF file',
    });
  });
});

describe('a derived image', () => {
  const grid = (data: Buffer, place: 'mdat' | 'idat', more: Partial<HeifLayout> = {}): Buffer =>
    heifFile({
      items: [
        { id: 1, type: 'hvc1', properties: [1] },
        { id: 2, type: 'grid', properties: [], data, in: place },
      ],
      primary: 2,
      properties: [ispe(512, 512)],
      references: [{ type: 'dimg', from: 2, to: [1, 1, 1, 1] }],
      ilocVersion: 1,
      ...more,
    });

  it('has the size in its property', () => {
    const items = [
      { id: 1, type: 'hvc1', properties: [1] },
      { id: 2, type: 'grid', properties: [2], data: gridData(9, 9) },
    ];
    expect(said(grid(gridData(9, 9), 'mdat', { items, properties: [ispe(512, 512), ispe(900, 600)] }))).toBe(
      '900 × 600',
    );
  });

  it.each(['mdat', 'idat'] as const)('has the size of a grid in %s without a property', (place) => {
    expect(said(grid(gridData(900, 600), place))).toBe('900 × 600');
    expect(said(grid(gridData(70_000, 600, 4), place))).toBe('70000 × 600');
  });

  it('has the size of an overlay', () => {
    const data = Buffer.concat([uint(2, 0), uint(8, 0), uint(2, 640), uint(2, 480)]);
    const items = [{ id: 2, type: 'iovl', data, in: 'idat' as const }];
    expect(said(grid(data, 'idat', { items }))).toBe('640 × 480');
  });

  it('has the size of the item that it is the identity of, as that is shown', () => {
    const items = [
      { id: 1, type: 'hvc1', properties: [1, 2] },
      { id: 2, type: 'iden', properties: [] },
    ];
    const layout = { items, properties: [ispe(640, 480), irot(1)] };
    const references = [{ type: 'dimg', from: 2, to: [1] }];
    expect(said(grid(gridData(1, 1), 'mdat', { ...layout, references }))).toBe('480 × 640');
  });

  it('is broken if it is derived from itself', () => {
    const items = [{ id: 2, type: 'iden' }];
    const references = [{ type: 'dimg', from: 2, to: [2] }];
    expect(said(grid(gridData(1, 1), 'mdat', { items, references }))).toBe('broken');
  });
});

describe('a transform of an image', () => {
  const withProperties = (...properties: Buffer[]): string =>
    said(
      heifFile({
        items: [{ id: 1, type: 'hvc1', properties: properties.map((_, index) => index + 1) }],
        primary: 1,
        properties,
      }),
    );

  it.each([
    [[irot(0)], 1],
    [[irot(1)], 8],
    [[irot(2)], 3],
    [[irot(3)], 6],
    [[imir(0)], 4],
    [[imir(1)], 2],
    [[irot(1), imir(0)], 5],
    [[irot(1), imir(1)], 7],
    [[irot(2), imir(0)], 2],
    [[irot(2), imir(1)], 4],
    [[irot(3), imir(0)], 7],
    [[irot(3), imir(1)], 5],
    [[imir(1), irot(1)], 5],
    [[imir(0), irot(1)], 7],
    [[irot(1), irot(1)], 3],
  ])('is an orientation as EXIF has it, in the order of the properties', (transforms, orientation) => {
    expect(withProperties(ispe(40, 30), ...transforms)).toBe(`40 × 30, ${orientation}`);
  });

  it('is that of a matrix, whatever turns and mirrors come one after the other', () => {
    type Matrix = readonly [number, number, number, number];
    const times = ([a, b, c, d]: Matrix, [e, f, g, h]: Matrix): Matrix => [
      a * e + b * g,
      a * f + b * h,
      c * e + d * g,
      c * f + d * h,
    ];
    // Where x goes to the right and y goes down.
    const steps: readonly (readonly [Buffer, Matrix])[] = [
      [irot(1), [0, 1, -1, 0]],
      [imir(0), [1, 0, 0, -1]],
      [imir(1), [-1, 0, 0, 1]],
    ];
    const orientations = new Map([
      ['1,0,0,1', 1],
      ['-1,0,0,1', 2],
      ['-1,0,0,-1', 3],
      ['1,0,0,-1', 4],
      ['0,1,1,0', 5],
      ['0,-1,1,0', 6],
      ['0,-1,-1,0', 7],
      ['0,1,-1,0', 8],
    ]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 8 }), (taken) => {
        const matrix = taken.reduce<Matrix>((done, [, step]) => times(step, done), [1, 0, 0, 1]);
        const key = matrix.map((cell) => cell || 0).join();
        expect(withProperties(ispe(40, 30), ...taken.map(([bytes]) => bytes))).toBe(
          `40 × 30, ${orientations.get(key)}`,
        );
      }),
    );
  });

  it.each([
    ['a clean aperture', [clap([36, 1], [28, 1])], '36 × 28'],
    ['one of fractions', [clap([73, 2], [55, 2])], '37 × 28'],
    ['one before a turn', [clap([36, 1], [28, 1]), irot(1)], '36 × 28, 8'],
    ['one after a turn, of the turned image', [irot(1), clap([28, 1], [36, 1])], '36 × 28, 8'],
    ['one that is larger than the image', [clap([50, 1], [28, 1])], '40 × 28'],
    ['one of nothing', [clap([0, 1], [28, 1])], 'broken'],
    ['one divided by nothing', [clap([36, 0], [28, 1])], 'broken'],
  ])('crops it: %s', (_what, transforms, expected) => {
    expect(withProperties(ispe(40, 30), ...transforms)).toBe(expected);
  });

  it('is done to the items that it belongs to', () => {
    const items = [
      { id: 1, type: 'hvc1', properties: [1] },
      { id: 2, type: 'hvc1', properties: [1, 2, 3] },
    ];
    const properties = [ispe(40, 30), irot(1), clap([4, 1], [3, 1])];
    expect(said(heifFile({ items, properties, primary: 1 }))).toBe('40 × 30');
    expect(said(heifFile({ items, properties, primary: 2 }))).toBe('3 × 4, 8');
  });
});

describe('the EXIF of an image', () => {
  const withExif = (data: Buffer, more: Partial<HeifLayout> = {}): HeifLayout => ({
    items: [
      { id: 1, type: 'hvc1', properties: [1] },
      { id: 2, type: 'Exif', data },
    ],
    primary: 1,
    properties: [ispe(40, 30)],
    references: [{ type: 'cdsc', from: 2, to: [1] }],
    ...more,
  });

  it.each<[string, HeifLayout]>([
    ['with the mark of JPEG', withExif(exifItem(turned))],
    ['without the mark', withExif(exifItem(turned, 'without the mark'))],
    ['without what counts the bytes in front', withExif(turned)],
    [
      'with the mark, which is not counted',
      withExif(Buffer.concat([uint(4, 0), exifItem(turned).subarray(4)])),
    ],
    ['with a count beyond its end', withExif(Buffer.concat([uint(4, 5_000), turned]))],
    ['in version 1 of iloc', withExif(exifItem(turned), { ilocVersion: 1 })],
    ['in version 2 of iloc', withExif(exifItem(turned), { ilocVersion: 2, idVersion: 1 })],
    ['far behind the pictures', withExif(exifItem(turned), { picture: 200_000 })],
    ['in pictures in front', withExif(exifItem(turned), { picture: 20_000, order: 'mdat first' })],
  ])('is found, and determines the orientation if nothing else does: %s', (_what, layout) => {
    expect(measure(heifFile(layout))).toMatchObject({ width: 40, height: 30, orientation: 8, exif: turned });
  });

  it('is found in the idat box', () => {
    const items = [
      { id: 1, type: 'hvc1', properties: [1] },
      { id: 2, type: 'Exif', data: exifItem(turned), in: 'idat' as const },
    ];
    expect(measure(heifFile({ ...withExif(turned), items, ilocVersion: 1 }))).toMatchObject({ exif: turned });
  });

  it('is that of the primary item if several items have one', () => {
    const other = toExifBlock({ image: [[ORIENTATION, 3]] });
    const items = [
      { id: 1, type: 'hvc1', properties: [1] },
      { id: 2, type: 'hvc1', properties: [1] },
      { id: 3, type: 'Exif', data: exifItem(other) },
      { id: 4, type: 'Exif', data: exifItem(turned) },
    ];
    const references = [
      { type: 'cdsc', from: 3, to: [2] },
      { type: 'cdsc', from: 4, to: [1] },
    ];
    expect(measure(heifFile({ ...withExif(turned), items, references }))).toMatchObject({ exif: turned });
  });

  it('is ignored if the container has an orientation', () => {
    const upright = withExif(exifItem(turned), {
      properties: [ispe(40, 30), irot(0)],
      items: [
        { id: 1, type: 'hvc1', properties: [1, 2] },
        { id: 2, type: 'Exif', data: exifItem(turned) },
      ],
    });
    expect(measure(heifFile(upright))).toMatchObject({ orientation: 1, exif: turned });
  });

  it('does not affect the size if it is invalid', () => {
    expect(said(heifFile(withExif(Buffer.from('no EXIF'))))).toBe('40 × 30');
    expect(said(heifFile(withExif(exifItem(turned))).subarray(0, -20))).toBe('40 × 30');
  });
});

describe('a sequence', () => {
  const start = ftyp('msf1', 'hevc');

  it('has the size of its primary item if it has one', () => {
    const still = heifFile({ ...photo, brands: ['avis', 'avif', 'mif1'] });
    expect(said(Buffer.concat([still, movie(640, 480)]))).toBe('4032 × 3024');
  });

  it('has the size of its first track of pictures otherwise', () => {
    expect(said(Buffer.concat([start, movie(640, 480)]))).toBe('640 × 480');
    expect(said(Buffer.concat([start, movie(640, 480, { handler: 'vide' })]))).toBe('640 × 480');
    expect(said(Buffer.concat([start, box('mdat', Buffer.alloc(90)), movie(640, 480)]))).toBe('640 × 480');
  });

  it('may end with a box in meta that goes on to the end of the file, as meta does', () => {
    const still = heifFile({
      ...photo,
      order: 'mdat first',
      metaSize: 'to the end',
      atEndOfMeta: [sizedBox('to the end', 'free', Buffer.alloc(20))],
    });
    expect(said(still)).toBe('4032 × 3024');
  });

  it('may write the size of each of its boxes in 64 bits, that of its brands too', () => {
    const still = heifFile({ ...photo, metaSize: 'long', mdatSize: 'long' });
    const rest = still.subarray(still.readUInt32BE(0));
    const brands = sizedBox('long', 'ftyp', Buffer.from('mif1\0\0\0\0avifmif1', 'latin1'));
    // What the items stand at does not matter for their size.
    expect(measure(Buffer.concat([brands, rest]))).toMatchObject({
      format: 'avif',
      width: 4032,
      height: 3024,
    });
    const track = sizedBox('long', 'ftyp', Buffer.from('hevc\0\0\0\0msf1', 'latin1'));
    expect(measure(Buffer.concat([track, movie(640, 480)]))).toMatchObject({ format: 'heic', width: 640 });
  });

  it('is measured by its primary item if its brands declare one, also behind the tracks', () => {
    const still = heifFile({ ...photo, brands: ['hevc', 'msf1', 'mif1'] });
    const head = still.readUInt32BE(0);
    const [brands, rest] = [still.subarray(0, head), still.subarray(head)];
    expect(said(Buffer.concat([brands, movie(640, 480), rest]))).toBe('4032 × 3024');
    expect(said(Buffer.concat([brands, movie(640, 480), box('mdat', Buffer.alloc(90))]))).toBe('640 × 480');
  });

  it('has the clean aperture and the orientation of that track', () => {
    const inEntry = [box('hvcC', Buffer.alloc(30)), clap([600, 1], [400, 1])];
    expect(said(Buffer.concat([start, movie(640, 480, { inEntry })]))).toBe('600 × 400');
    expect(said(Buffer.concat([start, movie(640, 480, { matrix: [0, 1, -1, 0] })]))).toBe('640 × 480, 6');
    expect(said(Buffer.concat([start, movie(640, 480, { matrix: [-1, 0, 0, -1] })]))).toBe('640 × 480, 3');
  });

  it('has no size if its tracks are alpha or sound', () => {
    expect(said(Buffer.concat([start, movie(640, 480, { handler: 'auxv' })]))).toBe('cut_short');
    expect(said(Buffer.concat([start, movie(640, 480, { handler: 'soun' })]))).toBe('cut_short');
  });
});

describe('a small file with a mini box', () => {
  /** Version, flags, colours, orientation, whether sides are long, and the sides. */
  const mini = (orientation: number, sideBits: 7 | 15, width: number, height: number): Buffer => {
    const bits = [
      '0'.repeat(13),
      (orientation - 1).toString(2).padStart(3, '0'),
      sideBits === 15 ? '1' : '0',
      (width - 1).toString(2).padStart(sideBits, '0'),
      (height - 1).toString(2).padStart(sideBits, '0'),
    ].join('');
    const bytes = bits.padEnd(80, '0').match(/.{8}/g) ?? [];
    return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  };
  const start = box('ftyp', Buffer.from('mif3avif'));

  it('contains its size in few bits', () => {
    expect(said(Buffer.concat([start, box('mini', mini(1, 7, 128, 1))]))).toBe('128 × 1, 1');
    expect(said(Buffer.concat([start, box('mini', mini(6, 15, 32_768, 300))]))).toBe('32768 × 300, 6');
    expect(measure(Buffer.concat([start, box('mini', mini(1, 7, 5, 5))]))).toMatchObject({ format: 'avif' });
    expect(said(Buffer.concat([start, box('mini', mini(1, 7, 5, 5).subarray(0, 4))]))).toBe('cut_short');
  });
});

describe('a file that lies', () => {
  it.each<[string, Buffer]>([
    [
      'a meta box of half of the head of a box',
      Buffer.concat([ftyp('heic'), sizedBox('short', 'meta', uint(4, 0), uint(4, 8))]),
    ],
    [
      'a box of no size',
      Buffer.concat([
        ftyp('heic'),
        sizedBox('short', 'meta', uint(4, 0), uint(4, 3), Buffer.from('iinfxxxx')),
      ]),
    ],
    [
      'a box that is larger than what it stands in',
      Buffer.concat([
        ftyp('heic'),
        sizedBox('short', 'meta', uint(4, 0), uint(4, 4_000), Buffer.from('iinf')),
      ]),
    ],
    [
      'a box of 2^64 bytes',
      Buffer.concat([ftyp('heic'), uint(4, 1), Buffer.from('meta'), Buffer.alloc(8, 255), Buffer.alloc(40)]),
    ],
    ['nothing behind its brands', ftyp('heic')],
  ])('has no size: %s', (_what, bytes) => {
    expect(said(bytes)).toMatch(/^(?:broken|cut_short|unsupported)$/);
  });

  it('is measured the same however it is cut', () => {
    const files = [
      heifFile({ ...photo, order: 'mdat first', picture: 20_000 }),
      heifFile({ ...photo, ilocVersion: 1, idVersion: 1, inMeta: [box('free', Buffer.alloc(20_000))] }),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.nat({ max: 25_000 }), { maxLength: 8 }),
        (file, cuts) => {
          const bounds = [
            0,
            ...cuts.map((at) => at % file.length).toSorted((one, other) => one - other),
            file.length,
          ];
          const pieces = bounds.slice(1).map((end, index) => file.subarray(bounds[index], end));
          expect(measure(...pieces)).toEqual(measure(file));
        },
      ),
    );
    for (const file of files) {
      expect(measure(...Array.from(file, (byte) => Buffer.of(byte)))).toEqual(measure(file));
    }
  });
});
