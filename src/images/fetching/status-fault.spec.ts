import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ThrottledFault } from './fetch-fault.js';
import { MAX_RETRY_AFTER_MS, parseRetryAfter, statusFault } from './status-fault.js';

const NOW = Date.UTC(2026, 2, 2, 10, 0, 0);

describe('the fault of an answer', () => {
  it.each([202, 408, 409, 423, 425, 500, 501, 502, 504, 599])('of status %d may pass', (status) => {
    expect(statusFault(status, undefined).toOutcome(null)).toMatchObject({
      code: 'http_status',
      retryable: true,
      retryAfterMs: null,
    });
    expect(statusFault(status, '7').toOutcome(null)).toMatchObject({ retryAfterMs: 7_000 });
  });

  it.each([420, 429, 503])('of status %d is that the host throttles', (status) => {
    expect(statusFault(status, '7')).toBeInstanceOf(ThrottledFault);
    expect(statusFault(status, '7')).toMatchObject({ code: 'throttled', retryAfterMs: 7_000 });
    expect(statusFault(status, undefined)).toMatchObject({ retryAfterMs: null });
  });

  it.each([400, 401, 403, 404, 405, 410, 416, 421, 451, 499])(
    'of status %d is final, even with Retry-After',
    (status) => {
      expect(statusFault(status, '7').toOutcome(null)).toMatchObject({
        code: 'http_status',
        retryable: false,
        retryAfterMs: null,
      });
    },
  );

  it.each([204, 304, 399])('of status %d is that no file arrived', (status) => {
    expect(statusFault(status, '7').toOutcome(5)).toMatchObject({
      code: 'bad_response',
      retryable: false,
      contentLength: 5,
    });
  });

  it('names the status, and its meaning where it has one', () => {
    expect(statusFault(404, undefined).message).toBe('the host answered 404 Not Found');
    expect(statusFault(599, undefined).message).toBe('the host answered 599');
    expect(statusFault(204, undefined).message).toBe(
      'the host answered 204 No Content where a file was asked for',
    );
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['007', 7_000],
    ['300', 300_000],
    ['301', MAX_RETRY_AFTER_MS],
    ['99999999999999999999999', MAX_RETRY_AFTER_MS],
    ['9'.repeat(400), MAX_RETRY_AFTER_MS],
  ])('may be seconds: %s', (value, wait) => {
    expect(parseRetryAfter(value, NOW)).toBe(wait);
  });

  it.each([
    ['Mon, 02 Mar 2026 10:00:30 GMT', 30_000],
    ['Monday, 02-Mar-26 10:00:30 GMT', 30_000],
    ['Mon, 02 Mar 2026 10:00:00 GMT', 0],
    ['Mon, 02 Mar 2026 09:00:00 GMT', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Tue, 03 Mar 2026 10:00:00 GMT', MAX_RETRY_AFTER_MS],
    ['Wed, 02 Mar 2026 10:00:30 GMT', 30_000],
  ])('may be a date: %s', (value, wait) => {
    expect(parseRetryAfter(value, NOW)).toBe(wait);
  });

  it('may be a date as asctime() wrote it, which is in UTC', () => {
    expect(parseRetryAfter('Mon Mar  2 10:00:30 2026', NOW)).toBe(30_000);
  });

  it.each([
    'Sunday, 01-Mar-26 10:00:00 GMT',
    'Monday, 02-Mar-26 10:00:00 GMT',
    'Tuesday, 03-Mar-26 10:00:00 GMT',
    'Wednesday, 04-Mar-26 10:00:00 GMT',
    'Thursday, 05-Mar-26 10:00:00 GMT',
    'Friday, 06-Mar-26 10:00:00 GMT',
    'Saturday, 07-Mar-26 10:00:00 GMT',
  ])('may be a date of the old form: %s', (value) => {
    expect(parseRetryAfter(value, Date.parse(value) - 5_000)).toBe(5_000);
  });

  it.each([
    '',
    ' ',
    'soon',
    '-1',
    '+7',
    '1.5',
    '7s',
    '7 seconds',
    '1e3',
    '0x10',
    '2026-03-02T10:00:30Z',
    'March 2',
    'Mon, soon',
  ])('is nothing where it is neither: %j', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeNull();
  });

  it('is the time until a date, within bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000, max: 1_000 }), fc.nat({ max: 4_000_000_000 }), (wait, second) => {
        const now = second * 1_000;
        const date = new Date(now + wait * 1_000);
        const expected = Math.min(Math.max(wait * 1_000, 0), MAX_RETRY_AFTER_MS);
        fc.pre(date.getTime() >= 0);
        expect(parseRetryAfter(date.toUTCString(), now)).toBe(expected);
        expect(parseRetryAfter(String(Math.max(wait, 0)), now)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('is never negative, infinite or NaN, whatever the header contains', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.date().map(String)), (value) => {
        const wait = parseRetryAfter(value, NOW);
        expect(wait === null || (wait >= 0 && wait <= MAX_RETRY_AFTER_MS)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
