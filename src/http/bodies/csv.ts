import { isUtf8 } from 'node:buffer';
import { ApiError } from '../errors/api-error.js';
import { CsvFault, CsvParser, type CsvRow } from './csv-parser.js';
import { brokenLine } from './lines.js';

const LF = 0x0a;
const CR = 0x0d;
/** Bytes of UTF-8 that go on with a character, and from there on those that begin one of several bytes. */
const FIRST_CONTINUATION = 0x80;
const FIRST_LEAD = 0xc0;
const MAX_BYTES_OF_CHARACTER = 4;

/** What a row of any CSV file may be. */
const ROW_LIMITS = { maxBytes: 65_536, maxColumns: 64 };

/**
 * The rows of a CSV file (RFC 4180) in UTF-8, its header among them, those of one chunk at a time: with or without a byte
 * order mark, lines ended by LF or CRLF. Empty lines don't count. A row has at most 64 KiB and 64 columns.
 *
 * @throws ApiError (`400`) for text that is not CSV any more
 */
export async function* readCsv(source: AsyncIterable<Buffer | string>): AsyncGenerator<CsvRow[]> {
  const parser = new CsvParser(ROW_LIMITS);
  try {
    for await (const text of readText(source)) yield parser.parse(text);
    yield parser.end();
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    throw new ApiError(400, `The row that begins on line ${error.line} ${error.message}.`, 'malformed_csv');
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

/**
 * Passes text on in whole characters, without a byte order mark, and stops at the first byte that is not UTF-8. CRLF becomes LF,
 * inside of quotes too.
 */
async function* readText(source: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  let isFirst = true;
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
    const text = block.toString('utf8').replaceAll('\r\n', '\n');
    if (text === '') continue;
    yield isFirst ? text.replace(/^\uFEFF/, '') : text;
    isFirst = false;
  }
  if (!isUtf8(held)) throw notUtf8(linesBefore + 1);
  yield held.toString('utf8');
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
  for (let back = 1; back <= Math.min(MAX_BYTES_OF_CHARACTER - 1, bytes.length); back += 1) {
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
