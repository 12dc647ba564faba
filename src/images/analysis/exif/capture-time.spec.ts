import { describe, expect, it } from '@jest/globals';
import {
  type ExifContent,
  toExifBlock,
  type Fraction,
  TAGS,
  type Tag,
} from '../../../../test/support/exif.js';
import { decodeExif } from './decode-exif.js';
import { TimeZone } from '../../../http/input/time-zone.js';

const VISIT = new Date('2024-11-16T12:00:00Z');
const NOW = new Date('2024-11-17T00:00:00Z');
const NEW_YORK = new TimeZone('America/New_York');

const time = (content: ExifContent, zone?: TimeZone, visit = VISIT): unknown[] => {
  const finding = decodeExif(toExifBlock(content), visit, zone, NOW);
  return [finding.capture_time, finding.capture_time_source];
};

const LOCAL: Tag = [TAGS.capturedAt, '2024:11:16 17:35:30'];
const gps = (date: string, hours: Fraction, minutes: Fraction, seconds: Fraction): Tag[] => [
  [TAGS.gpsDate, date],
  [TAGS.gpsTime, [hours, minutes, seconds]],
];
const GPS_TIME = gps('2024:11:16', [12, 1], [4, 1], [1050, 100]);

describe('the capture time', () => {
  it.each<[string, ExifContent, unknown[]]>([
    [
      'the offset in the value itself, before an offset tag',
      {
        photo: [
          [TAGS.capturedAt, '2024:11:16 17:35:30+05:30'],
          [TAGS.offsetOriginal, '+01:00'],
        ],
      },
      ['2024-11-16T12:05:30.000Z', 'original'],
    ],
    [
      'its own offset tag, before the others and GPS',
      { photo: [LOCAL, [TAGS.offset, '+06:00'], [TAGS.offsetOriginal, '+05:30']], place: GPS_TIME },
      ['2024-11-16T12:05:30.000Z', 'original'],
    ],
    [
      'the offset tag of another date, OffsetTimeDigitized before OffsetTime',
      { photo: [LOCAL, [TAGS.offset, '+06:00'], [TAGS.offsetDigitized, '+05:00']] },
      ['2024-11-16T12:35:30.000Z', 'original'],
    ],
    [
      'the next offset tag where its own is blank',
      { photo: [LOCAL, [TAGS.offsetOriginal, '   :  '], [TAGS.offset, '+06:00']] },
      ['2024-11-16T11:35:30.000Z', 'original'],
    ],
    [
      'the offset that a GPS time gives it, in quarters of an hour',
      { photo: [LOCAL], place: GPS_TIME },
      ['2024-11-16T12:05:30.000Z', 'original'],
    ],
    [
      'a GPS time that is up to 15 hours away',
      { photo: [LOCAL], place: gps('2024:11:17', [8, 1], [35, 1], [30, 1]) },
      ['2024-11-17T08:35:30.000Z', 'original'],
    ],
    [
      'the zone where GPS contradicts it by more than 15 hours',
      { photo: [LOCAL], place: gps('2024:11:17', [8, 1], [35, 1], [31, 1]) },
      ['2024-11-16T22:35:30.000Z', 'original'],
    ],
    [
      'the zone where the GPS time is that of a week rollover',
      { photo: [LOCAL], place: gps('2005:04:02', [12, 1], [4, 1], [10, 1]) },
      ['2024-11-16T22:35:30.000Z', 'original'],
    ],
    [
      'the zone where the GPS time is the first day of GPS',
      { photo: [[TAGS.capturedAt, '1980:01:06 01:00:00']], place: gps('1980:01:06', [0, 1], [0, 1], [0, 1]) },
      ['1980-01-06T06:00:00.000Z', 'original'],
    ],
    ['the zone where nothing else says it', { photo: [LOCAL] }, ['2024-11-16T22:35:30.000Z', 'original']],
    [
      'DateTimeDigitized where the original is a placeholder',
      {
        image: [[TAGS.modifiedAt, '2024:11:18 09:00:00']],
        photo: [
          [TAGS.capturedAt, '0000:00:00 00:00:00'],
          [TAGS.digitizedAt, '2024:11:16 12:00:00'],
        ],
      },
      ['2024-11-16T17:00:00.000Z', 'digitized'],
    ],
    [
      'DateTime where there is no other',
      {
        image: [[TAGS.modifiedAt, '2024:11:16 12:00:00']],
        photo: [[TAGS.capturedAt, '    :  :     :  :  ']],
      },
      ['2024-11-16T17:00:00.000Z', 'modified'],
    ],
    [
      'the offset tag of the date that counts',
      {
        photo: [
          [TAGS.digitizedAt, '2024:11:16 12:00:00'],
          [TAGS.offsetOriginal, '+01:00'],
          [TAGS.offsetDigitized, '+02:00'],
        ],
      },
      ['2024-11-16T10:00:00.000Z', 'digitized'],
    ],
    [
      'the tags of the photo in the directory of the image, as in TIFF/EP',
      { image: [LOCAL, [TAGS.offsetOriginal, '+05:30']] },
      ['2024-11-16T12:05:30.000Z', 'original'],
    ],
    ['a GPS time without a clock time', { place: GPS_TIME }, ['2024-11-16T12:04:10.500Z', 'gps']],
    [
      'a clock that was never set, before a GPS time that contradicts it',
      { photo: [[TAGS.capturedAt, '2000:01:01 00:00:00']], place: GPS_TIME },
      ['2000-01-01T05:00:00.000Z', 'original'],
    ],
    ['nothing where there is no date', { image: [[TAGS.make, 'Acme']] }, [null, null]],
  ])('is placed by %s', (_, content, expected) => {
    expect(time(content, NEW_YORK)).toEqual(expected);
  });
});

