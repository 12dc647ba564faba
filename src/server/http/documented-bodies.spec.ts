import { describe, expect, it } from '@jest/globals';
import { toExample } from './documented-bodies.js';

const SCHEMAS = {
  Store: {
    type: 'object',
    properties: { store_id: { type: 'string', example: 'S1' }, area_code: { type: 'string', example: null } },
  },
};
const STORE = { $ref: '#/components/schemas/Store' };

describe('the example of a body', () => {
  it.each([
    [{ type: 'string', example: 'a' }, 'a'],
    [STORE, { store_id: 'S1', area_code: null }],
    [{ type: 'array', items: STORE }, [{ store_id: 'S1', area_code: null }]],
    [{ type: 'array', items: STORE, example: [] }, []],
    [{ oneOf: [STORE, { type: 'string', example: 'b' }] }, { store_id: 'S1', area_code: null }],
    [{ type: 'string' }, undefined],
    [{ $ref: '#/components/schemas/None' }, undefined],
  ])('of %j is %j', (schema, example) => {
    expect(toExample(schema, SCHEMAS)).toEqual(example);
  });
});
