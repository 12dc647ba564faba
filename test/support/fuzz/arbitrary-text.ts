import * as fc from 'fast-check';
import type { ApiDocument } from './api-document.js';
import { mutated, valueOf } from './arbitrary-value.js';
import { hostileString, hostileValue, jsonText } from './hostile.js';
import { broken, changes, type FuzzPayload, typed } from './payload.js';

/** What divides the forms. */
export const BOUNDARY = 'fuzz-boundary';

const lineEnd = fc.constantFrom('\n', '\r\n', '\n\n');

/** Visits, one a line. */
export function linesBody(document: ApiDocument): fc.Arbitrary<FuzzPayload> {
  const visit = valueOf(document, { $ref: '#/components/schemas/ShelflineNewVisit' });
  const good = fc
    .tuple(fc.array(visit.map(jsonText), { minLength: 1, maxLength: 4 }), lineEnd)
    .map(([lines, end]) => ({ content: lines.join(end), isValid: true }));
  const line = fc.oneof(
    { arbitrary: visit.map(jsonText), weight: 3 },
    fc.tuple(visit, changes).map(([value, made]) => jsonText(mutated(value, made))),
    hostileValue.map(jsonText),
    hostileString,
  );
  const bad = fc
    .tuple(fc.array(line, { maxLength: 30 }), lineEnd)
    .map(([lines, end]) => ({ content: lines.join(end), isValid: false }));
  return fc
    .oneof(
      { arbitrary: good, weight: 2 },
      { arbitrary: bad, weight: 2 },
      good.chain(({ content }) => broken(content)),
    )
    .map(typed('application/x-ndjson'));
}

/** Rows under the header of an example, of its first row's values and others. */
export function csvBody(example: unknown): fc.Arbitrary<FuzzPayload> {
  const [header = '', first = ''] = typeof example === 'string' ? example.split('\n') : [];
  const cell = fc.oneof({ arbitrary: fc.constantFrom(...first.split(',')), weight: 5 }, hostileString);
  const written = fc
    .tuple(cell, fc.boolean())
    .map(([text, quoted]) => (quoted ? `"${text.replaceAll('"', '""')}"` : text));
  const columns = header.split(',').length;
  const good = fc.tuple(fc.integer({ min: 1, max: 5 }), lineEnd).map(([rows, end]) => ({
    content: [header, ...Array<string>(rows).fill(first)].join(end),
    isValid: true,
  }));
  const row = fc.oneof(
    { arbitrary: fc.array(written, { minLength: columns, maxLength: columns }), weight: 4 },
    fc.array(written, { maxLength: columns + 2 }),
  );
  const top = fc.oneof(
    { arbitrary: fc.constant(header), weight: 6 },
    fc.constantFrom(
      '',
      `\uFEFF${header}`,
      `${header},visit`,
      `${header},${header}`,
      header.toLowerCase(),
      `"${header}`,
      'a;b;c',
    ),
  );
  const bad = fc.tuple(top, fc.array(row, { maxLength: 6 }), lineEnd).map(([line, rows, end]) => ({
    content: [line, ...rows.map((cells) => cells.join())].join(end),
    isValid: false,
  }));
  return fc
    .oneof(
      { arbitrary: good, weight: 2 },
      { arbitrary: bad, weight: 3 },
      good.chain(({ content }) => broken(content)),
    )
    .map(typed('text/csv'));
}

/** A form with the file of an example, or nearly. */
export function formBody(example: unknown): fc.Arbitrary<FuzzPayload> {
  const { file }: { file?: unknown } = Object(example);
  const text = String(file);
  const part = fc
    .tuple(
      fc.constantFrom(
        'name="file"; filename="s.csv"',
        'name="file"',
        'name="other"; filename="x"',
        'filename="s.csv"',
        'name=',
        '',
      ),
      fc.constantFrom(
        'Content-Type: text/csv',
        'Content-Type: text/plain; charset=utf-16',
        'Content-Transfer-Encoding: base64',
        'X',
      ),
      fc.oneof(fc.constant(text), hostileString),
    )
    .map(
      ([names, header, content]) =>
        `--${BOUNDARY}\r\nContent-Disposition: form-data; ${names}\r\n${header}\r\n\r\n${content}\r\n`,
    );
  const end = fc.constantFrom(`--${BOUNDARY}--\r\n`, `--${BOUNDARY}--`, '', '--');
  const good = {
    content: `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="s.csv"\r\nContent-Type: text/csv\r\n\r\n${text}\r\n--${BOUNDARY}--\r\n`,
    isValid: true,
  };
  const bad = fc
    .tuple(fc.array(part, { maxLength: 3 }), end)
    .map(([parts, last]) => ({ content: parts.join('') + last, isValid: false }));
  return fc
    .oneof(fc.constant(good), { arbitrary: bad, weight: 3 }, broken(good.content))
    .map(typed(`multipart/form-data; boundary=${BOUNDARY}`));
}
