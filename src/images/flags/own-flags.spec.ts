import { describe, expect, it } from '@jest/globals';
import { measureDistance } from './distance.js';
import { FLAG_CODES, type FlagCode, toCodes } from './flag-codes.js';
import { type FlagsOptions } from './flags.options.js';
import { findOwnFlags, type OwnFacts, type VisitFacts } from './own-flags.js';
import { parsePhotoExif, type PhotoExif } from './photo-exif.js';

const OPTIONS: FlagsOptions = { flags: FLAG_CODES, maxDelayHours: 24, maxDistanceMeters: 500, minSide: 480 };
const NO_EXIF: PhotoExif = {
  capture_time: null,
  capture_time_source: null,
  latitude: null,
  longitude: null,
  position_error_meters: null,
};
const VISIT: VisitFacts = {
  visit_time: new Date('2024-11-16T12:00:00.000Z'),
  latitude: 12.9716,
  longitude: 77.5946,
  radius_meters: null,
  read_at: new Date('2024-11-20T00:00:00.000Z'),
};
/** One degree of latitude. */
const DEGREE_METERS = 111_195.08;

function flagged(facts: Partial<OwnFacts>, options: Partial<FlagsOptions> = {}): FlagCode[] {
  const photo = { format: 'jpg', width: 1_000, height: 1_000, ...facts };
  return toCodes(findOwnFlags(photo, { ...OPTIONS, ...options }).mask);
}

const taken = (exif: Partial<PhotoExif>, visit: Partial<VisitFacts> = {}): Partial<OwnFacts> => ({
  photo: { exif: { ...NO_EXIF, ...exif }, visit: { ...VISIT, ...visit } },
});

describe('the flags of an image by itself', () => {
  it('are none for a photo without EXIF, or of a store without a position', () => {
    expect(flagged({})).toEqual([]);
    expect(flagged(taken({}))).toEqual([]);
    const elsewhere = { latitude: 1, longitude: 1 };
    expect(flagged(taken(elsewhere, { latitude: null, longitude: null }))).toEqual([]);
    expect(flagged(taken({ latitude: 1 }))).toEqual([]);
  });

  it.each([
    ['2024-11-15T12:00:00.000Z', []],
    ['2024-11-15T11:59:59.999Z', ['other_time']],
    ['2024-11-17T12:00:00.000Z', []],
    ['2024-11-17T12:00:00.001Z', ['other_time']],
    ['2005-01-01T00:00:00.000Z', ['other_time']],
    ['2004-12-31T23:59:59.999Z', ['clock_implausible']],
    ['2024-11-20T01:00:00.000Z', ['other_time']],
    ['2024-11-20T01:00:00.001Z', ['clock_implausible']],
    ['not a time', []],
  ])('taken at %s are %j', (capture_time, codes) => {
    expect(flagged(taken({ capture_time }))).toEqual(codes);
  });

  it.each([
    [499, null, null, []],
    [501, null, null, ['elsewhere']],
    [501, 2, null, []],
    [900, 300, null, ['elsewhere']],
    [501, null, 600, []],
    [150, null, 100, ['elsewhere']],
  ])('%d m away, with an error of %j m and a radius of %j m, are %j', (meters, error, radius, codes) => {
    const latitude = 12.9716 + meters / DEGREE_METERS;
    const exif = { latitude, longitude: 77.5946, position_error_meters: error };
    expect(flagged(taken(exif, { radius_meters: radius }))).toEqual(codes);
  });

  it('say what they rest on, with the limits of the moment', () => {
    const exif = {
      capture_time: '2024-11-15T11:00:00.000Z',
      capture_time_source: 'gps',
      latitude: 13,
      longitude: 77.5946,
    };
    expect(findOwnFlags({ format: 'jpg', width: 1, height: 1, ...taken(exif) }, OPTIONS).evidence).toEqual({
      other_time: {
        capture_time: '2024-11-15T11:00:00.000Z',
        source: 'gps',
        delay_seconds: -90_000,
        limit_seconds: 86_400,
      },
      elsewhere: { distance_meters: 3_158, error_meters: null, limit_meters: 500 },
    });
  });

  it.each([
    ['png', 480, ['not_a_camera_format']],
    ['gif', 479, ['not_a_camera_format', 'too_small']],
    ['bmp', 480, ['not_a_camera_format']],
    ['svg', 480, ['not_a_camera_format']],
    ['ico', 480, ['not_a_camera_format']],
    ['webp', 480, []],
    ['heic', 480, []],
    ['tiff', 479, ['too_small']],
  ])('in the format %s with a side of %d are %j', (format, height, codes) => {
    expect(flagged({ format, height })).toEqual(codes);
  });

  it('are only those that are asked for', () => {
    const photo = { ...taken({ capture_time: '2000-01-01T00:00:00.000Z' }), format: 'png', width: 1 };
    expect(flagged(photo, { flags: ['too_small'] })).toEqual(['too_small']);
    expect(
      findOwnFlags({ height: 1, ...photo }, { ...OPTIONS, flags: ['too_small'] }).evidence,
    ).toBeUndefined();
  });
});

describe('the distance between two places', () => {
  it.each([
    [{ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1 }, 111_195],
    [{ latitude: -16.8, longitude: 179.9995 }, { latitude: -16.8, longitude: -179.9995 }, 106],
    [{ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 0 }, 20_015_115],
    [{ latitude: 52.52, longitude: 13.405 }, { latitude: 48.8566, longitude: 2.3522 }, 877_465],
  ])('of %j and %j is %d m', (one, other, meters) => {
    expect(Math.abs(measureDistance(one, other) - meters)).toBeLessThanOrEqual(meters * 0.001 + 1);
  });
});

describe('the EXIF that flags need', () => {
  it('is that of the analyzer exif, and a value of another type is missing', () => {
    expect(parsePhotoExif('{"other":{"a":1}}')).toBeUndefined();
    expect(parsePhotoExif('{"exif":1}')).toBeUndefined();
    expect(parsePhotoExif('{"exif":{"latitude":"1","longitude":2,"capture_time":"t"}}')).toEqual({
      ...NO_EXIF,
      longitude: 2,
      capture_time: 't',
    });
  });
});
