import * as fc from 'fast-check';
import type { ApiDocument, Operation, Parameter } from './api-document.js';
import { getPayload } from './arbitrary-body.js';
import { referenceFor, valueOf } from './arbitrary-value.js';
import { hostileString } from './hostile.js';
import { getNearMiss } from './near-miss.js';
import { getBytes, type FuzzRequest, type Text } from './request.js';

/** A part of a request, and whether it is as the document wants it. */
interface Part<T> {
  readonly value: T;
  readonly isValid: boolean;
}

type Entry = readonly [name: Text, value: Text | undefined];

const ODD_HEADERS =
  'accept accept-charset accept-encoding accept-language authorization cookie forwarded host idempotency-key if-match if-modified-since if-none-match last-event-id origin range referer te user-agent x-api-key x-forwarded-for x-forwarded-host x-http-method-override'.split(
    ' ',
  );

const METHODS = 'GET HEAD OPTIONS POST PUT PATCH DELETE TRACE PROPFIND QUERY LOCK'.split(' ');

const BROKEN_PIECES = [
  '%',
  '%z',
  '%zz',
  '%E0%A4%A',
  '%C0%80',
  '%ff',
  '%00',
  '%2F',
  '%2e%2e',
  '+',
  '\u0080\u00ff',
  '..',
  '[',
  ';a=1',
];

const brokenText: fc.Arbitrary<Text> = fc.constantFrom(...BROKEN_PIECES).map((text) => ({ text, raw: true }));

/** Requests that an operation takes, nearly takes, and does not take. */
export function requestTo(document: ApiDocument, operation: Operation): fc.Arbitrary<FuzzRequest> {
  const inPlace = (place: Parameter['in']): readonly Parameter[] =>
    operation.parameters.filter((parameter) => parameter.in === place);
  return fc
    .record({
      method: rarely(operation.method, fc.constantFrom(...METHODS)),
      path: toPath(document, operation.path, inPlace('path')),
      suffix: rarely('', fc.constantFrom('/', '//', '/x', '.json', '%2F', ';x')),
      query: getQuery(document, inPlace('query')),
      headers: getHeaders(document, inPlace('header')),
      odd: rarely<readonly (readonly [string, string])[]>(
        [],
        fc.array(oddHeader, { minLength: 1, maxLength: 3 }),
      ),
      payload: getPayload(document, operation),
    })
    .map(({ method, path, suffix, query, headers, odd, payload }) => ({
      operation,
      method: method.value,
      path: path.value,
      suffix: suffix.value,
      query: query.value,
      headers: withOneHost([...payload.headers, ...headers.value, ...odd.value]),
      body: payload.body,
      isValid:
        [method, path, suffix, query, headers, odd, payload].every((part) => part.isValid) &&
        !standsBesideFields(query.value, payload.headers),
    }));
}

/** Whether a query has fields of a job whose JSON document, or form, has its own. */
function standsBesideFields(query: readonly Entry[], headers: FuzzRequest['headers']): boolean {
  const takesQuery = headers.every(([, type]) => type === 'text/csv' || type === 'application/x-ndjson');
  return !takesQuery && query.some(([name]) => name.text !== 'dry_run');
}

/** The client sends one `Host` at most, and none that opens a bracket (of an IPv6 address) and does not close it. */
function withOneHost(headers: FuzzRequest['headers']): FuzzRequest['headers'] {
  const first = headers.find(([name, value]) => name === 'host' && !/^\[[^\]]*$/.test(value));
  return headers.filter((header) => header[0] !== 'host' || header === first);
}

/** What is usual nine times of ten. */
function rarely<T>(usual: T, unusual: fc.Arbitrary<T>): fc.Arbitrary<Part<T>> {
  return fc.oneof(
    { arbitrary: fc.constant({ value: usual, isValid: true }), weight: 9 },
    { arbitrary: unusual.map((value) => ({ value, isValid: false })), weight: 1 },
  );
}

function toPath(
  document: ApiDocument,
  path: string,
  parameters: readonly Parameter[],
): fc.Arbitrary<Part<readonly Text[]>> {
  const segments = path.split('/').map((segment): fc.Arbitrary<Part<Text>> => {
    const parameter = parameters.find(({ name }) => segment === `{${name}}`);
    if (parameter === undefined)
      return rarely<Text>({ text: segment }, fc.constant({ text: segment.toUpperCase() }));
    return fc.oneof(
      {
        arbitrary: valueOf(document, parameter.schema, parameter.name).map((value) => ({
          value: { text: String(value) },
          // A segment of nothing is no segment, and dots are the way up.
          isValid: !/^\.{0,2}$/.test(String(value)),
        })),
        weight: 6,
      },
      { arbitrary: hostileString.map((text) => ({ value: { text }, isValid: false })), weight: 2 },
      { arbitrary: brokenText.map((value) => ({ value, isValid: false })), weight: 1 },
    );
  });
  return fc.tuple(...segments).map(joined);
}

function joined<T>(parts: readonly Part<T>[]): Part<readonly T[]> {
  return { value: parts.map(({ value }) => value), isValid: parts.every(({ isValid }) => isValid) };
}

