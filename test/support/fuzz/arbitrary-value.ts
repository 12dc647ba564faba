import * as fc from 'fast-check';
import { DATE_OR_INSTANT } from '../../../src/http/input/period.js';
import type { ApiDocument, Schema } from './api-document.js';
import { RawJson } from './hostile.js';

const CLEAN = [
  'a',
  'Z',
  '7',
  ' ',
  '-',
  '.',
  '/',
  '%',
  '?',
  '&',
  '+',
  "'",
  '"',
  ',',
  '\\',
  'é',
  'ß',
  'İ',
  '店',
  '🛒',
];

/** Strings, numbers, lists and objects that a schema takes. */
export function valueOf(document: ApiDocument, given: Schema, name = ''): fc.Arbitrary<unknown> {
  const schema = document.resolve(given);
  const value = getPlainValue(document, schema, name);
  return schema.nullable === true ? fc.option(value, { nil: null }) : value;
}

function getPlainValue(document: ApiDocument, schema: Schema, name: string): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31 - 1 });
    case 'number':
      return fc.double({
        min: schema.minimum ?? 0,
        max: schema.maximum ?? 2 ** 31,
        noNaN: true,
      });
    case 'array': {
      const min = schema.minItems ?? 0;
      return fc.array(valueOf(document, schema.items ?? {}, name), {
        minLength: min,
        maxLength: Math.min(schema.maxItems ?? min + 3, min + 3),
      });
    }
    case 'object':
      return getObject(document, schema);
    case 'boolean':
      return fc.boolean();
    case 'string':
      return getText(schema, name);
    default:
      throw new Error(`no arbitrary for ${JSON.stringify(schema)}`);
  }
}

function getObject(document: ApiDocument, schema: Schema): fc.Arbitrary<unknown> {
  const { properties, additionalProperties, maxProperties } = schema;
  if (properties === undefined && typeof additionalProperties === 'object') {
    const key = fc.constantFrom('Rep', 'Shelf sign', '__proto__', 'constructor', '店', 'x');
    const max = maxProperties ?? 3;
    return fc
      .array(fc.tuple(key, valueOf(document, additionalProperties)), { maxLength: Math.min(max, 3) })
      .map((entries) => Object.fromEntries(entries));
  }
  const fields = Object.entries(schema.properties ?? {}).map(
    ([field, of]): [string, fc.Arbitrary<unknown>] => [field, valueOf(document, of, field)],
  );
  const required = [...(schema.required ?? [])];
  return fc
    .record(Object.fromEntries(fields), { requiredKeys: required })
    .map((object: Record<string, unknown>) => obeyed(object, 'latitude' in (schema.properties ?? {})));
}

/** The object with the rules that no schema can say. */
function obeyed(object: Record<string, unknown>, isStore: boolean): Record<string, unknown> {
  if (Array.isArray(object['visits'])) return { ...object, count: object['visits'].length };
  if (!isStore) return object;
  // A new store has a name and an area, and a position has two halves.
  const named = { store_name: 'Corner', area_code: '7', ...object };
  const { latitude, longitude } = object;
  return typeof latitude === 'number' && typeof longitude === 'number'
    ? named
    : { ...named, latitude: null, longitude: null };
}

function getText(
  { format, pattern, minLength = 0, maxLength = 40 }: Schema,
  name: string,
): fc.Arbitrary<string> {
  if (format === 'date-time') return dateTime;
  if (pattern === DATE_OR_INSTANT.pattern) return endOfPeriod(name);
  if (pattern?.includes('[Hh][Tt][Tt][Pp]') === true) return imageUrl;
  if (name === 'Last-Event-ID') return fc.constantFrom('finished-1', 'finished-2');
  if (name === 'visit_time') return dateTime;
  if (name === 'time_zone') return fc.constantFrom('Asia/Kolkata', 'UTC', 'europe/berlin');
  // Of a query, as JSON.
  if (name === 'metadata') return fc.constantFrom('{}', '{"Rep":"Rep 7","__proto__":"x"}');
  const clean = fc.constantFrom(...CLEAN);
  const made = fc.oneof(
    { arbitrary: fc.array(clean, { minLength, maxLength: Math.min(maxLength, minLength + 8) }), weight: 5 },
    { arbitrary: fc.array(clean, { minLength: maxLength, maxLength }), weight: 1 },
  );
  const text = made.map((characters) => characters.join(''));
  const known = referenceFor(name);
  return known === undefined
    ? text
    : fc.oneof({ arbitrary: known, weight: 3 }, { arbitrary: text, weight: 1 });
}

/** What a field of this name means. */
export function referenceFor(name: string): fc.Arbitrary<string> | undefined {
  const kind = (
    { store_id: 'store', job_id: 'job', jobid: 'job', cursor: 'cursor', visit_id: 'visit' } as Record<
      string,
      string
    >
  )[name];
  return kind === undefined ? undefined : fc.nat({ max: 999 }).map((index) => `‹${kind} ${index}›`);
}

/** A date or a time of a period that is short enough, whichever its ends are. */
function endOfPeriod(name: string): fc.Arbitrary<string> {
  return name === 'from'
    ? fc.constantFrom('2024-11-01', '2024-10-31T18:30:00Z', '2024-11-16T12:00:00.000+05:30')
    : fc.constantFrom('2024-11-30', '2024-11-17T00:00:00z', '2024-12-01');
}

const dateTime = fc
  .tuple(
    fc.date({ min: new Date('0002-01-01'), max: new Date('9998-01-01'), noInvalidDate: true }),
    fc.constantFrom('Z', 'z', '+00:00', '-23:59', '+05:30'),
    fc.constantFrom('', '.5', '.123456789'),
  )
  .map(([date, zone, fraction]) => `${date.toISOString().slice(0, 19)}${fraction}${zone}`);

const imageUrl = fc
  .tuple(
    fc.constantFrom('http', 'https', 'HTTP'),
    fc.constantFrom('', 'a.jpg', 'a/b?c=d&e=%20#f', 'é/店.png', '%zz', '..//;@:'),
    fc.boolean(),
  )
  .map(([scheme, rest, port]) => `${scheme}://host.example${port ? ':8080' : ''}/${rest}`);

/** The same value, here and there another. */
export function mutated(value: unknown, changes: readonly (readonly [at: number, to: unknown])[]): unknown {
  return changes.reduce((current: unknown, [at, to]) => {
    const nodes = getNodes(current);
    const place = nodes[at % nodes.length];
    if (place === undefined || place.length === 0) return to;
    return replaced(current, place, to);
  }, value);
}

type Place = readonly (string | number)[];

/** The places of a value and of all inside of it. */
function getNodes(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null || value instanceof RawJson) return [place];
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [
    place,
    ...keys.flatMap((key) => getNodes((value as Record<string | number, unknown>)[key], [...place, key])),
  ];
}

function replaced(value: unknown, [key, ...rest]: Place, to: unknown): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === key ? replaced(item, rest, to) : item));
  return Object.fromEntries(
    Object.entries(value as object)
      .filter(([name]) => name !== key || to !== undefined || rest.length > 0)
      .map(([name, field]) => [name, name === key ? replaced(field, rest, to) : field]),
  );
}
