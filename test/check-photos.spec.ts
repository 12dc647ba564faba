import { describe, expect, it } from '@jest/globals';
import { compare } from '../scripts/check-photos/compare.ts';
import type { ExiftoolTags } from '../scripts/check-photos/exiftool.ts';
import type { ExifFinding } from '../src/images/analysis/exif/decode-exif.js';
import type { ImageResultView } from '../src/images/results/result-fields.js';

const JPEG: ExiftoolTags = {
  'File:FileType': 'JPEG',
  'File:MIMEType': 'image/jpeg',
  'File:ImageWidth': 24,
  'File:ImageHeight': 16,
};

function image(exif: Partial<ExifFinding> = {}, more: Partial<ImageResultView> = {}): ImageResultView {
  return {
    image_id: 'img_0_0',
    visit_id: 'visit_0_0',
    store_id: 'CHECK-PHOTOS',
    visit_time: '2024-11-16T12:00:00.000Z',
    visit_reference: null,
    visit_metadata: {},
    image_url: 'http://127.0.0.1/1/0',
    status: 'succeeded',
    width: 24,
    height: 16,
    perimeter: 80,
    format: 'jpg',
    mime: 'image/jpeg',
    orientation: null,
    content_length: 900,
    attempts: 1,
    error: null,
    error_code: null,
    processed_at: '2024-11-16T12:00:01.000Z',
    analysis: { exif },
    flags: [],
    ...more,
  };
}

const failed = (code: string): ImageResultView =>
  image({}, { status: 'failed', error_code: code, width: null, height: null, format: null });

const differing = (result: ImageResultView, tags: ExiftoolTags): unknown[] =>
  compare('a.jpg', result, tags).disagreements.map(({ field, shelfline, exiftool }) => [
    field,
    shelfline,
    exiftool,
  ]);

describe('a photo', () => {
  it('of which both say the same has no disagreement', () => {
    const tags = {
      ...JPEG,
      'IFD0:Orientation': 6,
      'IFD0:Make': 'Acme ',
      'IFD0:Model': 'Shelf 3',
      'ExifIFD:DateTimeOriginal': '2024:11:16 17:35:30',
      'ExifIFD:OffsetTimeOriginal': '+05:30',
      'GPS:GPSLatitude': 12.971_599_1,
      'GPS:GPSLatitudeRef': 'S',
      'GPS:GPSLongitude': 77.25,
      'GPS:GPSLongitudeRef': 'E',
    };
    const exif = {
      capture_time: '2024-11-16T12:05:30.750Z',
      camera: 'Acme Shelf 3',
      latitude: -12.971_599,
      longitude: 77.25,
    };
    expect(compare('a.jpg', image(exif, { orientation: 6 }), tags)).toEqual({
      isCompared: true,
      disagreements: [],
    });
  });

  it('names each field of which they say different things', () => {
    const tags = {
      ...JPEG,
      'File:ImageWidth': 25,
      'File:ImageHeight': 17,
      'IFD0:Orientation': 8,
      'IFD0:Model': 'Shelf 4',
      'IFD0:ModifyDate': '2024:11:16 12:00:00',
      'GPS:GPSLatitude': 1,
      'GPS:GPSLatitudeRef': 'N',
      'GPS:GPSLongitude': 2,
      'GPS:GPSLongitudeRef': 'W',
    };
    expect(differing(image({ camera: 'Shelf 3' }), tags)).toEqual([
      ['width', 24, 25],
      ['height', 16, 17],
      ['orientation', null, 8],
      ['capture_time', null, '2024-11-16T12:00:00.000Z'],
      ['position', null, '1.000000, -2.000000'],
      ['camera', 'Shelf 3', 'Shelf 4'],
    ]);
  });

  it('that was not measured disagrees with a size', () => {
    expect(differing(failed('broken_image'), JPEG)).toEqual([['status', 'broken_image', '24 x 16']]);
  });

  it.each<[string, ImageResultView, ExiftoolTags]>([
    ['whose format is refused', failed('unsupported_format'), JPEG],
    [
      'that is damaged for both',
      failed('broken_image'),
      { 'File:FileType': 'JPEG', 'File:MIMEType': 'image/jpeg' },
    ],
    ['that is a video for exiftool', image(), { ...JPEG, 'File:MIMEType': 'video/mp4' }],
    ['that is an icon of several sizes', image(), { ...JPEG, 'File:FileType': 'ICO', 'File:ImageWidth': 99 }],
    [
      'that is damaged, with a side that no image has',
      failed('broken_image'),
      { ...JPEG, 'File:ImageWidth': 2 ** 31 },
    ],
    ['that has a size in percent', image(), { 'File:MIMEType': 'image/svg+xml', 'SVG:ImageWidth': '50%', 'SVG:ImageHeight': 16 }], // prettier-ignore
  ])('%s is not compared', (_, result, tags) => {
    expect(compare('a.jpg', result, tags)).toEqual({ isCompared: false, disagreements: [] });
  });
});

