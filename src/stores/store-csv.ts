import { pipeline, Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { ApiError } from '../http/api-error.js';
import type { Rule } from '../http/rules.js';
import type { Store } from './store.entity.js';
import { areaCode, storeId, storeName } from './store.rules.js';

/** The columns of a store master file, what they become, and what they take. */
const COLUMNS: Readonly<Record<string, readonly [keyof Store, Rule]>> = {
  AreaCode: ['area_code', areaCode],
  StoreName: ['store_name', storeName],
  StoreID: ['store_id', storeId],
};

/** Most characters of one row: a quote that is never closed must not swallow the file. */
const MAX_ROW_BYTES = 65_536;

/** A row of the file: a store, or why it is none. */
export type StoreRow = { readonly line: number } & ({ readonly store: Store } | { readonly error: string });

/**
 * The rows of a store master as CSV (RFC 4180): the columns `AreaCode,StoreName,StoreID` in any order, with or without a
 * byte order mark, lines ended by LF or CRLF. Empty lines don't count.
 *
 * @throws ApiError (`400`) for another header, and for text that is not CSV any more
 */
export async function* readStoreCsv(source: Readable): AsyncGenerator<StoreRow> {
  let lastGoodLine = 0;
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    // A quote inside a field that is not quoted stands for itself.
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
    on_record: (record: string[], { lines }) => {
      lastGoodLine = lines;
      return record;
    },
  });
  // What goes wrong in the source or the parser ends the iteration below with that error.
  pipeline(source, textOf, parser, () => {});
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const line = info.lines - lineBreaksIn(record);
      if (header === undefined) header = checkHeader(record);
      else yield { line, ...toStore(header, record) };
    }
  } catch (error) {
    throw error instanceof CsvError ? csvError(error, lastGoodLine) : error;
  }
  if (header === undefined) throw headerError('');
}

function checkHeader(record: readonly string[]): readonly string[] {
  const names = record.map((name) => name.trim());
  const expected = Object.keys(COLUMNS);
  if (names.length !== expected.length || !expected.every((name) => names.includes(name))) {
    throw headerError(names.join(',').slice(0, 200));
  }
  return names;
}

function headerError(found: string): ApiError {
  return new ApiError(
    400,
    `The first line has to name the columns ${Object.keys(COLUMNS).join(',')}, in any order; found: ${found || 'nothing'}.`,
    'bad_header',
  );
}

/** The parser tells where it gave up; what to mend is where the row begins that it gave up on. */
function csvError(error: CsvError, lastGoodLine: number): ApiError {
  const fault =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? `is longer than ${MAX_ROW_BYTES} bytes, or a quote in it is never closed`
      : 'is not CSV: a quote in it is never closed';
  return new ApiError(400, `The row after line ${lastGoodLine} ${fault}.`, 'malformed_csv');
}

function toStore(header: readonly string[], record: readonly string[]): { store: Store } | { error: string } {
  if (record.length !== header.length) return { error: `has ${record.length} columns, not ${header.length}` };
  const store: Store = { store_id: '', store_name: '', area_code: '' };
  for (const [index, name] of header.entries()) {
    const column = COLUMNS[name];
    if (column === undefined) continue;
    const [field, rule] = column;
    const value = (record[index] ?? '').trim();
    const fault = rule(value);
    if (typeof fault === 'string') return { error: `${name} ${fault}` };
    store[field] = value;
  }
  return { store };
}

/** A row that holds line breaks in quotes begins so many lines before it ends. */
function lineBreaksIn(record: readonly string[]): number {
  return record.reduce((sum, field) => sum + field.split(/[\r\n]/).length - 1, 0);
}

/**
 * Passes bytes on as text, and stops at the first that is not UTF-8. Lines end with LF from here on: the parser counts a
 * CRLF in quotes as two.
 */
async function* textOf(source: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let held = '';
  try {
    for await (const chunk of source) {
      const text = held + decoder.decode(Buffer.from(chunk), { stream: true });
      // The LF of this CR may come with the next chunk.
      held = text.endsWith('\r') ? '\r' : '';
      yield text.slice(0, text.length - held.length).replaceAll('\r\n', '\n');
    }
    yield held + decoder.decode();
  } catch (error) {
    if (isEncodingError(error)) throw new ApiError(400, 'The file is not valid UTF-8.', 'malformed_csv');
    throw error;
  }
}

function isEncodingError(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
  );
}
