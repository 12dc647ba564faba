import { describe, expect, it } from '@jest/globals';
import { toExifBlock, type Fraction, type RawValue, TAGS, type Tag } from '../../../../test/support/exif.js';
import { decodeExif, type ExifFinding } from './decode-exif.js';

const find = (place: readonly Tag[]): ExifFinding => decodeExif(toExifBlock({ place }), new Date(0));

const dms = (degrees: number, minutes = 0, seconds = 0): Fraction[] => [
  [degrees * 1_000, 1_000],
  [minutes * 1_000, 1_000],
  [seconds * 1_000, 1_000],
];
const at = (latitude: readonly Fraction[] | RawValue, ref = 'N', more: readonly Tag[] = []): Tag[] => [
  [TAGS.latitudeRef, ref],
  [TAGS.latitude, latitude],
  [TAGS.longitudeRef, 'W'],
  [TAGS.longitude, dms(77, 15)],
  ...more,
];

function doubles(...values: number[]): RawValue {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => bytes.writeDoubleLE(value, index * 8));
  return { type: 12, count: values.length, bytes };
}

function signed(...parts: number[]): RawValue {
  const bytes = Buffer.alloc(parts.length * 4);
  parts.forEach((part, index) => bytes.writeInt32LE(part, index * 4));
  return { type: 10, count: parts.length / 2, bytes };
}

describe('the latitude', () => {
  it.each<[string, Tag[], number | null]>([
    ['of degrees, minutes and seconds', at(dms(12, 58, 17.756)), 12.971_599],
    ['of the south is less than zero', at(dms(12, 30), 'S'), -12.5],
    ['of fractions of minutes', at(dms(12, 30.3)), 12.505],
    ['of one decimal value', at([[129_716, 10_000]]), 12.9716],
    ['of one decimal value in degrees', at([[129_716, 10_000], [0, 1], [0, 1]]), 12.9716], // prettier-ignore
    ['of one DOUBLE', at(doubles(12.9716)), 12.9716],
    ['of degrees and minutes', at([[12, 1], [30, 1]]), 12.5], // prettier-ignore
    ['with seconds of 0/0', at([[12, 1], [3030, 100], [0, 0]]), 12.505], // prettier-ignore
    ['of one decimal value before 0/0', at([[129_716, 10_000], [0, 0], [0, 0]]), 12.9716], // prettier-ignore
    ['of whole degrees before 0/0 is unknown', at([[12, 1], [0, 0], [0, 0]]), null], // prettier-ignore
    ['of 0/0 is unknown', at([[0, 0], [0, 0], [0, 0]]), null], // prettier-ignore
    ['of n/0 is unknown', at([[12, 0], [30, 1], [0, 1]]), null], // prettier-ignore
    ['of a direction in lower case', at(dms(12, 30), 's'), -12.5],
    ['of a direction that is spelled out', at(dms(12, 30), 'North'), 12.5],
    ['of another direction is unknown', at(dms(12, 30), '?'), null],
    ['of no direction is unknown', at(dms(12, 30), ''), null],
    ['of a pole', at(dms(90), 'S'), -90],
    ['beyond the poles is unknown', at(dms(90, 0, 1)), null],
    ['that has its sign twice', at(signed(-12, 1, 30, 1, 0, 1), 'S'), -12.5],
    ['that has its sign in each number, too', at(signed(-12, 1, -30, 1, 0, 1), 'S'), -12.5],
    ['less than a degree from the equator, too', at(signed(0, 1, -30, 1, 0, 1), 'S'), -0.5],
    ['of degrees of no sign and minutes of one is unknown', at(signed(12, 1, -30, 1, 0, 1), 'S'), null],
    ['whose sign contradicts its direction is unknown', at(signed(-12, 1, 30, 1, 0, 1), 'N'), null],
    ['of minutes below zero is unknown', at(signed(12, 1, -30, 1, 0, 1), 'N'), null],
    ['of a text is unknown', at({ type: 2, bytes: Buffer.from('12.9716\0') }), null],
  ])('%s', (_, place, latitude) => {
    expect(find(place)).toMatchObject({ latitude, longitude: -77.25 });
  });
});

describe('a position', () => {
  const NONE = { latitude: null, longitude: null, position_error_meters: null };

  it.each([
    'WGS-84',
    'WGS84',
    'WGS 84',
    'WGS 1984',
    'wgs_84',
    'WGS-84   ',
    'World Geodetic System 1984',
    'EPSG:4326',
    '',
    '  ',
  ])('of the datum "%s" is one of WGS 84', (datum) => {
    expect(find(at(dms(12, 30), 'N', [[TAGS.datum, datum]]))).toMatchObject({
      latitude: 12.5,
      longitude: -77.25,
    });
  });

  it.each(['TOKYO', 'WGS-72', 'WGS 841', 'EPSG:4301', 'NAD27'])('of the datum "%s" is none', (datum) => {
    expect(find(at(dms(12, 30), 'N', [[TAGS.datum, datum], [TAGS.positioningError, [[5, 1]]]]))).toMatchObject(NONE); // prettier-ignore
  });

  const origin = (latitude: Fraction[], longitude: Fraction[]): Tag[] => [
    [TAGS.latitudeRef, 'S'],
    [TAGS.latitude, latitude],
    [TAGS.longitudeRef, 'W'],
    [TAGS.longitude, longitude],
    [TAGS.positioningError, [[5, 1]]],
  ];

  it('of exactly 0, 0 is none', () => {
    expect(find(origin(dms(0), dms(0)))).toMatchObject(NONE);
  });

  it('on the equator or the zero meridian is one, without a minus before its zero', () => {
    expect(find(origin(dms(0), dms(10)))).toMatchObject({
      latitude: 0,
      longitude: -10,
      position_error_meters: 5,
    });
    expect(find(origin(dms(10), dms(0)))).toMatchObject({
      latitude: -10,
      longitude: 0,
      position_error_meters: 5,
    });
    expect(find(origin(dms(0, 0, 0.001), dms(0)))).toMatchObject(NONE);
  });

  it('that has no longitude keeps its latitude, and has no error', () => {
    const place: Tag[] = [
      [TAGS.latitudeRef, 'N'],
      [TAGS.latitude, dms(12, 30)],
      [TAGS.positioningError, [[5, 1]]],
    ];
    expect(find(place)).toMatchObject({ latitude: 12.5, longitude: null, position_error_meters: null });
  });

  it.each<[string, readonly Fraction[] | RawValue, number | null]>([
    ['meters', [[5, 1]], 5],
    ['fractions of meters', [[4_737, 1_000]], 4.737],
    ['more digits than a millimeter', [[1, 3]], 0.333],
    ['a DOUBLE', doubles(12.25), 12.25],
    ['zero', [[0, 1]], null],
    ['less than zero', signed(-5, 1), null],
    ['0/0', [[0, 0]], null],
    ['n/0', [[5, 0]], null],
    ['a text', { type: 2, bytes: Buffer.from('5 m\0') }, null],
  ])('has an error of %s', (_, error, expected) => {
    const finding = find(at(dms(12, 30), 'N', [[TAGS.positioningError, error]]));
    expect(finding).toMatchObject({ latitude: 12.5, position_error_meters: expected });
  });
});
