import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { instant, parseInstant, parseDateTime } from './date-time.js';

const iso = (text: string): string | undefined => parseDateTime(text)?.toISOString();
const two = (number: number): string => String(number).padStart(2, '0');

describe('a date-time', () => {
  it.each([
    ['2024-11-16T12:00:00Z', '2024-11-16T12:00:00.000Z'],
    ['2024-11-16t12:00:00z', '2024-11-16T12:00:00.000Z'],
    ['2024-11-16T12:00:00+00:00', '2024-11-16T12:00:00.000Z'],
    ['2024-11-16T12:00:00-00:00', '2024-11-16T12:00:00.000Z'],
    ['2024-11-16T12:00:00+05:30', '2024-11-16T06:30:00.000Z'],
    ['2024-11-16T12:00:00-08:00', '2024-11-16T20:00:00.000Z'],
    ['2024-11-16T00:00:00+23:59', '2024-11-15T00:01:00.000Z'],
    ['2024-12-31T23:59:59-00:01', '2025-01-01T00:00:59.000Z'],
    ['2024-11-16T12:00:00.5Z', '2024-11-16T12:00:00.500Z'],
    ['2024-11-16T12:00:00.007Z', '2024-11-16T12:00:00.007Z'],
    ['2024-11-16T12:00:00.999999999Z', '2024-11-16T12:00:00.999Z'],
    ['1969-12-31T23:59:59.25Z', '1969-12-31T23:59:59.250Z'],
  ])('%s is the instant %s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it.each([
    '',
    'now',
    '2024-11-16',
    '2024-11-16T12:00:00',
    '2024-11-16T12:00Z',
    '2024-11-16 12:00:00Z',
    '2024-11-16T12:00:00 Z',
    '2024-11-16T12:00:00.Z',
    '2024-11-16T12:00:00,5Z',
    '2024-11-16T12:00:00.1234567890Z',
    '2024-11-16T12:00:00+0530',
    '2024-11-16T12:00:00+05',
    '2024-11-16T12:00:00+5:30',
    '2024-11-16T12:00:00+24:00',
    '2024-11-16T12:00:00+05:60',
    '2024-11-16T12:00:00UTC',
    '2024-11-16T12:00:00ZZ',
    ' 2024-11-16T12:00:00Z',
    '2024-11-16T12:00:00Z\n',
    '24-11-16T12:00:00Z',
    '+002024-11-16T12:00:00Z',
    '-2024-11-16T12:00:00Z',
    '2024-1-16T12:00:00Z',
    '2024-W46-6T12:00:00Z',
    '2024-321T12:00:00Z',
    '20241116T120000Z',
    '1731758400',
    '２０２４-11-16T12:00:00Z',
    '2024-11-16T24:00:00Z',
    '2024-11-16T12:60:00Z',
    '2024-11-16T12:00:61Z',
    '2024-00-16T12:00:00Z',
    '2024-13-16T12:00:00Z',
    '2024-11-00T12:00:00Z',
  ])('is not written %j', (text) => {
    expect(parseDateTime(text)).toBeUndefined();
  });

  it.each([
    [2023, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
    [2024, [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
    [2000, [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
    [1900, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
  ])('is of a day that its month has, in %d', (year, lengths) => {
    for (const [index, length] of lengths.entries()) {
      const month = `${year}-${two(index + 1)}`;
      expect(iso(`${month}-${length}T12:00:00Z`)).toBe(`${month}-${length}T12:00:00.000Z`);
      expect(iso(`${month}-${length + 1}T12:00:00Z`)).toBeUndefined();
    }
  });

  it.each([
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60.75Z', '2017-01-01T00:00:00.750Z'],
    ['2017-01-01T08:59:60+09:00', '2017-01-01T00:00:00.000Z'],
    ['2015-06-30T16:59:60-07:00', '2015-07-01T00:00:00.000Z'],
    ['1969-12-31T23:59:60Z', '1970-01-01T00:00:00.000Z'],
    ['1959-12-31T23:59:60.5Z', '1960-01-01T00:00:00.500Z'],
  ])('may be a leap second at the end of a day in UTC: %s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it.each([
    '2016-12-31T23:58:60Z',
    '2016-12-31T12:59:60Z',
    '2016-12-31T23:59:60+01:00',
    '2016-12-31T23:59:60-00:30',
    '1959-12-31T12:59:60Z',
    '9999-12-31T23:59:60Z',
  ])('is no leap second at another time: %s', (text) => {
    expect(parseDateTime(text)).toBeUndefined();
  });

  it.each([
    ['0001-01-01T00:00:00Z', true],
    ['0000-12-31T23:59:59Z', false],
    ['0000-12-31T23:59:59-00:01', true],
    ['0001-01-01T00:00:00+00:01', false],
    ['9999-12-31T23:59:59.999Z', true],
    ['9999-12-31T23:59:59-00:01', false],
    ['0099-03-01T00:00:00Z', true],
  ])('lies in the years 1 to 9999: %s %p', (text, lies) => {
    expect(parseDateTime(text) !== undefined).toBe(lies);
  });

  const anInstant = fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-30T23:59:59.999Z'),
    noInvalidDate: true,
  });

  it('is what Date makes of it, in any zone', () => {
    fc.assert(
      fc.property(anInstant, fc.integer({ min: -1439, max: 1439 }), (date, offset) => {
        expect(iso(date.toISOString())).toBe(date.toISOString());
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
        expect(iso(local + zone)).toBe(date.toISOString());
      }),
      { numRuns: 500 },
    );
  });

  it('is cut to the millisecond, never rounded', () => {
    const digits = fc.stringMatching(/^\d{1,9}$/);
    fc.assert(
      fc.property(digits, (fraction) => {
        expect(iso(`2024-11-16T12:00:00.${fraction}Z`)).toBe(
          `2024-11-16T12:00:00.${fraction.padEnd(3, '0').slice(0, 3)}Z`,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('the rule of date-times', () => {
  const complaint = 'must be an RFC 3339 date-time with an offset or Z, such as 2024-11-16T12:00:00Z';

  it('accepts a value that was parsed, and reports one that was not', () => {
    expect(parseInstant('2024-11-16T12:00:00Z')).toEqual(new Date('2024-11-16T12:00:00Z'));
    expect(instant(parseInstant('2024-11-16T12:00:00Z'))).toBeUndefined();
    for (const value of ['yesterday', 5, undefined, null]) {
      expect(parseInstant(value)).toBe(value);
      expect(instant(parseInstant(value))).toBe(complaint);
    }
  });
});
