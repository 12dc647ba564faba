import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { getSignature } from './signature.js';

const bytes = (latin1: string): Buffer => Buffer.from(latin1, 'latin1');

/** A first box of an ISO media file with these brands; the second one is in the place of the version. */
function ftyp(...brands: string[]): string {
  const size = 8 + brands.length * 4;
  return `\0\0${String.fromCharCode(size >> 8, size & 0xff)}ftyp${brands.join('')}`;
}

describe('the signature of a file', () => {
  it.each([
    ['jpeg', '\xff\xd8\xff'],
    ['jpeg', '\xff\xd8\xff\xe1and more'],
    ['png', '\x89PNG\r\n\x1a\n'],
    ['gif', 'GIF87a'],
    ['gif', 'GIF89a'],
    ['webp', `RIFF\x12\x34\x56\x78WEBP${'.'.repeat(18)}`],
    ['bmp', `BM${'\0'.repeat(12)}\x28\0\0\0`],
    ['bmp', `BM${'\0'.repeat(12)}\x0c\0\0\0`],
    ['bmp', `BA${'\0'.repeat(12)}BM${'\0'.repeat(12)}\x0c\0\0\0`],
    ['psd', '8BPS'],
    ['tiff', 'II*\0'],
    ['tiff', 'MM\0*'],
    ['ico', '\0\0\x01\0\x01\0'],
    ['heif', ftyp('avif', '\0\0\0\0')],
    ['heif', ftyp('avis', '\0\0\0\0')],
    ['heif', ftyp('heic', '\0\0\0\0')],
    ['heif', ftyp('isom', '\0\0\0\0', 'iso2', 'mif1')],
    ['heif', ftyp('mif3', 'avif')],
    ['heif', ftyp('msf1', '\0\0\0\0', 'hevc')],
    ['cr3', ftyp('crx ', '\0\0\0\x01', 'crx ', 'isom')],
    ['tiff', 'II+\0\b\0\0\0'],
    ['tiff', 'MM\0+\0\b\0\0'],
    ['tiff', 'II*\0\x10\0\0\0CR\x02\0'],
    ['tiff', 'IIRO'],
    ['tiff', 'MMOR'],
    ['tiff', 'IIRS'],
    ['tiff', 'IIU\0'],
    ['jxlc', '\xff\x0a'],
    ['jxl', '\0\0\0\x0cJXL \r\n\x87\n'],
    ['jp2', '\0\0\0\x0cjP  \r\n\x87\n'],
    ['j2c', '\xff\x4f\xff\x51'],
    ['jxr', 'II\xbc\x01'],
    ['crw', 'II\x1a\0\0\0HEAPCCDR'],
    ['mrw', '\0MRM\0\0'],
    ['raf', 'FUJIFILMCCD-RAW 0201'],
    ['x3f', 'FOVb'],
    ['text', '<\0s\0v\0g\0'],
    ['text', '\0<\0s\0v\0g'],
    ['text', '\0\n\0<\0s'],
    ['text', '<svg'],
    ['text', '<'],
    ['text', '\xef\xbb\xbf<?xml'],
    ['text', ' \t\r\n<svg'],
    ['text', '\xff\xfe<\0'],
    ['text', '\xff\xfe\n\0<\0'],
    ['text', '\xfe\xff\0<'],
    ['text', ' '.repeat(100)],
    ['text', ' <..ftypavif'],
  ])('is that of %s in %j', (signature, start) => {
    expect(getSignature(bytes(start))).toBe(signature);
  });

  it.each([
    'Not found, and this is no image either',
    '{"error":"not an image","but":"some json"}',
    '%PDF-1.7 and what follows in such a file',
    'PK\x03\x04 and what follows in such a file',
    `BM${'\0'.repeat(12)}\x0b\0\0\0`,
    'BM is short for bitmap in many a text',
    `RIFF....WAVE${'.'.repeat(30)}`,
    `GIF88a${'.'.repeat(30)}`,
    `MM*\0${'.'.repeat(30)}`,
    `\0\0\x02\0${'.'.repeat(30)}`,
    ftyp('isom', '\0\0\0\0', 'iso2', 'avc1', 'mp41'),
    ftyp('isom', 'avif', 'mp41'),
    ftyp('isom', '\0\0\0\0', ...Array<string>(200).fill('mp41'), 'avif'),
    `\xef\xbb<svg${'.'.repeat(30)}`,
    `\xff\xfe<svg${'.'.repeat(30)}`,
  ])('is unknown in %j', (start) => {
    expect(getSignature(bytes(start))).toBe('unknown');
  });

  it.each([
    '',
    '\xff',
    '\xff\xd8',
    '\x89PNG\r\n\x1a',
    'GIF89',
    '\0\0\x01',
    'RIFF....WEB',
    'B',
    `BM${'\0'.repeat(15)}`,
    '\0\0\0\x20ftyp',
    '\0\0\0\x20ftypisom',
    '\xef\xbb',
    '\xfe',
    ' \n',
    '\xef\xbb\xbf  ',
    '\xff\xfe \0',
    '    ftyp',
  ])('is not decided yet in %j', (start) => {
    expect(getSignature(bytes(start))).toBe('undecided');
  });

  it('does not change with further bytes once it is decided', () => {
    const start = fc.oneof(
      fc.constantFrom(
        '\xff\xd8\xff',
        'GIF89a',
        'RIFF....WEBP',
        'BM',
        'II*\0',
        ftyp('isom', '\0\0\0\0', 'avif'),
        '\xff\xfe',
        ' ',
      ),
      fc.string({ unit: fc.constantFrom('\0', ' ', '<', '\xff', '\xfe', 'f', 't', 'y', 'p'), maxLength: 12 }),
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 600 }), (latin1, following) => {
        const file = Buffer.concat([bytes(latin1), following]);
        const said = Array.from({ length: file.length + 1 }, (_, length) =>
          getSignature(file.subarray(0, length)),
        );
        const decided = said.findIndex((signature) => signature !== 'undecided');
        const told = decided === -1 ? [] : said.slice(decided);
        expect(new Set(told).size).toBeLessThan(2);
        expect(told.length > 0 || file.length < 512).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
