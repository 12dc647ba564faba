import * as fc from 'fast-check';
import type { ApiDocument, Operation, Schema } from './api-document.js';
import { BOUNDARY, csvBody, formBody, linesBody } from './arbitrary-text.js';
import { mutated, valueOf } from './arbitrary-value.js';
import { hostileValue, jsonText } from './hostile.js';
import { getNearMiss } from './near-miss.js';
import { broken, changes, type FuzzPayload, typed } from './payload.js';

const CONTENT_TYPES = [
  '',
  'application/json',
  'APPLICATION/JSON ; charset="UTF-8"',
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/json; charset=',
  'application/json;;;',
  'application/json, text/csv',
  'application/vnd.api+json',
  'application/x-ndjson; charset=utf-8',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'text/csv; header=present; charset=utf-16le',
  'text/plain',
  'text/*',
  '*/*',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary="',
  `multipart/form-data; boundary=${'x'.repeat(300)}`,
  `multipart/mixed; boundary=${BOUNDARY}`,
  'json',
  '/',
  '\u00e9',
];

const CODINGS = ['gzip', 'deflate', 'br', 'zstd'] as const;
const CODING_NAMES = [
  'identity',
  'GZIP',
  ' gzip',
  'x-gzip',
  'compress',
  'gzip, gzip',
  'none',
  '',
  '\u00e9',
  'constructor',
];

/** What an operation takes as its body, what it nearly takes, and what it does not. */
export function getPayload(document: ApiDocument, operation: Operation): fc.Arbitrary<FuzzPayload> {
  const content = Object.entries(operation.requestBody?.content ?? {});
  if (content.length === 0) return fc.oneof({ arbitrary: fc.constant(NOTHING), weight: 9 }, wrong(document));
  const declared = content.map(([type, { schema, example, examples }]) =>
    getBody(document, type, schema, example ?? Object.values(examples ?? {})[0]?.value),
  );
  return fc.oneof(
    { arbitrary: fc.oneof(...declared), weight: 8 },
    { arbitrary: wrong(document, ...declared), weight: 2 },
  );
}

const NOTHING: FuzzPayload = { body: undefined, headers: [], isValid: true };

/** Bodies under names that are not theirs, compressed and not what they say, or none. */
function wrong(
  document: ApiDocument,
  ...declared: readonly fc.Arbitrary<FuzzPayload>[]
): fc.Arbitrary<FuzzPayload> {
  const some = fc.oneof(
    ...declared,
    getBody(document, 'application/json', { $ref: '#/components/schemas/ShelflinePutStore' }, undefined),
    fc.uint8Array({ maxLength: 64 }).map((content) => ({ body: { content }, headers: [], isValid: false })),
    fc.constant({ body: { content: '' }, headers: [], isValid: false }),
  );
  return fc.oneof(
    fc.tuple(some, fc.constantFrom(...CONTENT_TYPES)).map(([{ body }, type]) => ({
      body,
      headers: [['content-type', type] as const],
      isValid: false,
    })),
    some.map(({ body }) => ({ body, headers: [], isValid: false })),
    some.map(({ headers }) => ({ body: undefined, headers, isValid: false })),
    fc.tuple(some, fc.constantFrom(...CODINGS, ...CODING_NAMES)).map(([{ body, headers }, coding]) => ({
      body,
      headers: [...headers, ['content-encoding', coding] as const],
      isValid: false,
    })),
    fc.tuple(some, fc.constantFrom(...CODINGS)).map(([{ body, headers }, coding]) => ({
      body: { content: body?.content ?? '', coding },
      headers: [...headers, ['content-encoding', coding] as const],
      isValid: false,
    })),
  );
}

function getBody(
  document: ApiDocument,
  type: string,
  schema: Schema,
  example: unknown,
): fc.Arbitrary<FuzzPayload> {
  switch (type) {
    case 'application/json':
      return jsonBody(document, schema);
    case 'application/x-ndjson':
      return linesBody(document);
    case 'text/csv':
      return csvBody(example);
    case 'multipart/form-data':
      return formBody(example);
    default:
      throw new Error(`no arbitrary for a body of ${type}`);
  }
}

function jsonBody(document: ApiDocument, schema: Schema): fc.Arbitrary<FuzzPayload> {
  const valid = valueOf(document, schema);
  return fc
    .oneof(
      { arbitrary: valid.map((value) => ({ content: jsonText(value), isValid: true })), weight: 4 },
      {
        arbitrary: fc
          .tuple(valid, changes)
          .map(([value, made]) => ({ content: jsonText(mutated(value, made)), isValid: false })),
        weight: 3,
      },
      {
        arbitrary: getNearMiss(document, schema).map((value) => ({
          content: jsonText(value),
          isValid: false,
        })),
        weight: 3,
      },
      { arbitrary: hostileValue.map((value) => ({ content: jsonText(value), isValid: false })), weight: 1 },
      { arbitrary: valid.chain((value) => broken(jsonText(value))), weight: 2 },
    )
    .map(typed('application/json'));
}
