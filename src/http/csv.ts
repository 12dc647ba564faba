import { pipeline, type Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { ApiError } from './api-error.js';

/** A row of a CSV file, and the line that it begins on. */
export interface CsvRow {
  readonly line: number;
  readonly record: readonly string[];
}

/**
 * The rows of a CSV file (RFC 4180) in UTF-8, its header among them: with or without a byte order mark, lines ended by LF
 * or CRLF. Empty lines don't count.
 *
 * @param maxRowBytes a quote that is never closed must not swallow the file
 * @throws ApiError (`400`) for text that is not CSV any more
 */
export async function* readCsv(source: Readable, maxRowBytes: number): AsyncGenerator<CsvRow> {
  let lastGoodLine = 0;
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    // A quote inside a field that is not quoted stands for itself.
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxRowBytes,
    on_record: (record: string[], { lines }) => {
      lastGoodLine = lines;
      return record;
    },
  });
  // What goes wrong in the source or the parser ends the iteration below with that error.
  pipeline(source, textOf, parser, () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>)
      yield { line: info.lines - lineBreaksIn(record), record };
  } catch (error) {
    throw error instanceof CsvError ? csvError(error, lastGoodLine, maxRowBytes) : error;
  }
}

/** `400`: the first line names other columns than these. */
export function headerError(columns: string, found: readonly string[]): ApiError {
  return new ApiError(
    400,
    `The first line has to name the columns ${columns}; found: ${found.join(',').slice(0, 200) || 'nothing'}.`,
    'bad_header',
  );
}

/** The parser tells where it gave up; what to mend is where the row begins that it gave up on. */
function csvError(error: CsvError, lastGoodLine: number, maxRowBytes: number): ApiError {
  const fault =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? `is longer than ${maxRowBytes} bytes, or a quote in it is never closed`
      : 'is not CSV: a quote in it is never closed';
  return new ApiError(400, `The row after line ${lastGoodLine} ${fault}.`, 'malformed_csv');
}

/** A row that holds line breaks in quotes begins so many lines before it ends. */
function lineBreaksIn(record: readonly string[]): number {
  let breaks = 0;
  for (const field of record) {
    // Most rows have none.
    if (field.includes('\n') || field.includes('\r')) breaks += field.split(/[\r\n]/).length - 1;
  }
  return breaks;
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