describe('exiftool', () => {
  const heic = { format: 'heic' };

  it.each<[string, ImageResultView, ExiftoolTags]>([
    [
      'says the size of the full image of a RAW file in the largest directory that is not reduced',
      image({}, { width: 4_000, height: 3_000 }),
      {
        'File:FileType': 'DNG',
        'File:MIMEType': 'image/x-adobe-dng',
        'IFD0:ImageWidth': 256,
        'IFD0:ImageHeight': 171,
        'IFD0:SubfileType': 1,
        'SubIFD:ImageWidth': 4_000,
        'SubIFD:ImageHeight': 3_000,
        'SubIFD:SubfileType': 0,
        'SubIFD1:ImageWidth': 6_000,
        'SubIFD1:ImageHeight': 4_000,
        'SubIFD1:SubfileType': 1,
      },
    ],
    [
      'says the size of the first page of a TIFF file',
      image(),
      { 'File:FileType': 'TIFF', 'File:MIMEType': 'image/tiff', 'IFD0:ImageWidth': 24, 'IFD0:ImageHeight': 16, 'IFD1:ImageWidth': 99, 'IFD1:ImageHeight': 99 }, // prettier-ignore
    ],
    [
      'says sizes of EXIF, which do not count',
      image(),
      { 'IFD0:ImageWidth': 99, 'IFD0:ImageHeight': 99, ...JPEG },
    ],
    [
      'says the clean aperture apart',
      image({}, { width: 20, height: 10, ...heic }),
      { ...JPEG, 'QuickTime:CleanAperture': '20 10 -2 3' },
    ],
    [
      'says the rotation of HEIF in degrees',
      image({}, { orientation: 6, ...heic }),
      { ...JPEG, 'QuickTime:Rotation': 270 },
    ],
    ['does not say the mirroring of HEIF', image({}, { orientation: 2, ...heic }), JPEG],
    ['says an orientation of 1 where nothing is to be turned', image(), { ...JPEG, 'IFD0:Orientation': 1 }],
    ['says orientations that are none', image(), { ...JPEG, 'IFD0:Orientation': 99 }],
    ['says a position of 0, 0', image(), { ...JPEG, 'GPS:GPSLatitude': 0, 'GPS:GPSLatitudeRef': 'N', 'GPS:GPSLongitude': 0, 'GPS:GPSLongitudeRef': 'E' }], // prettier-ignore
    ['says positions of another datum', image(), { ...JPEG, 'GPS:GPSMapDatum': 'TOKYO', 'GPS:GPSLatitude': 1, 'GPS:GPSLatitudeRef': 'N', 'GPS:GPSLongitude': 1, 'GPS:GPSLongitudeRef': 'E' }], // prettier-ignore
    ['says a model of digits as a number', image({ camera: '0012' }), { ...JPEG, 'IFD0:Model': 12 }],
    [
      'says bytes that are no UTF-8 as question marks',
      image({ camera: 'Ácmé 3' }),
      { ...JPEG, 'IFD0:Model': '?cm?? 3' },
    ],
    [
      'says the make where the model repeats it',
      image({ camera: 'ACME 3' }),
      { ...JPEG, 'IFD0:Make': 'Acme', 'IFD0:Model': 'ACME 3' },
    ],
    ['says dates that are none', image(), { ...JPEG, 'ExifIFD:DateTimeOriginal': '0000:00:00 00:00:00' }],
    [
      'says a time of GPS near the clock',
      image({ capture_time: '2024-11-16T12:05:30.000Z' }),
      { ...JPEG, 'ExifIFD:DateTimeOriginal': '2024:11:16 17:35:30', 'GPS:GPSDateStamp': '2024:11:16', 'GPS:GPSTimeStamp': '12:04:10.5' }, // prettier-ignore
    ],
    [
      'says a time of GPS alone, which may not be plausible',
      image(),
      { ...JPEG, 'GPS:GPSDateStamp': '1980:01:06', 'GPS:GPSTimeStamp': '00:00:00' },
    ],
    [
      'says the date of XMP, which does not count',
      image(),
      { ...JPEG, 'XMP-exif:DateTimeOriginal': '2024:11:16 12:00:00' },
    ],
  ])('%s', (_, result, tags) => {
    expect(compare('a.jpg', result, tags)).toEqual({ isCompared: true, disagreements: [] });
  });
});
