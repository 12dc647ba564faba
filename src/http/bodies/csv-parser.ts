/** A row of a CSV file, and the line that it begins on. */
export interface CsvRow {
  readonly line: number;
  readonly record: readonly string[];
}

/** What a row may be. */
export interface RowLimits {
  readonly maxBytes: number;
  readonly maxColumns: number;
}

/** Why a text is not CSV, as the end of a sentence that begins with the row. */
export class CsvFault extends Error {
  /** @param line the line on which the row begins */
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
    this.name = 'CsvFault';
  }
}

const QUOTE = '"';
const LF = '\n';
const CR = '\r';
/** A character of UTF-16 takes at most so many bytes in UTF-8. */
const MAX_BYTES_PER_CHARACTER = 3;

/**
 * Reads CSV (RFC 4180) piece by piece. Empty lines are no rows. A quote inside a field that does not begin with one stands for
 * itself, and so does the quote in front of a field that goes on after its closing quote (`"The" Corner`). Lines end with LF, or
 * with CR where the first line does.
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
  private line = 1;
  private rowLine = 1;
  private lineEnd: string | undefined;

  constructor(private readonly limits: RowLimits) {}

  /**
   * The rows that end in this piece.
   *
   * @throws CsvFault for a row that is longer, or has more columns, than the limits allow
   */
  parse(text: string): CsvRow[] {
    let rowStart = 0;
    let at = 0;
    this.lineEnd ??= firstLineEnd(text);
    let nextEnd = -1;
    let nextComma = -1;
    while (at < text.length) {
      if (this.isQuoted) {
        at = this.readQuoted(text, at);
        this.checkLength(at - rowStart);
        continue;
      }
      if (this.isAtRowStart) {
        at = this.skipEmptyLines(text, at);
        rowStart = at;
        this.rowLine = this.line;
        if (at === text.length) break;
      }
      if (text[at] === QUOTE && this.field === '' && !this.wasQuoted) {
        this.isQuoted = true;
        at += 1;
        continue;
      }
      if (nextEnd < at) nextEnd = indexOrEnd(text, this.lineEnd ?? LF, at);
      if (nextComma < at) nextComma = indexOrEnd(text, ',', at);
      const end = Math.min(nextEnd, nextComma);
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
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  /**
   * The last row, where no line end follows it.
   *
   * @throws CsvFault where a quote is open
   */
  end(): CsvRow[] {
    if (this.isQuoted && !this.isAfterQuote)
      throw new CsvFault(this.rowLine, 'is not CSV: a quote in it is never closed');
    if (this.isAfterQuote || !this.isAtRowStart) {
      this.endField();
      this.endRow(0);
    }
    return this.rows;
  }

  private get isAtRowStart(): boolean {
    return this.record.length === 0 && this.field === '' && !this.wasQuoted && !this.isQuoted;
  }

  /** Reads on inside of quotes. Returns where to go on. */
  private readQuoted(text: string, from: number): number {
    let at = from;
    if (!this.isAfterQuote) {
      at = indexOrEnd(text, QUOTE, from);
      const part = text.slice(from, at);
      this.field += part;
      this.line += lineBreaksIn(part);
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
    if (next !== ',' && next !== (this.lineEnd ?? LF)) this.field = `${QUOTE}${this.field}${QUOTE}`;
    return at;
  }

  private skipEmptyLines(text: string, from: number): number {
    let at = from;
    while (text[at] === (this.lineEnd ?? LF)) at += 1;
    this.line += at - from;
    this.characters = 0;
    return at;
  }

  private endField(): void {
    if (this.record.length === this.limits.maxColumns)
      throw new CsvFault(this.rowLine, `has more than ${this.limits.maxColumns} columns`);
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
    this.rows.push({ line: this.rowLine, record: this.record });
    this.record = [];
    this.characters = 0;
    this.line += 1;
  }

  private checkLength(characters: number): void {
    if (this.characters + characters > this.limits.maxBytes) throw this.tooLong();
  }

  private tooLong(): CsvFault {
    return new CsvFault(
      this.rowLine,
      `is longer than ${this.limits.maxBytes} bytes, or a quote in it is never closed`,
    );
  }
}

/** Whichever comes first; undefined where neither does. CRLF has become LF before. */
function firstLineEnd(text: string): string | undefined {
  const [end] = /[\r\n]/.exec(text) ?? [];
  return end;
}

function indexOrEnd(text: string, searched: string, from: number): number {
  const at = text.indexOf(searched, from);
  return at === -1 ? text.length : at;
}

function lineBreaksIn(text: string): number {
  if (!text.includes(LF) && !text.includes(CR)) return 0;
  return text.split(/[\r\n]/).length - 1;
}

/** Bytes of the fields, and the commas between them. */
function countBytes(record: readonly string[]): number {
  return record.reduce((sum, field) => sum + Buffer.byteLength(field) + 1, -1);
}
