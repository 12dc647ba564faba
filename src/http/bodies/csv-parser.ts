/** A row of a CSV file. */
export interface CsvRow {
  /** As a spreadsheet counts: from 1, empty rows too, and a row whose cells hold line breaks once. */
  readonly row: number;
  readonly record: readonly string[];
}

/** What a row may be. */
export interface RowLimits {
  readonly maxBytes: number;
  readonly maxColumns: number;
}

/** Where a text goes on. */
export interface CsvPlace {
  readonly row: number;
  /** The index of the column. */
  readonly column: number;
}

/** Why a text is not CSV, as the end of a sentence that begins with the row. */
export class CsvFault extends Error {
  constructor(
    readonly place: CsvPlace,
    message: string,
  ) {
    super(message);
    this.name = 'CsvFault';
  }
}

const QUOTE = '"';
const LINE_END = '\n';
/** A character of UTF-16 takes at most so many bytes in UTF-8. */
const MAX_BYTES_PER_CHARACTER = 3;

/**
 * Reads CSV (RFC 4180) piece by piece. Lines end with LF. Empty lines are counted, and no rows. A quote inside a field that does not
 * begin with one stands for itself, and so does the quote in front of a field that goes on after its closing quote (`"The" Corner`).
 *
 * Both limits are checked field by field: a row beyond them is never held, whatever it consists of. The time for a piece and the
 * memory depend on the length of the piece and the limits alone.
 */
export class CsvParser {
  private rows: CsvRow[] = [];
  private record: string[] = [];
  /** What has come of the field that is being read. */
  private field = '';
  private isQuoted = false;
  private wasQuoted = false;
  /** A quote inside a quoted field was the last character of a piece: the next one says what it means. */
  private isAfterQuote = false;
  /** Characters of the row that came in earlier pieces. */
  private characters = 0;
  private row = 1;

  constructor(
    private readonly limits: RowLimits,
    readonly delimiter = ',',
  ) {}

  /** Where the text goes on that comes next. */
  get place(): CsvPlace {
    return { row: this.row, column: this.record.length };
  }

  /**
   * The rows that end in this piece.
   *
   * @throws CsvFault for a row that is longer, or has more columns, than the limits allow
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
    return this.takeRows();
  }

  /**
   * The last row, where no line end follows it.
   *
   * @throws CsvFault where a quote is open
   */
  end(): CsvRow[] {
    if (this.isQuoted && !this.isAfterQuote)
      throw new CsvFault(this.place, 'is not CSV: a quote in it is never closed');
    if (this.isAfterQuote || !this.isAtRowStart) {
      this.endField();
      this.endRow(0);
    }
    return this.takeRows();
  }

  /** The rows that ended before a fault. */
  takeRows(): CsvRow[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  private get isAtRowStart(): boolean {
    return this.record.length === 0 && this.field === '' && !this.wasQuoted && !this.isQuoted;
  }

  /** Reads on inside of quotes. Returns where to go on. */
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

  /** @param characters of the row in this piece */
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

/** Bytes of the fields, and the delimiters between them. */
function countBytes(record: readonly string[]): number {
  return record.reduce((sum, field) => sum + Buffer.byteLength(field) + 1, -1);
}