describe('without a zone', () => {
  it.each<[string, ExifContent, unknown[]]>([
    ['a local time alone is not placed', { photo: [LOCAL] }, [null, null]],
    [
      'an original that cannot be placed gives way to a date that can',
      {
        photo: [
          [TAGS.capturedAt, '2024:11:16 17:35:30'],
          [TAGS.digitizedAt, '2024:11:16 17:35:31+05:30'],
        ],
      },
      ['2024-11-16T12:05:31.000Z', 'digitized'],
    ],
    [
      'a date far from the GPS time gives way to one near it',
      {
        image: [[TAGS.modifiedAt, '2024:11:16 17:34:10']],
        photo: [[TAGS.capturedAt, '2001:01:01 00:00:00']],
        place: GPS_TIME,
      },
      ['2024-11-16T12:04:10.000Z', 'modified'],
    ],
    [
      'a GPS time counts where the only clock was never set',
      { photo: [[TAGS.capturedAt, '2000:01:01 00:00:00']], place: GPS_TIME },
      ['2024-11-16T12:04:10.500Z', 'gps'],
    ],
    [
      'a GPS time that contradicts a plausible clock by days does not count',
      { photo: [[TAGS.capturedAt, '2024:11:10 12:00:00']], place: GPS_TIME },
      [null, null],
    ],
  ])('%s', (_, content, expected) => {
    expect(time(content)).toEqual(expected);
  });
});

