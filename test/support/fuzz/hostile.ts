import * as fc from 'fast-check';

/** JSON that JSON.stringify would not write. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** Strings that have broken something somewhere. */
const HOSTILE_STRINGS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\u0007\u001b[31m',
  '\u007f',
  '\u0085',
  '\uD800',
  '\uDFFFx',
  'a\uD83D',
  '\uFEFF',
  '\u202Egnp',
  '\u2028',
  'x'.repeat(65),
  'x'.repeat(201),
  'x'.repeat(256),
  'x'.repeat(3000),
  '🛒'.repeat(64),
  '🛒'.repeat(65),
  'e\u0301'.repeat(40),
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'true',
  '-1',
  '0',
  '00',
  '1e3',
  '1.5',
  '0x10',
  '１２',
  '9'.repeat(15),
  '9'.repeat(16),
  '9'.repeat(400),
  '-2147483649',
  '2147483648',
  '../../../etc/passwd',
  '..',
  '.',
  String.raw`..\..\x`,
  '/',
  '%',
  '%00',
  '%s%n',
  "' OR '1'='1",
  '"; --',
  '$1',
  String.raw`\u0000`,
  '{"a":1}',
  '[1]',
  '<b>x</b>',
  'a,b\n"c',
  '=1+1',
  'job_20241116100000_8f14e45fceea167a5a36',
  'job_00000000000000_00000000000000000000',
  'img_1_0',
  '2024-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-23:59',
  '2016-12-31T23:59:60Z',
  '2024-11-16 12:00:00Z',
  '+275760-09-13T00:00:00Z',
  '1900-01-01T00:00:00.999999999+23:59',
  'http://',
  'http://[::1',
  'http://h:99999/',
  'http://u:p@h/',
  'http:h',
  'ftp://h/',
  'HTTPS://H/\u00E4?q=\u{1F6D2}#x',
  'http://h/%zz',
  `http://h/${'a'.repeat(2040)}`,
] as const;

/** Any string, mostly of those. */
export const hostileString: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...HOSTILE_STRINGS), weight: 4 },
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
    .map((units) => String.fromCharCode(...units)),
);

const deep = fc
  .tuple(fc.constantFrom(100, 5_000, 60_000), fc.constantFrom(['[', ']'], ['{"a":', '}']))
  .map(([depth, [open = '', close = '']]) => new RawJson(`${open.repeat(depth)}0${close.repeat(depth)}`));

/** Any JSON, mostly of other types and depths than anybody asks for. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: hostileString, weight: 4 },
  {
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      100_001,
      2 ** 31,
      2 ** 53,
      -(2 ** 63),
      1e308,
      [],
      {},
      [[]],
      [null],
      [''],
      [0],
      { length: 1 },
      { toString: 1 },
      { constructor: { prototype: { polluted: 1 } } },
    ),
    weight: 3,
  },
  {
    arbitrary: fc.constantFrom(
      new RawJson('{"then":1,"toJSON":1}'),
      new RawJson('1e999'),
      new RawJson('-1e999'),
      new RawJson('-0'),
      new RawJson('1.0'),
      new RawJson('1e0'),
      new RawJson('9'.repeat(400)),
      new RawJson('{"__proto__":{"polluted":1},"__proto__":[]}'),
    ),
    weight: 1,
  },
  { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 2 },
  { arbitrary: deep, weight: 1 },
);

/** JSON text of a value, {@link RawJson} as it stands. */
export function jsonText(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonText).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([key, field]) => `${JSON.stringify(key)}:${jsonText(field)}`)
    .join()}}`;
}
