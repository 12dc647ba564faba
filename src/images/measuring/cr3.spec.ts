import { describe, expect, it } from '@jest/globals';
import { box, ftyp } from '../../../test/support/heif-builder.js';
import { read, told } from '../../../test/support/reading.js';
import { type Entry, LONG, SHORT, TiffBuilder } from '../../../test/support/tiff-builder.js';
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

  it.each<[string, Buffer]>([
    ['no directory', file()],
    ['a directory without a height', file(box('CMT1', directory(SIZE[0] ?? [0, 0, []])))],
    ['a directory that is none', file(box('CMT1', Buffer.alloc(80)))],
    ['nothing of Canon in it', Buffer.concat([ftyp('crx '), box('moov', box('trak', Buffer.alloc(80)))])],
  ])('is unsupported with %s', (_what, bytes) => {
    expect(say(bytes)).toBe('unsupported');
  });
});