function getQuery(
  document: ApiDocument,
  parameters: readonly Parameter[],
): fc.Arbitrary<Part<readonly Entry[]>> {
  const given = parameters.map((parameter) => getParameter(document, parameter));
  const others = rarely<readonly Entry[]>(
    [],
    fc.array(oddEntry(parameters.map(({ name }) => name)), { minLength: 1, maxLength: 3 }),
  );
  return fc.tuple(fc.tuple(...given), others).map(([entries, other]) => ({
    value: [...entries.flatMap(({ value }) => value), ...other.value],
    isValid: other.isValid && entries.every(({ isValid }) => isValid),
  }));
}

/** A query parameter that is not there, is as it should be, is not, or is there twice. */
function getParameter(document: ApiDocument, parameter: Parameter): fc.Arbitrary<Part<readonly Entry[]>> {
  const name = { text: parameter.name };
  // A count has to fit the body, and a cursor the list: neither is right by its schema alone.
  const isEnough = parameter.name !== 'count' && parameter.name !== 'cursor';
  const good = valueOf(document, parameter.schema, parameter.name).map((value) => ({
    value: [[name, { text: String(value) }] as const],
    isValid: isEnough,
  }));
  const bad = fc
    .oneof(
      hostileString.map((text) => ({ text })),
      getNearMiss(document, parameter.schema, parameter.name).map((value) => ({ text: String(value) })),
      brokenText,
      (referenceFor('cursor') ?? fc.constant('')).chain((cursor) =>
        fc
          .tuple(fc.nat({ max: 60 }), fc.constantFrom('A', '_', '=', '%'))
          .map(([at, to]) => ({ text: `${cursor}‹change ${at} ${to}›` })),
      ),
    )
    .map((text) => ({ value: [[name, text] as const], isValid: false }));
  const absent = fc.constant({ value: [], isValid: parameter.required !== true });
  return fc.oneof(
    { arbitrary: absent, weight: parameter.required === true ? 1 : 10 },
    { arbitrary: good, weight: 8 },
    { arbitrary: bad, weight: 3 },
    {
      arbitrary: fc
        .tuple(good, good)
        .map(([one, two]) => ({ value: [...one.value, ...two.value], isValid: false })),
      weight: 1,
    },
  );
}

function oddEntry(names: readonly string[]): fc.Arbitrary<Entry> {
  const name = fc.constantFrom('x', '__proto__', 'constructor', ...names);
  const key = fc
    .tuple(name, fc.constantFrom('', '[]', '[0]', '[b]', '[__proto__]', '[a][b][c][d][e][f][g]', '[', '.x'))
    .map(([text, rest]) => ({ text: text + rest, raw: true as const }));
  const value = fc.oneof(
    hostileString.map((text) => ({ text })),
    brokenText,
    fc.constant(undefined),
  );
  return fc.oneof(fc.tuple(key, value), fc.tuple(brokenText, value));
}

function getHeaders(
  document: ApiDocument,
  parameters: readonly Parameter[],
): fc.Arbitrary<Part<readonly (readonly [string, string])[]>> {
  const given = parameters.map(({ name, schema }) =>
    fc.oneof(
      { arbitrary: fc.constant({ value: [], isValid: true }), weight: 3 },
      {
        arbitrary: repeated(valueOf(document, schema, name)).map((value) => ({
          // The space around a header's value is not part of it (RFC 9110 §5.5).
          value: [[name, getBytes(String(value))] as const],
          isValid: String(value).trim() !== '',
        })),
        weight: 5,
      },
      {
        arbitrary: fc.array(headerValue, { minLength: 1, maxLength: 2 }).map((values) => ({
          value: values.map((value) => [name, value] as const),
          isValid: false,
        })),
        weight: 1,
      },
    ),
  );
  return fc.tuple(...given).map((parts) => ({
    value: parts.flatMap(({ value }) => value),
    isValid: parts.every(({ isValid }) => isValid),
  }));
}

/** Mostly one of two values, so that an idempotency key comes again. */
function repeated(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: fc.constantFrom('a', 'ж'), weight: 4 }, { arbitrary: value, weight: 1 });
}

/** What a client can write into a header at all: bytes without control characters. */
const headerValue: fc.Arbitrary<string> = fc.oneof(
  hostileString.map((text) => getBytes(text).replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '')),
  fc.constantFrom('ключ', 'é', '店'.repeat(255), '🛒'.repeat(256)).map(getBytes),
  fc.constantFrom('\u00e9', '\u00ff\u00fe', '\u0085', 'a\tb', ' ', '\u00c3'),
);

const oddHeader: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  fc.tuple(fc.constantFrom(...ODD_HEADERS), headerValue),
  fc.constantFrom<readonly [string, string]>(
    ['accept', 'text/csv, application/x-ndjson'],
    ['accept', 'text/html;q=0, */*;q=0'],
    ['accept-encoding', 'gzip;q=1, *;q=0'],
    ['authorization', 'Bearer'],
    ['authorization', 'Basic Og=='],
    ['if-modified-since', 'Sat, 01 Jan 2000 00:00:00 GMT'],
    ['if-none-match', '*'],
    ['if-none-match', 'W/"2-x", "'],
    ['range', 'bytes=0-1,5-,-3'],
    ['x-http-method-override', 'DELETE'],
    ['content-type', 'text/csv'],
    ['content-md5', 'x'],
    // More than the 16 KiB that Node takes.
    ['x-long', 'x'.repeat(20_000)],
  ),
);
