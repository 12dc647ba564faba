import { describe, expect, it } from '@jest/globals';
import { instant } from './date-time.js';
import { checkQuery } from './code-query.js';
import { PageQuery, type PageRequest } from './page.js';
import { oneOf, text } from './rules.js';
import { Parameter } from '../routes/parameter.decorator.js';

const DOCS = { schema: {}, description: '' };

class ListThings extends PageQuery {
  @Parameter(DOCS, oneOf(['new', 'old']))
  status?: 'new' | 'old';

  @Parameter(DOCS, text(1, 5))
  area_code?: string;

  @Parameter(DOCS, instant)
  from?: Date;
}

interface ThingQuery extends PageRequest {
  readonly status?: 'new' | 'old' | undefined;
  readonly areaCode?: string | undefined;
  readonly from?: Date | undefined;
}

/** What a caller in JavaScript may give. */
function misspelt(given: unknown): ThingQuery {
  return given as ThingQuery; // oxlint-disable-line no-unsafe-type-assertion -- what code in JavaScript may write
}

describe('a query by code', () => {
  it('has the default of the limit over HTTP', () => {
    expect(checkQuery<ListThings, ThingQuery>(ListThings, {})).toEqual({ limit: 100, cursor: undefined });
    expect(checkQuery<ListThings, ThingQuery>(ListThings, { limit: undefined })).toMatchObject({
      limit: 100,
    });
  });

  it('keeps what it is given, by its names in camel case', () => {
    const query = { status: 'new', areaCode: 'A1', from: new Date(0), limit: 7, cursor: 'abc' } as const;
    expect(checkQuery<ListThings, ThingQuery>(ListThings, query)).toEqual(query);
  });

  it.each<[unknown, string]>([
    [{ status: 'newer' }, 'status must be one of new, old.'],
    [{ areaCode: 'A12345' }, 'areaCode must have 1 to 5 characters.'],
    [{ areaCode: 7 }, 'areaCode must be a string of 1 to 5 characters.'],
    [{ from: new Date('x') }, 'from must be an RFC 3339 date-time'],
    [{ from: 'yesterday' }, 'from must be an RFC 3339 date-time'],
    [{ limit: 0 }, 'limit must be a whole number from 1 to 1000.'],
    [{ limit: 1001 }, 'limit must be a whole number from 1 to 1000.'],
    [{ limit: '10' }, 'limit must be a whole number from 1 to 1000.'],
    [{ cursor: 5 }, 'cursor must be a cursor.'],
    [{ area_code: 'A1' }, 'area_code is not a field of this query, and the nearest one is areaCode.'],
    [{ colour: 'red' }, 'colour is not a field of this query, which has '],
    [null, 'query must be an object.'],
    ['new', 'query must be an object.'],
  ])('%j is refused, because %s', (given, message) => {
    expect(() => checkQuery<ListThings, ThingQuery>(ListThings, misspelt(given))).toThrow(message);
  });

  it('takes its page beside it, as in earlier releases', () => {
    const earlier = { limit: 7, cursor: 'abc' };
    expect(checkQuery<ListThings, ThingQuery>(ListThings, {}, earlier)).toEqual(earlier);
    expect(() => checkQuery<ListThings, ThingQuery>(ListThings, {}, { limit: 0 })).toThrow('limit');
  });
});
