import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject, SchemaObject } from '@nestjs/swagger';
import { completeNullable } from './nullable-references.js';

const $ref = '#/components/schemas/Part';
const PART: SchemaObject = { type: 'object', properties: { a: { type: 'string' } } };

/** A document with a part, and what refers to it. */
function documentWith(...properties: (SchemaObject | { $ref: string })[]): OpenAPIObject {
  const schemas = Object.fromEntries(
    properties.map((part, n): [string, SchemaObject] => [
      `Whole${n}`,
      { type: 'object', properties: { part } },
    ]),
  );
  return {
    openapi: '3.0.0',
    info: { title: '', version: '' },
    paths: {},
    components: { schemas: { ...schemas, Part: { ...PART } } },
  };
}

describe('a schema that a property refers to', () => {
  it('is nullable where the property is', () => {
    const document = documentWith({ type: 'object', nullable: true, allOf: [{ $ref }] });
    completeNullable(document);
    expect(document.components?.schemas).toMatchObject({
      Whole0: { properties: { part: { nullable: true } } },
      Part: { ...PART, nullable: true },
    });
  });

  it.each([{ $ref }, { allOf: [{ $ref }] }, { type: 'array', items: { $ref } }])(
    'stays as it is where the property is not: %j',
    (property) => {
      const document = documentWith(property);
      completeNullable(document);
      expect(document.components?.schemas?.['Part']).toEqual(PART);
    },
  );

  it.each([{ $ref }, { allOf: [{ $ref }] }, { type: 'array', items: { $ref } }])(
    'may not be null for one property and something for another: %j',
    (property) => {
      const document = documentWith(property, { nullable: true, allOf: [{ $ref }] });
      expect(() => completeNullable(document)).toThrow('Part is null in one place, and not in another');
    },
  );
});
