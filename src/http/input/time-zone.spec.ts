import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseExifDate } from '../../images/analysis/exif/exif-date.js';
import { isTimeZone, TimeZone, timeZoneName } from './time-zone.js';

const moment = (zone: string, wall: string): string =>
  new Date(new TimeZone(zone).toMoment(parseExifDate(wall)?.wall ?? Number.NaN)).toISOString();

describe('a time zone', () => {
  it.each([
    ['Asia/Kolkata', '2024:11:16 17:30:00', '2024-11-16T12:00:00.000Z'],
    ['Asia/Kathmandu', '2024:11:16 17:45:00', '2024-11-16T12:00:00.000Z'],
    ['UTC', '2024:02:29 23:59:59', '2024-02-29T23:59:59.000Z'],
    ['America/New_York', '2024:07:01 08:00:00', '2024-07-01T12:00:00.000Z'],
    ['America/New_York', '2024:12:01 08:00:00', '2024-12-01T13:00:00.000Z'],
    // Clocks go from 02:00 to 03:00 on 31 March 2024.
    ['Europe/Berlin', '2024:03:31 01:59:59', '2024-03-31T00:59:59.000Z'],
    ['Europe/Berlin', '2024:03:31 03:00:00', '2024-03-31T01:00:00.000Z'],
    // A time that is skipped is as long after the change as it would have been.
    ['Europe/Berlin', '2024:03:31 02:30:00', '2024-03-31T01:30:00.000Z'],
    // Clocks go from 03:00 to 02:00 on 27 October 2024: the first of both.
    ['Europe/Berlin', '2024:10:27 01:59:59', '2024-10-26T23:59:59.000Z'],
    ['Europe/Berlin', '2024:10:27 02:30:00', '2024-10-27T00:30:00.000Z'],
    ['Europe/Berlin', '2024:10:27 03:00:00', '2024-10-27T02:00:00.000Z'],
    // By half an hour, in the south.
    ['Australia/Lord_Howe', '2024:10:06 02:15:00', '2024-10-05T15:45:00.000Z'],
    ['Australia/Lord_Howe', '2024:04:07 01:45:00', '2024-04-06T14:45:00.000Z'],
    // A day that was left out.
    ['Pacific/Apia', '2011:12:29 23:59:59', '2011-12-30T09:59:59.000Z'],
    ['Pacific/Apia', '2011:12:31 00:00:00', '2011-12-30T10:00:00.000Z'],
  ])('in %s reads %s as %s', (zone, wall, expected) => {
    expect(moment(zone, wall)).toBe(expected);
  });

  it('converts a wall time to the first moment that has it', () => {
    const zones = [
      'Europe/Berlin',
      'America/Sao_Paulo',
      'Africa/Casablanca',
      'Australia/Lord_Howe',
      'Asia/Tehran',
    ];
    const aMoment = fc.integer({ min: Date.UTC(1990, 0) / 1000, max: Date.UTC(2035, 0) / 1000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), aMoment, (name, seconds) => {
        const shown = new Intl.DateTimeFormat('sv-SE', {
          timeZone: name,
          dateStyle: 'short',
          timeStyle: 'medium',
        });
        const wall = shown.format(seconds * 1000).replaceAll('-', ':');
        const read = new TimeZone(name).toMoment(parseExifDate(wall)?.wall ?? Number.NaN);
        // Another moment may have the same wall time; then it is the first of them.
        expect(shown.format(read).replaceAll('-', ':')).toBe(wall);
        expect(read).toBeLessThanOrEqual(seconds * 1000);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['Europe/Berlin', 'UTC', 'Etc/GMT-2', 'Asia/Calcutta'])('is %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(['', 'Mars/Olympus', '+02:00', 'Europe', 'Europe/Berlin '])('is not "%s"', (name) => {
    expect(isTimeZone(name)).toBe(false);
    expect(() => new TimeZone(name)).toThrow(RangeError);
  });
});

describe('the name of a time zone', () => {
  it.each([
    'Asia/Kolkata',
    'asia/calcutta',
    'UTC',
    'GMT',
    'Europe/Berlin',
    'America/Port-au-Prince',
    'Etc/GMT+5',
    'Japan',
  ])('may be %s', (name) => {
    expect(timeZoneName(name)).toBeUndefined();
  });

  it.each([
    'IST',
    'EST',
    'CET',
    'PST8PDT',
    'BST',
    'GMT+5:30',
    '+05:30',
    'Asia/Nowhere',
    '',
    'x'.repeat(100_000),
    5,
  ])('may not be %s', (name) => {
    expect(timeZoneName(name)).toEqual(expect.stringMatching(/IANA name/));
  });

  it('is required instead of an abbreviation', () => {
    expect(timeZoneName('ist')).toBe(
      'must be an IANA name, and "ist" is an abbreviation: write Asia/Kolkata, Europe/Dublin or Asia/Jerusalem',
    );
  });
});
