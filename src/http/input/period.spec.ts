import { describe, expect, it } from '@jest/globals';
import { dateOrInstant, toIntervals, toPeriod } from './period.js';

const KOLKATA = 'Asia/Kolkata';

describe('a period', () => {
  it.each([
    [
      'dates in UTC',
      '2026-11-01',
      '2026-11-30',
      undefined,
      '2026-11-01T00:00:00.000Z',
      '2026-12-01T00:00:00.000Z',
    ],
    [
      'dates of a zone',
      '2026-11-01',
      '2026-11-01',
      KOLKATA,
      '2026-10-31T18:30:00.000Z',
      '2026-11-01T18:30:00.000Z',
    ],
    [
      'a day of 25 hours',
      '2026-10-25',
      '2026-10-25',
      'Europe/Berlin',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ],
    [
      'a time and a date',
      '2026-11-01T10:00:00+05:30',
      '2026-11-02',
      KOLKATA,
      '2026-11-01T04:30:00.000Z',
      '2026-11-02T18:30:00.000Z',
    ],
    [
      'times',
      '2026-11-01T10:00:00Z',
      '2026-11-01T10:00:00.001Z',
      KOLKATA,
      '2026-11-01T10:00:00.000Z',
      '2026-11-01T10:00:00.001Z',
    ],
  ])('has %s', (_which, from, to, timeZone, first, end) => {
    const period = toPeriod({ from, to, timeZone }, 366);
    expect([period.from.toISOString(), period.to.toISOString()]).toEqual([first, end]);
  });

  it.each([
    ['2026-11-02', '2026-11-01', 'to must be later than from.'],
    ['2026-11-01T10:00:00Z', '2026-11-01T10:00:00Z', 'to must be later than from.'],
    ['2025-11-01', '2026-11-02', 'to must be at most 366 days after from.'],
  ])('from %s to %s is refused', (from, to, error) => {
    expect(() => toPeriod({ from, to }, 366)).toThrow(error);
  });

  it('may have 366 days, one of which has 25 hours', () => {
    const period = toPeriod({ from: '2024-01-01', to: '2024-12-31', timeZone: 'Europe/Berlin' }, 366);
    expect(toIntervals(period, 'day')).toHaveLength(366);
    const autumn = toPeriod({ from: '2025-10-26', to: '2026-10-26', timeZone: 'Europe/Berlin' }, 366);
    expect(toIntervals(autumn, 'day')).toHaveLength(366);
  });

  it.each([
    '2026-11-31',
    '2026-13-01',
    '2026-1-1',
    '16/11/2026',
    '2026-11-16T12:00:00',
    '2026',
    5,
    undefined,
  ])('has no %p in it', (value) => {
    expect(dateOrInstant(value)).toContain('must be a date');
  });
});

describe('the intervals of a period', () => {
  const dates = (from: string, to: string, unit: 'day' | 'week', timeZone?: string): string[] =>
    toIntervals(toPeriod({ from, to, timeZone }, 366), unit).map(({ date }) => date);

  it('are its local days', () => {
    expect(dates('2026-11-01', '2026-11-03', 'day')).toEqual(['2026-11-01', '2026-11-02', '2026-11-03']);
    expect(dates('2026-10-31T18:29:59Z', '2026-11-01T18:30:00Z', 'day', KOLKATA)).toEqual([
      '2026-10-31',
      '2026-11-01',
    ]);
  });

  it('are weeks that begin on Monday, the first perhaps before the period', () => {
    expect(dates('2026-11-01', '2026-11-09', 'week')).toEqual(['2026-10-26', '2026-11-02', '2026-11-09']);
    expect(dates('2026-11-02', '2026-11-08', 'week')).toEqual(['2026-11-02']);
    expect(dates('1969-12-31', '1970-01-05', 'week')).toEqual(['1969-12-29', '1970-01-05']);
  });

  it('begin at the first moment of a local day, where clocks skip midnight too', () => {
    const period = toPeriod({ from: '2026-03-28', to: '2026-03-30', timeZone: 'Asia/Beirut' }, 366);
    expect(toIntervals(period, 'day').map(({ start }) => start.toISOString())).toEqual([
      '2026-03-27T22:00:00.000Z',
      '2026-03-28T22:00:00.000Z',
      '2026-03-29T21:00:00.000Z',
    ]);
  });
});
