import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readAnswer } from './answer.js';
import type { Headers } from './headers.js';

const DATE = 'Mon, 02 Mar 2026 10:00:00 GMT';

function part(headers: Headers, offset = 0): ReturnType<typeof readAnswer> {
  return readAnswer(206, headers, offset);
}

describe('an answer with a part of a file', () => {
  it.each([
    ['bytes 0-16383/30320', 0, 16_384, 30_320],
    ['bytes 0-0/1', 0, 1, 1],
    ['bytes 100-199/200', 100, 100, 200],
    ['bytes 100-199/*', 100, 100, null],
    ['BYTES 0-9/10', 0, 10, 10],
    [' bytes  0-9/10 ', 0, 10, 10],
    ['bytes 0-999999999999998/999999999999999', 0, 999_999_999_999_999, 999_999_999_999_999],
  ])('is as long as %j says', (range, offset, length, total) => {
    expect(part({ 'content-range': range }, offset)).toMatchObject({ kind: 'part', length, total });
  });

  it.each([
    undefined,
    '',
    'bytes',
    'bytes */100',
    'bytes 0-9',
    'bytes 0-9/',
    'bytes 0-/10',
    'bytes -9/10',
    'bytes=0-9/10',
    'bytes 0 - 9/10',
    'bytes 0-9/10, bytes 20-29/30',
    'items 0-9/10',
    'bytes 1-9/10',
    'bytes 9-0/10',
    'bytes 0-9/9',
    'bytes 0-9/0',
    'bytes +0-9/10',
    'bytes 0x0-9/10',
    'bytes 0-9999999999999999/*',
  ])('is not the one that was asked for with %j', (range) => {
    expect(part(range === undefined ? {} : { 'content-range': range })).toEqual({ kind: 'wrong_part' });
  });

  it('is a wrong part if the whole file was requested', () => {
    expect(readAnswer(206, { 'content-range': 'bytes 0-9/10' }, undefined)).toEqual({ kind: 'wrong_part' });
  });

  it('has to begin at the requested offset, and to lie within the file', () => {
    const byte = fc.nat({ max: 50 });
    fc.assert(
      fc.property(byte, byte, byte, byte, (first, last, total, offset) => {
        const said = part({ 'content-range': `bytes ${first}-${last}/${total}` }, offset);
        const right = first === offset && first <= last && last < total;
        expect(said).toMatchObject(
          right ? { kind: 'part', length: last - first + 1, total } : { kind: 'wrong_part' },
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a strong tag', { etag: '"abc"' }, '"abc"'],
    ['an empty tag', { etag: '""' }, '""'],
    ['a tag of odd characters', { etag: '"!#/[]~\xe9"' }, '"!#/[]~\xe9"'],
    ['the first of two tags', { etag: ['"one"', '"two"'] }, '"one"'],
    ['a weak tag', { etag: 'W/"abc"' }, undefined],
    ['a tag without quotes', { etag: 'abc' }, undefined],
    ['a tag with a quote inside', { etag: '"a"b"' }, undefined],
    ['a tag with white space', { etag: '"a b"' }, undefined],
    [
      'a weak tag beside a date',
      { etag: 'W/"a"', 'last-modified': 'Mon, 02 Mar 2026 09:00:00 GMT', date: DATE },
      undefined,
    ],
    [
      'a date an hour before the answer',
      { 'last-modified': 'Mon, 02 Mar 2026 09:00:00 GMT', date: DATE },
      'Mon, 02 Mar 2026 09:00:00 GMT',
    ],
    [
      'a date one second before it',
      { 'last-modified': 'Mon, 02 Mar 2026 09:59:59 GMT', date: DATE },
      'Mon, 02 Mar 2026 09:59:59 GMT',
    ],
    ['a date in the second of it', { 'last-modified': DATE, date: DATE }, undefined],
    ['a date after it', { 'last-modified': 'Mon, 02 Mar 2026 10:00:01 GMT', date: DATE }, undefined],
    ['a date without that of the answer', { 'last-modified': 'Mon, 02 Mar 2026 09:00:00 GMT' }, undefined],
    ['no date', { 'last-modified': 'yesterday', date: DATE }, undefined],
    ['nothing', { date: DATE }, undefined],
  ])('may be continued by what surely names this version of the file: %s', (_what, headers, validator) => {
    expect(part({ 'content-range': 'bytes 0-9/10', ...headers })).toMatchObject({ kind: 'part', validator });
  });
});

describe('an answer with the whole file', () => {
  it.each([200, 203])('of status %d may answer a request for a part', (status) => {
    const headers = { 'content-length': '30320', 'content-type': 'image/png' };
    expect(readAnswer(status, headers, 0)).toEqual({
      kind: 'whole',
      total: 30_320,
      isEncoded: false,
      contentType: 'image/png',
    });
    expect(readAnswer(status, {}, undefined)).toMatchObject({ kind: 'whole', total: null });
  });

  it.each(['', '-1', '1.5', '1e3', '0x10', 'many', '10, 10', '9999999999999999'])(
    'is of unknown length with a Content-Length of %j',
    (length) => {
      expect(readAnswer(200, { 'content-length': length }, 0)).toMatchObject({ kind: 'whole', total: null });
    },
  );
});

describe('an answer that is encoded', () => {
  it.each(['gzip', 'br', 'GZIP', ' deflate ', 'identity, gzip', ['identity', 'gzip'], ['', 'br']])(
    'by %j is of a file of unknown length',
    (coding) => {
      const headers = { 'content-encoding': coding, 'content-length': '10' };
      const whole = { kind: 'whole', total: null, isEncoded: true };
      expect(readAnswer(200, headers, 0)).toMatchObject(whole);
      const partBy = (range: string, offset: number | undefined): unknown =>
        readAnswer(206, { ...headers, 'content-range': range }, offset);
      expect(partBy('bytes 0-9/10', 0)).toMatchObject(whole);
      expect(partBy('bytes 0-9/11', 0)).toEqual({ kind: 'wrong_part' });
      expect(partBy('bytes 0-9/*', 0)).toEqual({ kind: 'wrong_part' });
      expect(partBy('bytes 5-9/10', 5)).toEqual({ kind: 'wrong_part' });
    },
  );

  it.each([
    ['zstd', 'the host encoded the file as zstd, which is not decoded'],
    ['<b>', 'the host encoded the file in a way that has no name, which is not decoded'],
    ['gzip, br', 'the host encoded the file several times over, which is not decoded'],
    [['gzip', 'gzip'], 'the host encoded the file several times over, which is not decoded'],
  ])('by %j is a fault of the host', (coding, message) => {
    for (const status of [200, 206])
      expect(readAnswer(status, { 'content-encoding': coding }, 0)).toMatchObject({
        kind: 'fault',
        fault: { code: 'bad_response', message },
      });
  });

  it.each([
    { 'transfer-encoding': 'gzip, chunked' },
    { 'transfer-encoding': ['gzip', 'chunked'] },
    { 'transfer-encoding': 'GZIP' },
  ])('on its way alone is a fault of the host: %j', (headers) => {
    expect(readAnswer(200, headers, 0)).toMatchObject({ kind: 'fault', fault: { code: 'bad_response' } });
  });

  it('is not encoded if it only arrives in chunks', () => {
    expect(readAnswer(200, { 'transfer-encoding': 'Chunked' }, 0)).toMatchObject({ kind: 'whole' });
  });

  it.each(['', 'identity', ' Identity ', 'aws-chunked', 'UTF-8', 'none', 'binary', 'utf-8, none'])(
    'by nothing is as long as it says: %j',
    (coding) => {
      expect(readAnswer(200, { 'content-encoding': coding, 'content-length': '10' }, 0)).toMatchObject({
        kind: 'whole',
        total: 10,
        isEncoded: false,
      });
    },
  );
});

describe('another answer', () => {
  it.each([301, 302, 303, 307, 308])('of status %d leads elsewhere', (status) => {
    const to = (headers: Headers): unknown => readAnswer(status, headers, 0);
    expect(to({ location: '/x' })).toEqual({ kind: 'redirect', location: '/x', cookies: [] });
    expect(to({ location: ['/x', '/y'] })).toMatchObject({ kind: 'redirect', location: '/x' });
    expect(to({ 'set-cookie': 'a=1' })).toEqual({ kind: 'redirect', location: undefined, cookies: ['a=1'] });
    expect(to({ 'set-cookie': ['a=1', 'b=2'] })).toMatchObject({ cookies: ['a=1', 'b=2'] });
  });

  it.each([
    ['bytes */30320', 30_320],
    [' BYTES  */0 ', 0],
    ['bytes */*', null],
    ['bytes 0-9/10', null],
    ['*/10', null],
    [undefined, null],
  ])('of status 416 says with %j where the file ends: %p', (range, total) => {
    const headers = range === undefined ? {} : { 'content-range': range };
    expect(readAnswer(416, headers, 100)).toEqual({ kind: 'past_end', total });
  });

  it('of status 416 is a fault if no part was requested', () => {
    expect(readAnswer(416, { 'content-range': 'bytes */10' }, undefined)).toMatchObject({
      kind: 'fault',
      fault: { code: 'http_status' },
    });
  });

  it.each([100, 201, 204, 205, 226, 300, 304, 305, 306, 399])(
    'of status %d is no answer to a GET',
    (status) => {
      expect(readAnswer(status, { location: '/x' }, 0)).toMatchObject({
        kind: 'fault',
        fault: { code: 'bad_response' },
      });
    },
  );

  it.each([400, 401, 403, 404, 410, 451, 500, 599])('of status %d is a fault by its status', (status) => {
    expect(readAnswer(status, {}, 0)).toMatchObject({ kind: 'fault', fault: { code: 'http_status' } });
  });

  it('may be about the range, unless it is about the file or the current load', () => {
    const mayBe = (status: number, offset?: number): unknown => ({ ...readAnswer(status, {}, offset) });
    for (const status of [400, 401, 403, 405, 409, 412, 423, 500, 501, 502, 504])
      expect(mayBe(status, 0)).toMatchObject({ mayBeCausedByRange: true });
    for (const status of [202, 304, 404, 410, 420, 429, 503])
      expect(mayBe(status, 0)).toMatchObject({ mayBeCausedByRange: false });
    expect(mayBe(400)).toMatchObject({ mayBeCausedByRange: false });
  });
});
