import { describe, expect, it } from '@jest/globals';
import { parseExifDate, parseExifDay, parseOffset, parseSubseconds } from './exif-date.js';

const HOUR_MS = 3_600_000;

describe('a date and time', () => {
  it.each([
    ['2024:11:16 12:04:10', '2024-11-16T12:04:10.000Z'],
    ['2024-11-16 12:04:10', '2024-11-16T12:04:10.000Z'],
    ['2024-11-16T12:04:10', '2024-11-16T12:04:10.000Z'],
    ['2024/11/16 12:04:10', '2024-11-16T12:04:10.000Z'],
    ['2024.11.16 12:04:10', '2024-11-16T12:04:10.000Z'],
    ['2024:11:16:12:04:10', '2024-11-16T12:04:10.000Z'],
    ['20241116 12:04:10.750', '2024-11-16T12:04:10.750Z'],
    ['20241116T120410', '2024-11-16T12:04:10.000Z'],
    ['2024:11: 6  9:04: 1', '2024-11-06T09:04:01.000Z'],
    ['2024:11:6 9:4:1', '2024-11-06T09:04:01.000Z'],
    ['2024:11:16 12:04:10.7', '2024-11-16T12:04:10.700Z'],
    ['2024:11:16 12:04:10,750999', '2024-11-16T12:04:10.750Z'],
    ['2024:11:16 12:04', '2024-11-16T12:04:00.000Z'],
    ['2024:11:16 12:04:', '2024-11-16T12:04:00.000Z'],
    ['2024:11:16 12:04:10 ÿ', '2024-11-16T12:04:10.000Z'],
  ])('"%s" is read', (text, expected) => {
    const date = parseExifDate(text);
    expect(new Date(date?.wall ?? Number.NaN).toISOString()).toBe(expected);
    expect(date?.offset).toBeUndefined();
  });

  it.each([
    ['2024:11:16 12:04:10+05:30', 5.5],
    ['2024-11-16T12:04:10Z', 0],
    ['2024:11:16 12:04:10.750 -0300', -3],
    ['2024:11:16 12:04:10 UTC+9', 9],
    ['20241116T120410+0100', 1],
  ])('"%s" has its offset in itself', (text, hours) => {
    expect(parseExifDate(text)?.offset).toBe(hours * HOUR_MS);
  });

  it.each([
    undefined,
    '',
    '0000:00:00 00:00:00',
    '    :  :     :  :  ',
    ': : : :',
    '2024:02:30 10:00:00',
    '2023:02:29 10:00:00',
    '2024:13:01 10:00:00',
    '2024:11:16 24:00:00',
    '2024:11:16 10:60:00',
    '2024:11:16 10:00:60',
    '2024:11:16 10:00:xx',
    '2024:11:16 10:00:101',
    '2024:11:16 01:04:10 PM',
    '2024:11:16',
    '1024:11:16 10:00:00',
    'yesterday',
  ])('"%s" is none', (text) => {
    expect(parseExifDate(text)).toBeUndefined();
  });

  it('of any length is read in a moment', () => {
    for (const part of [' ', '1', ':', '2024:11:16 ', '.5'])
      parseExifDate(`2024:11:16 ${part.repeat(4_096)}x`);
    expect(parseExifDate(`2024:11:16 12:04:10.${'5'.repeat(4_000)}`)?.wall).toBe(
      Date.UTC(2024, 10, 16, 12, 4, 10, 555),
    );
  });
});

describe('a day', () => {
  it.each(['2024:11:16', '2024-11-16', '2024/11/16', '2024:11:16 06:34:10', '2024:11: 16'])(
    '"%s" is read',
    (text) => {
      expect(parseExifDay(text)).toBe(Date.UTC(2024, 10, 16));
    },
  );

  it.each([undefined, '', '2024:11:161', '2024:11', '0000:00:00', 'WGS-84'])('"%s" is none', (text) => {
    expect(parseExifDay(text)).toBeUndefined();
  });
});

describe('an offset', () => {
  it.each([
    ['+05:30', 5.5],
    ['+05:30:00', 5.5],
    ['-03:00', -3],
    ['−03:00', -3],
    ['+00:00', 0],
    ['-00:00', 0],
    ['Z', 0],
    ['z', 0],
    ['+0900', 9],
    ['+05', 5],
    ['+5', 5],
    ['+5:30', 5.5],
    ['+14:00', 14],
    ['UTC+01:00', 1],
  ])('is %s', (text, hours) => {
    expect(parseOffset(text)).toBe(hours * HOUR_MS);
  });

  it.each([undefined, '', '   :  ', ':', '+14:01', '+05:60', '+05:30:30', '5:30', '+05:30x', '+', 'Zulu'])(
    'is not %s',
    (text) => {
      expect(parseOffset(text)).toBeUndefined();
    },
  );
});

describe('the digits behind the point of a second', () => {
  it.each([
    ['7', 700],
    ['75', 750],
    ['750', 750],
    ['000999999', 0],
  ])('%s are %p ms', (text, expected) => {
    expect(parseSubseconds(text)).toBe(expected);
  });

  it.each([undefined, '', '-1', '7.5', '٧'])('"%s" are none', (text) => {
    expect(parseSubseconds(text)).toBeUndefined();
  });
});
