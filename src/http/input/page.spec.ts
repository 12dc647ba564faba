import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ApiError } from '../errors/api-error.js';
import { Cursor, DEFAULT_LIMIT, toPage, PageQuery } from './page.js';
import { parseInput } from './validation.js';

type Key = readonly [number, string];

const isKey = (key: readonly unknown[]): key is Key =>
  key.length === 2 && Number.isSafeInteger(key[0]) && typeof key[1] === 'string';
const stores = new Cursor<Key>('stores', isKey);
const jobs = new Cursor<Key>('jobs', isKey);

const aKey: fc.Arbitrary<Key> = fc.tuple(
  fc.maxSafeInteger().map((n) => n + 0),
  fc.string({ unit: 'binary' }),
);

/** The key in a cursor, or the code of its refusal. */
function read(cursor: Cursor<Key>, text: string, scope?: string): Key | string {
  try {
    return cursor.decode(text, scope);
  } catch (error) {
    if (error instanceof ApiError) return `${error.getStatus()} ${error.code}`;
    throw error;
  }
}

describe('a cursor', () => {
  it('is decoded to the key that was encoded, from a text that a query can contain', () => {
    fc.assert(
      fc.property(aKey, fc.string({ unit: 'binary' }), (key, scope) => {
        const text = stores.encode(key, scope);
        expect(text).toMatch(/^[\w-]+$/);
        expect(stores.decode(text, scope)).toEqual(key);
      }),
      { numRuns: 500 },
    );
  });

  it('of another list is refused', () => {
    fc.assert(
      fc.property(aKey, (key) => {
        expect(read(jobs, stores.encode(key))).toBe('400 bad_cursor');
      }),
      { numRuns: 100 },
    );
  });

  it('of the same list of something else is refused', () => {
    const text = stores.encode([1, 'a'], 'job_1');
    expect(read(stores, text, 'job_1')).toEqual([1, 'a']);
    for (const scope of ['job_2', '', undefined]) expect(read(stores, text, scope)).toBe('400 bad_cursor');
  });

  it('that was changed is refused, or is the valid cursor of another key', () => {
    const anEdit = fc.record({
      at: fc.nat(200),
      gone: fc.nat(3),
      text: fc.oneof(fc.string({ maxLength: 3 }), fc.stringMatching(/^[\w-]{0,3}$/)),
    });
    fc.assert(
      fc.property(aKey, fc.array(anEdit, { minLength: 1, maxLength: 3 }), (key, edits) => {
        let text = stores.encode(key);
        for (const edit of edits) {
          const at = edit.at % (text.length + 1);
          text = text.slice(0, at) + edit.text + text.slice(at + edit.gone);
        }
        const said = read(stores, text);
        const refused = said === '400 bad_cursor';
        expect(refused || (typeof said !== 'string' && isKey(said) && stores.encode(said) === text)).toBe(
          true,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['', 'nothing'],
    ['a', 'a letter'],
    ['%00', 'a percent sign'],
    ['bnVsbA', 'null'],
    ['e30', 'an object'],
    ['W10', 'an empty list'],
    [Buffer.from('["stores",""]').toString('base64url'), 'no key'],
    [Buffer.from('["stores","",1]').toString('base64url'), 'half a key'],
    [Buffer.from('["stores","","1","a"]').toString('base64url'), 'a key of other types'],
    [Buffer.from('["stores","",1,"a",2]').toString('base64url'), 'more than a key'],
    [Buffer.from('["stores","",1.0,"a"]').toString('base64url'), 'a key that is written otherwise'],
    [Buffer.from('["stores", "",1,"a"]').toString('base64url'), 'a space'],
    [`${Buffer.from('["stores","",1,"a"]').toString('base64url')}=`, 'padding'],
    [`${Buffer.from('["stores","",1,"a"]').toString('base64url')} `, 'a space behind'],
    [Buffer.from('["stores","",1,"?>"]').toString('base64'), 'another alphabet'],
    ['['.repeat(100_000), 'no end'],
  ])('that is invalid is refused: %.40s (%s)', (text) => {
    expect(read(stores, text)).toBe('400 bad_cursor');
  });

  it('is refused with the name of its parameter', () => {
    expect(() => stores.decode('x')).toThrow(/^cursor is not a cursor of this list/);
  });
});

describe('a page', () => {
  const page = (rows: number[], limit: number): unknown =>
    toPage(
      rows,
      limit,
      (row) => `item ${row}`,
      (row) => `after ${row}`,
    );

  it.each([
    [[], 2, { items: [], next_cursor: null }],
    [[1], 2, { items: ['item 1'], next_cursor: null }],
    [[1, 2], 2, { items: ['item 1', 'item 2'], next_cursor: null }],
    [[1, 2, 3], 2, { items: ['item 1', 'item 2'], next_cursor: 'after 2' }],
    [[1, 2], 1, { items: ['item 1'], next_cursor: 'after 1' }],
  ])('of %j by %d has a next one exactly if more rows follow', (rows, limit, expected) => {
    expect(page(rows, limit)).toEqual(expected);
  });

  it.each([
    ['1', 1],
    ['1000', 1000],
    ['007', 7],
    [undefined, DEFAULT_LIMIT],
  ])('can be requested with a limit of %j', (limit, expected) => {
    expect(parseInput(PageQuery, limit === undefined ? {} : { limit }, 'query').limit).toBe(expected);
  });

  it.each(['0', '1001', '-1', '1.5', '1e2', '0x10', ' 5', '+5', 'all', '9'.repeat(20), null, {}, ['5']])(
    'cannot be requested with a limit of %j',
    (limit) => {
      expect(() => parseInput(PageQuery, { limit }, 'query')).toThrow(
        'limit must be a whole number from 1 to 1000.',
      );
    },
  );

  it('cannot be requested with a cursor that is not a text', () => {
    expect(() => parseInput(PageQuery, { cursor: { a: 1 } }, 'query')).toThrow('cursor must be a cursor.');
  });
});