describe('a GPS time on its own', () => {
  it.each<[string, Tag[], string | null]>([
    [
      'counts the fractions of its minutes',
      gps('2024:11:16', [6, 1], [345, 10], [0, 1]),
      '2024-11-16T06:34:30.000Z',
    ],
    [
      'counts fractions of a second',
      gps('2024:11:16', [6, 1], [34, 1], [10_750, 1000]),
      '2024-11-16T06:34:10.750Z',
    ],
    ['takes seconds of 0/0 as none', gps('2024:11:16', [6, 1], [34, 1], [0, 0]), '2024-11-16T06:34:00.000Z'],
    [
      'may have its date with dashes',
      gps('2024-11-16', [6, 1], [34, 1], [10, 1]),
      '2024-11-16T06:34:10.000Z',
    ],
    [
      'may have a time behind its date',
      gps('2024:11:16 06:34:10', [6, 1], [34, 1], [10, 1]),
      '2024-11-16T06:34:10.000Z',
    ],
    [
      'may be a day ahead of the clock of this machine',
      gps('2024:11:17', [23, 1], [0, 1], [0, 1]),
      '2024-11-17T23:00:00.000Z',
    ],
    ['is none in the future', gps('2024:11:18', [0, 1], [0, 1], [1, 1]), null],
    ['is none before 2005', gps('2004:12:31', [23, 1], [59, 1], [59, 1]), null],
    ['is none on the first day of GPS', gps('1980:01:06', [0, 1], [0, 1], [0, 1]), null],
    ['is none 1,024 weeks before the visit', gps('2005:04:02', [12, 1], [4, 1], [10, 1]), null],
    ['is none some months from that either', gps('2005:11:02', [12, 1], [4, 1], [10, 1]), null],
    ['is none of hours that are 0/0', gps('2024:11:16', [0, 0], [0, 0], [13, 1]), null],
    ['is none of minutes that are 0/0', gps('2024:11:16', [6, 1], [0, 0], [13, 1]), null],
    ['is none at 24 hours', gps('2024:11:16', [24, 1], [0, 1], [0, 1]), null],
    ['is none without a date', gps('', [6, 1], [34, 1], [10, 1]), null],
  ])('%s', (_, place, expected) => {
    expect(time({ place })).toEqual([expected, expected === null ? null : 'gps']);
  });
});

describe('the fraction of a second', () => {
  const original: Tag = [TAGS.capturedAt, '2024:11:16 12:04:10'];
  const utc = new TimeZone('UTC');

  it.each<[string, ExifContent, string]>([
    ['of its own tag counts', { photo: [original, [TAGS.subsecondsOriginal, '75']] }, '10.750'],
    ['is cut to milliseconds', { photo: [original, [TAGS.subsecondsOriginal, '007999']] }, '10.007'],
    ['may be padded', { photo: [original, [TAGS.subsecondsOriginal, '75  ']] }, '10.750'],
    ['of another date does not count', { photo: [original, [TAGS.subseconds, '75']] }, '10.000'],
    ['that is no number does not count', { photo: [original, [TAGS.subsecondsOriginal, '7x']] }, '10.000'],
    [
      'in the value comes before its tag',
      {
        photo: [
          [TAGS.capturedAt, '2024:11:16 12:04:10.25'],
          [TAGS.subsecondsOriginal, '75'],
        ],
      },
      '10.250',
    ],
    [
      'of the digitized date has a tag of its own',
      {
        photo: [
          [TAGS.digitizedAt, '2024:11:16 12:04:10'],
          [TAGS.subsecondsDigitized, '5'],
        ],
      },
      '10.500',
    ],
    [
      'of DateTime has a tag of its own',
      { image: [[TAGS.modifiedAt, '2024:11:16 12:04:10']], photo: [[TAGS.subseconds, '5']] },
      '10.500',
    ],
  ])('%s', (_, content, seconds) => {
    expect(time(content, utc)[0]).toBe(`2024-11-16T12:04:${seconds}Z`);
  });
});

describe('the delay', () => {
  const delay = (date: string): number | null =>
    decodeExif(toExifBlock({ photo: [[TAGS.capturedAt, date]] }), VISIT, new TimeZone('UTC'))
      .capture_delay_seconds;

  it.each([
    ['2024:11:16 12:04:10.75', 250],
    ['2024:11:16 11:59:59.5', 0],
    ['2024:11:16 11:59:00', -60],
    ['nothing', null],
  ])('of %s is %p s', (date, expected) => {
    expect(delay(date)).toBe(expected);
  });

  it('is not known of a moment whose year has five digits', () => {
    const content = { photo: [[TAGS.capturedAt, '9999:12:31 23:59:59-05:00']] } satisfies ExifContent;
    expect(decodeExif(toExifBlock(content), VISIT)).toMatchObject({
      capture_time: null,
      capture_time_source: null,
      capture_delay_seconds: null,
    });
  });
});
