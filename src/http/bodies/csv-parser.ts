export interface CsvRow {
  /** The number of the row in a spreadsheet. It starts from 1 and counts empty rows. A row whose cells have line breaks counts once. */
  readonly row: number;
  readonly record: readonly string[];
}

export interface RowLimits {
  readonly maxBytes: number;
  readonly maxColumns: number;
}

/** The row and column at which the text continues. */
export interface CsvPosition {
  readonly row: number;
  /** The index of the column. */
  readonly column: number;
}

/** Thrown for invalid CSV. The message is the end of a sentence that begins with the row. */
export class CsvFault extends Error {
  constructor(
    readonly place: CsvPosition,
    message: string,
  ) {
    super(message);
    this.name = 'CsvFault';
  }
}

const QUOTE = '"';
const LINE_END = '\n';
/** The maximum number of UTF-8 bytes per UTF-16 unit. */
const MAX_BYTES_PER_CHARACTER = 3;

/**
 * Parses CSV (RFC 4180) in pieces. Lines end with LF. Empty lines are counted, but are not rows. A quote inside an unquoted field is part of the value.
 * If a field continues after its closing quote (`"The" Corner`), its quotes are part of the value too.
 *
 * Both limits are checked at each field, so that a row that exceeds them is never in memory. Time and memory depend only on the length of the piece and
 * the limits.
 */
export class CsvParser {
  private rows: CsvRow[] = [];
  private record: string[] = [];
  /** The part of the current field that has been read. */
  private field = '';
  private isQuoted = false;
  private wasQuoted = false;
  /** Whether a piece ended with a quote inside a quoted field. The next character determines its meaning. */
  private isAfterQuote = false;
  /** The number of characters of the row in earlier pieces. */
  private characters = 0;
  private row = 1;

  constructor(
    private readonly limits: RowLimits,
    readonly delimiter = ',',
  ) {}

  /** The position of the next piece. */
  get place(): CsvPosition {
    return { row: this.row, column: this.record.length };
  }

  /**
   * Parses a piece. Returns the rows that end in it.
   *
   * @throws CsvFault if a row exceeds a limit
   */
  parse(text: string): CsvRow[] {
    const { delimiter } = this;
    let rowStart = 0;
    let at = 0;
    let nextEnd = -1;
    let nextDelimiter = -1;
    while (at < text.length) {
      if (this.isQuoted) {
        at = this.readQuoted(text, at);
        this.checkLength(at - rowStart);
        continue;
      }
      if (this.isAtRowStart) {
        at = this.skipEmptyLines(text, at);
        rowStart = at;
        if (at === text.length) break;
      }
      if (text[at] === QUOTE && this.field === '' && !this.wasQuoted) {
        this.isQuoted = true;
        at += 1;
        continue;
      }
      if (nextEnd < at) nextEnd = indexOrEnd(text, LINE_END, at);
      if (nextDelimiter < at) nextDelimiter = indexOrEnd(text, delimiter, at);
      const end = Math.min(nextEnd, nextDelimiter);
      this.field += text.slice(at, end);
      at = end;
      this.checkLength(at - rowStart);
      if (end === text.length) break;
      this.endField();
      at += 1;
      if (nextEnd !== end) continue;
      this.endRow(at - rowStart);
      rowStart = at;
    }
    this.characters += text.length - rowStart;
    return this.drainRows();
  }

  /**
   * Returns the last row if no line end follows it.
   *
   * @throws CsvFault if a quote is not closed
   */
  end(): CsvRow[] {
    if (this.isQuoted && !this.isAfterQuote)
      throw new CsvFault(this.place, 'is not CSV: a quote in it is never closed');
    if (this.isAfterQuote || !this.isAtRowStart) {
      this.endField();
      this.endRow(0);
    }
    return this.drainRows();
  }

  /** Returns and removes the rows that ended before a fault. */
  drainRows(): CsvRow[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  private get isAtRowStart(): boolean {
    return this.record.length === 0 && this.field === '' && !this.wasQuoted && !this.isQuoted;
  }

  /** Reads the text inside quotes. Returns the index after it. */
  private readQuoted(text: string, from: number): number {
    let at = from;
    if (!this.isAfterQuote) {
      at = indexOrEnd(text, QUOTE, from);
      this.field += text.slice(from, at);
      if (at === text.length) return at;
      at += 1;
    }
    if (at === text.length) {
      this.isAfterQuote = true;
      return at;
    }
    this.isAfterQuote = false;
    const next = text[at];
    if (next === QUOTE) {
      this.field += QUOTE;
      return at + 1;
    }
    this.isQuoted = false;
    this.wasQuoted = true;
    if (next !== this.delimiter && next !== LINE_END) this.field = `${QUOTE}${this.field}${QUOTE}`;
    return at;
  }

  private skipEmptyLines(text: string, from: number): number {
    let at = from;
    while (text[at] === LINE_END) at += 1;
    this.row += at - from;
    this.characters = 0;
    return at;
  }

  private endField(): void {
    if (this.record.length === this.limits.maxColumns)
      throw new CsvFault(this.place, `has more than ${this.limits.maxColumns} columns`);
    this.record.push(this.field);
    this.field = '';
    this.isQuoted = false;
    this.wasQuoted = false;
    this.isAfterQuote = false;
  }

  /** @param characters the number of characters of the row in this piece */
  private endRow(characters: number): void {
    const { maxBytes } = this.limits;
    if (
      (this.characters + characters) * MAX_BYTES_PER_CHARACTER > maxBytes &&
      countBytes(this.record) > maxBytes
    )
      throw this.tooLong();
    this.rows.push({ row: this.row, record: this.record });
    this.record = [];
    this.characters = 0;
    this.row += 1;
  }

  private checkLength(characters: number): void {
    if (this.characters + characters > this.limits.maxBytes) throw this.tooLong();
  }

  private tooLong(): CsvFault {
    return new CsvFault(
      this.place,
      `is longer than ${this.limits.maxBytes} bytes, or a quote in it is never closed`,
    );
  }
}

function indexOrEnd(text: string, searched: string, from: number): number {
  const at = text.indexOf(searched, from);
  return at === -1 ? text.length : at;
}

/** The number of bytes of the fields and the delimiters between them. */
function countBytes(record: readonly string[]): number {
  return record.reduce((sum, field) => sum + Buffer.byteLength(field) + 1, -1);
}
