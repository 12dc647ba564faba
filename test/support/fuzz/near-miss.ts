import * as fc from 'fast-check';
import type { ApiDocument, Schema } from './api-document.js';
import { valueOf } from './arbitrary-value.js';

/** Longest list that is made only to be too long. */
const MAX_LIST = 2000;

const NEARLY_TIMES = [
  '2024-02-30T12:00:00Z',
  '2024-11-16T12:00:00',
  '2024-11-16T24:00:00Z',
  '2024-11-16T12:00:00+24:00',
  '2024-11-16',
  '1731758400',
] as const;

/** Values that a schema only just does not take, alone or inside of an object or a list. */
export function getNearMiss(document: ApiDocument, given: Schema, name = ''): fc.Arbitrary<unknown> {
  const schema = document.resolve(given);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum).map((word) => `${String(word)}s`);
  switch (schema.type) {
    case 'integer': {
      const { minimum = 0, maximum = 2 ** 53 } = schema;
      return fc.constantFrom(minimum - 1, maximum + 1, minimum + 0.5, -maximum, `${minimum}x`);
    }
    case 'number': {
      const { minimum = 0, maximum = 2 ** 31 } = schema;
      return fc.constantFrom<unknown>(minimum - 0.001, maximum + 0.001, String(maximum), true);
    }
    case 'boolean':
      return fc.constantFrom('yes', 1, 'TRUE');
    case 'array':
      return listMiss(document, schema, name);
    case 'object':
      return objectMiss(document, schema);
    default:
      return textMiss(schema);
  }
}

function textMiss({ format, minLength = 0, maxLength = 1000 }: Schema): fc.Arbitrary<unknown> {
  if (format === 'date-time') return fc.constantFrom(...NEARLY_TIMES);
  return fc.constantFrom(
    'a'.repeat(maxLength + 1),
    'a'.repeat(Math.max(0, minLength - 1)),
    'a\u0000',
    'a\u009F',
  );
}

function listMiss(document: ApiDocument, schema: Schema, name: string): fc.Arbitrary<unknown> {
  const { items = {}, minItems = 0, maxItems = 0 } = schema;
  const tooLong = maxItems === 0 || maxItems > MAX_LIST ? 0 : maxItems + 1;
  return fc.oneof(
    fc.array(valueOf(document, items, name), { maxLength: Math.max(0, minItems - 1) }),
    valueOf(document, items, name).map((item) => Array<unknown>(tooLong).fill(item)),
    fc.tuple(valueOf(document, items, name), getNearMiss(document, items, name)),
  );
}

function objectMiss(document: ApiDocument, schema: Schema): fc.Arbitrary<unknown> {
  const whole = valueOf(document, schema) as fc.Arbitrary<object>;
  const fields = Object.entries(schema.properties ?? {}).map(([field, of]) =>
    fc
      .tuple(whole, getNearMiss(document, of, field))
      .map(([object, miss]): object => ({ ...object, [field]: miss })),
  );
  const lacking = (schema.required ?? []).map((field) =>
    whole.map((object) => Object.fromEntries(Object.entries(object).filter(([name]) => name !== field))),
  );
  if (fields.length === 0) return fc.constantFrom(5, 'x', ['x'], { a: 5 }, { a: 'x'.repeat(3_000) });
  return fc.oneof(...fields, ...lacking);
}
