import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse';
import { ApiError } from './api-error.js';
import { brokenLine } from './lines.js';

const LF = 0x0a;
const CR = 0x0d;
/** Bytes of UTF-8 that go on with a character, and from there on those that begin one of several bytes. */
const FIRST_CONTINUATION = 0x80;
const FIRST_LEAD = 0xc0;
const MOST_BYTES_OF_CHARACTER = 4;

/** A row of a CSV file, and the line that it begins on. */
export interface CsvRow {
  readonly line: number;
  readonly record: readonly string[];
}

/**
 * The rows of a CSV file (RFC 4180) in UTF-8, its header among them, those of one chunk at a time: with or without a byte
 * order mark, lines ended by LF or CRLF. Empty lines don't count.
 *
 * @param maxRowBytes a quote that is never closed must not swallow the file
 * @throws ApiError (`400`) for text that is not CSV any more
 */
export async function* readCsv(
  source: AsyncIterable<Buffer | string>,
  maxRowBytes: number,
): AsyncGenerator<CsvRow[]> {
  let rows: CsvRow[] = [];
  let lastGoodLine = 0;
  const parser = parse({
    bom: true,
    relax_column_count: true,
    // A quote inside a field that is not quoted stands for itself.
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxRowBytes,
    // Taken here, and kept from the parser's own stream, which hands on a row at a time.
    on_record: (record: string[], { lines }) => {
      lastGoodLine = lines;
      rows.push({ line: lines - lineBreaksIn(record), record });
      return null;
    },
  });
  // Whoever writes is told what goes wrong.
  parser.on('error', () => {});
  const taken = (): CsvRow[] => {
    const these = rows;
    rows = [];
    return these;
  };
  try {
    for await (const text of textOf(source)) {
      await settled((done) => parser.write(text, done));
      yield taken();
    }
    await settled((done) => parser.end(done));
  } catch (error) {
    throw error instanceof CsvError ? csvError(error, lastGoodLine, maxRowBytes) : error;
  } finally {
    parser.destroy();
  }
  yield taken();
}

async function settled(begin: (done: (error?: Error | null) => void) => unknown): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    begin((error) => (error ? reject(error) : resolve()));
  });
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
 * Passes bytes on that are whole characters, and stops at the first that is not UTF-8. Lines end with LF from here on: the
 * parser counts a CRLF in quotes as two.
 */
async function* textOf(source: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer | string> {
  let linesBefore = 0;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const came = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const bytes = held.length === 0 ? came : Buffer.concat([held, came]);
    const end = endOfText(bytes);
    held = bytes.subarray(end);
    const block = bytes.subarray(0, end);
    if (!isUtf8(block)) throw notUtf8(linesBefore + brokenLine(block));
    linesBefore += lineFeedsIn(block);
    yield block.includes(CR) ? block.toString('utf8').replaceAll('\r\n', '\n') : block;
  }
  if (!isUtf8(held)) throw notUtf8(linesBefore + 1);
  yield held;
}

function lineFeedsIn(block: Buffer): number {
  let lines = 0;
  for (let at = block.indexOf(LF); at !== -1; at = block.indexOf(LF, at + 1)) lines += 1;
  return lines;
}

function notUtf8(line: number): ApiError {
  return new ApiError(400, `Line ${line} is not valid UTF-8.`, 'malformed_csv');
}

/** Where text ends that can be passed on: before a CR whose LF may come next, and before a character that has only begun. */
function endOfText(bytes: Buffer): number {
  if (bytes.at(-1) === CR) return bytes.length - 1;
  for (let back = 1; back <= Math.min(MOST_BYTES_OF_CHARACTER - 1, bytes.length); back += 1) {
    const byte = bytes.at(-back) ?? 0;
    if (byte >= FIRST_LEAD) return back < lengthFrom(byte) ? bytes.length - back : bytes.length;
    if (byte < FIRST_CONTINUATION) break;
  }
  return bytes.length;
}

/** Bytes of a character of UTF-8 by its first (RFC 3629 §3). */
function lengthFrom(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}
