import { describe, expect, it } from '@jest/globals';
import { getTimeZone } from '../../http/input/time-zone.js';
import { VisitTimes } from './visit-time.js';

const kolkata = new VisitTimes(getTimeZone('Asia/Kolkata'));
const berlin = new VisitTimes(getTimeZone('Europe/Berlin'));
const nowhere = new VisitTimes(undefined);

const shown = (parsed: Date | string): string => (typeof parsed === 'string' ? parsed : parsed.toISOString());

describe('the time of a visit', () => {
  it.each([
    ['2026-11-17 17:06', '2026-11-17T11:36:00.000Z'],
    ['2026-11-17T17:06:30.250', '2026-11-17T11:36:30.250Z'],
    ['2026/11/17 17:06', '2026-11-17T11:36:00.000Z'],
    ['17/11/2026 5:06 PM', '2026-11-17T11:36:00.000Z'],
    ['11/17/2026 5:06\u202Fpm', '2026-11-17T11:36:00.000Z'],
    ['17.11.2026 17:06', '2026-11-17T11:36:00.000Z'],
    ['17-11-2026, 17:06:00', '2026-11-17T11:36:00.000Z'],
    ['17 Nov 2026 17:06', '2026-11-17T11:36:00.000Z'],
    ['17-Nov-2026 05:06 p.m.', '2026-11-17T11:36:00.000Z'],
    ['November 17, 2026 5:06 PM', '2026-11-17T11:36:00.000Z'],
    ['05/05/2026 12:15 AM', '2026-05-04T18:45:00.000Z'],
    ['2026-11-17 17:06+05:30', '2026-11-17T11:36:00.000Z'],
    ['2026-11-17 11:36Z', '2026-11-17T11:36:00.000Z'],
    ['2026-11-17T17:06:00-03:00', '2026-11-17T20:06:00.000Z'],
    ['2026-11-17 5 PM', '2026-11-17T11:30:00.000Z'],
  ])('is read in its zone: %s', (text, time) => {
    expect(shown(kolkata.parse(text))).toBe(time);
  });

  it.each([
    '9999-12-31 23:59',
    '31/12/9999 11:59 PM',
    '9999-12-31T23:59:59-05:00',
    '9999-12-31 23:59 -05:00',
  ])('is refused where it lies in UTC behind the year 9999: %s', (text) => {
    const newYork = new VisitTimes(getTimeZone('America/New_York'));
    expect(newYork.parse(text)).toEqual(expect.stringContaining('year 9999'));
  });

  it.each([
    ['03/04/2026 10:00', /3 April or 4 March: write 2026-04-03 10:00 or 2026-03-04 10:00/],
    ['3.4.2026 1:00 PM', /write 2026-04-03 13:00 or 2026-03-04 13:00/],
    ['2026-11-17', /date without a time/],
    ['17/11/2026', /date without a time/],
    ['17:06', /time without a date/],
    ['17/11/26 17:06', /year of two digits/],
    ['45978.7125', /number that a spreadsheet keeps/],
    ['31/02/2026 10:00', /does not exist/],
    ['2026-02-30 10:00', /does not exist/],
    ['2026-11-17 25:00', /cannot be read/],
    ['2026-11-17 13:00 PM', /cannot be read/],
    ['2026-11-17 0:00 AM', /cannot be read/],
    ['2026-11-17 17', /cannot be read/],
    ['2026-11-17 17:60', /cannot be read/],
    ['2026-11-17 17:06 IST', /ends with IST/],
    ['', /must be a date and a time/],
    ['yesterday', /must be a date and a time/],
    [`2026-11-17 ${' '.repeat(100)}17:06`, /must be a date and a time/],
    [20_261_117, /must be a date and a time/],
  ])('is refused with what to write instead: %s', (text, message) => {
    expect(kolkata.parse(text)).toEqual(expect.stringMatching(message));
  });

  it('that a change of the clocks skips or repeats is refused, and the minutes around it are not', () => {
    expect(berlin.parse('2026-03-29 02:30')).toEqual(
      expect.stringMatching(/does not exist in Europe\/Berlin/),
    );
    expect(shown(berlin.parse('2026-03-29 01:59'))).toBe('2026-03-29T00:59:00.000Z');
    expect(shown(berlin.parse('2026-03-29 03:00'))).toBe('2026-03-29T01:00:00.000Z');
    expect(berlin.parse('2026-10-25 02:30')).toEqual(
      expect.stringMatching(/twice .* write 2026-10-25T02:30:00\+02:00 or 2026-10-25T02:30:00\+01:00/),
    );
    expect(shown(berlin.parse('2026-10-25 01:59'))).toBe('2026-10-24T23:59:00.000Z');
    expect(shown(berlin.parse('2026-10-25 03:00'))).toBe('2026-10-25T02:00:00.000Z');
    expect(shown(berlin.parse('2026-10-25T02:30:00+01:00'))).toBe('2026-10-25T01:30:00.000Z');
  });

  it('without a zone has to say its offset', () => {
    expect(shown(nowhere.parse('2026-11-17T17:06:00+05:30'))).toBe('2026-11-17T11:36:00.000Z');
    expect(nowhere.parse('2026-11-17 17:06')).toEqual(expect.stringMatching(/no offset, and no time_zone/));
    expect(nowhere.parse('today')).toEqual(expect.stringMatching(/RFC 3339/));
    expect(nowhere.parse(undefined)).toEqual(expect.stringMatching(/RFC 3339/));
  });
});
