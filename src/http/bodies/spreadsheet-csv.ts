import { ApiError } from '../errors/api-error.js';
import { CsvFault, CsvParser, type CsvRow } from './csv-parser.js';
import { decodeText } from './csv-text.js';
import { toCellFault } from './sheet-fault.js';
import { getColumnLetter, type SheetHeader } from './sheet-header.js';

const ROW_LIMITS = { maxBytes: 65_536, maxColumns: 64 };
/** The delimiters that are detected if no `sep=` line names one. If two fit equally well, the first is used. */
const DELIMITERS = [',', ';', '\t'];
/** The first line may name the delimiter, as in spreadsheets. Some programs add delimiters to it as to a row. */
const SEP_LINE = /^"?sep=([^"\w\r\n])"?\1*[ \t]*\n/i;
const MAX_SEP_LINE = 80;
/** The maximum number of characters in which headings are searched. Their rows are in memory. */
const MAX_DETECTION = 2 * ROW_LIMITS.maxBytes;
/** The maximum number of characters that are parsed at a time: a block of a body may be thousands of short rows. */
const PIECE = 8_192;

export interface CsvOptions {
  /** The known headings. The delimiter that finds most of them is used. */
  readonly header: SheetHeader;
  /** The charset of a file without a byte order mark. The default is UTF-8. */
  readonly charset?: string | undefined;
  /** Called with the separator of the file before its first row is yielded. */
  readonly onDelimiter?: ((delimiter: string) => void) | undefined;
}

/**
 * Reads the CSV file of a spreadsheet, with its headings as the first row. Yields the rows of some kilobytes at a time. The separator is a comma, a semicolon or
 * a tab. A byte order mark, a `sep=` line and any line ends are accepted. Rows without text are counted, but not yielded. A row has at most 64 KiB and
 * 64 columns.
 *
 * @throws ApiError (`400`) for invalid CSV and for invalid bytes, with the row and the column
 */
export async function* readCsv(
  source: AsyncIterable<Buffer | string>,
  options: CsvOptions,
): AsyncGenerator<CsvRow[]> {
  const reader = new CsvReader(options);
  let headings: readonly string[] | undefined;
  const toChunk = (rows: readonly CsvRow[]): CsvRow[] => {
    const filled = rows.filter(isFilled);
    if (headings === undefined && filled[0] !== undefined) {
      headings = filled[0].record;
      options.onDelimiter?.(reader.delimiter);
    }
    return filled;
  };
  try {
    for await (const { text, isBroken, encoding } of decodeText(source, options.charset)) {
      for (let from = 0; from < text.length; from += PIECE)
        yield toChunk(reader.parse(text.slice(from, from + PIECE)));
      if (isBroken) throw new CsvFault(reader.place, describeBroken(encoding));
    }
    yield toChunk(reader.end());
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    yield toChunk(reader.drainRows());
    throw toMalformed(error, headings);
  }
}

function describeBroken(encoding: string): string {
  return encoding === 'utf-8'
    ? 'holds bytes that are not UTF-8: save the file as CSV UTF-8, or name its charset, such as text/csv; charset=windows-1252'
    : `holds bytes that are no text in ${encoding}: save the file as CSV UTF-8`;
}

function toMalformed(error: CsvFault, headings: readonly string[] | undefined): ApiError {
  const { message } = error;
  const { row, column } = error.place;
  const isBeyond = column >= (headings?.length ?? Infinity);
  const heading = isBeyond ? null : headings?.[column]?.trim() || getColumnLetter(column);
  const fault = toCellFault(row, heading, null, message);
  const place = heading === null ? '' : ` (column ${heading})`;
  return new ApiError(400, `Row ${row} ${message}${place}.`, 'malformed_csv', [fault]);
}

function isFilled({ record }: CsvRow): boolean {
  for (const cell of record) if (cell.trim() !== '') return true;
  return false;
}

/** Detects the delimiter from the headings, and reads the file with it. */
class CsvReader {
  private start: string | undefined = '';
  private parser: CsvParser | undefined;
  private candidates: Candidate[] = [];
  private rowsBeforeFault: CsvRow[] = [];
  /** The number of characters that were read with each delimiter. */
  private detected = 0;

  constructor(private readonly options: CsvOptions) {}

  get place(): CsvParser['place'] {
    return (this.parser ?? this.candidates[0]?.parser)?.place ?? { row: 1, column: 0 };
  }

  /** The separator, once the headings were read. */
  get delimiter(): string {
    return this.parser?.delimiter ?? ',';
  }

  /** The rows that ended before a fault. */
  drainRows(): CsvRow[] {
    return [...this.rowsBeforeFault, ...(this.parser?.drainRows() ?? [])];
  }

  parse(text: string): CsvRow[] {
    if (this.parser !== undefined) return this.parser.parse(text);
    if (this.start === undefined) return this.detect(text);
    this.start += text;
    return this.start.length < MAX_SEP_LINE && !this.start.includes('\n') ? [] : this.begin(this.start);
  }

  end(): CsvRow[] {
    const rows = this.start === undefined ? [] : this.begin(this.start);
    if (this.parser === undefined) {
      for (const candidate of this.candidates) candidate.end();
      rows.push(...this.choose());
      return rows;
    }
    return [...rows, ...this.parser.end()];
  }

  /** Reads the start of a file. A `sep=` line is not a row. */
  private begin(start: string): CsvRow[] {
    this.start = undefined;
    const [line = '', delimiter] = SEP_LINE.exec(start.slice(0, MAX_SEP_LINE)) ?? [];
    if (delimiter === undefined) {
      this.candidates = DELIMITERS.map((each) => new Candidate(new CsvParser(ROW_LIMITS, each)));
      return this.detect(start);
    }
    this.parser = new CsvParser(ROW_LIMITS, delimiter);
    return this.parser.parse(start.slice(line.length));
  }

  /** Reads the text with each delimiter until the headings are complete. */
  private detect(text: string): CsvRow[] {
    for (const candidate of this.candidates) candidate.parse(text);
    this.detected += text.length;
    const isOver = this.detected > MAX_DETECTION || this.candidates.every(({ isDecided }) => isDecided);
    return isOver ? this.choose() : [];
  }

  /** @throws CsvFault if the text is invalid with the delimiter that fits best */
  private choose(): CsvRow[] {
    let best: Candidate | undefined;
    let [mostKnown, mostColumns] = [-1, -1];
    for (const candidate of this.candidates) {
      const known = this.options.header.count(candidate.headings);
      const columns = candidate.fault === undefined ? candidate.headings.length : Infinity;
      if (known < mostKnown || (known === mostKnown && columns <= mostColumns)) continue;
      best = candidate;
      [mostKnown, mostColumns] = [known, columns];
    }
    if (best === undefined) return [];
    this.parser = best.parser;
    this.candidates = [];
    if (best.fault === undefined) return best.rows;
    this.rowsBeforeFault = best.rows;
    throw best.fault;
  }
}

/** The rows of a file with one delimiter, without rows that have no text. */
class Candidate {
  rows: CsvRow[] = [];
  fault: CsvFault | undefined;

  constructor(readonly parser: CsvParser) {}

  get headings(): readonly string[] {
    return this.rows[0]?.record ?? [];
  }

  get isDecided(): boolean {
    return this.fault !== undefined || this.rows.length > 0;
  }

  parse(text: string): void {
    this.attempt(() => this.parser.parse(text));
  }

  end(): void {
    this.attempt(() => this.parser.end());
  }

  private attempt(read: () => CsvRow[]): void {
    if (this.fault !== undefined) return;
    try {
      this.rows = this.rows.concat(read().filter(isFilled));
    } catch (error) {
      if (!(error instanceof CsvFault)) throw error;
      this.rows = this.rows.concat(this.parser.drainRows().filter(isFilled));
      this.fault = error;
    }
  }
}
