import { INVISIBLE_CHARACTERS } from './invisible.js';
import { findNearestName } from '../../options/nearest-name.js';
import { InvalidInputError } from '../errors/api-error.js';
import { type CellFault, toCellFault } from './sheet-fault.js';

/** Invisible characters, which people copy into cells by accident. */
const INVISIBLE = new RegExp(`[${INVISIBLE_CHARACTERS}]`, 'g');
const MAY_BE_INVISIBLE = new RegExp(`[${INVISIBLE_CHARACTERS}]`);
/** From this number of characters, a heading may differ from a known name by two edits, and below it by one. */
const LONG_NAME = 8;

/** A column of a table. */
export interface SheetColumn {
  readonly index: number;
  /** The heading in the file, without white space at its ends. */
  readonly heading: string;
  /** The name of the known column, or undefined for a further column. */
  readonly name: string | undefined;
}

export interface KnownColumns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Converts all headings of the same column to the same text. */
  readonly normalise: (heading: string) => string;
}

/** Removes white space at the ends, and invisible characters. */
export function cleanId(cell: string): string {
  return (MAY_BE_INVISIBLE.test(cell) ? cell.replaceAll(INVISIBLE, '') : cell).trim();
}

/** The letter of a column in spreadsheets. The first column is A. */
export function getColumnLetter(index: number): string {
  const letter = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? letter : getColumnLetter(Math.floor(index / 26) - 1) + letter;
}

export class SheetHeader {
  private readonly known: ReadonlyMap<string, string>;

  constructor(private readonly columns: KnownColumns) {
    const names = [...columns.required, ...columns.optional];
    this.known = new Map(names.map((name) => [columns.normalise(name), name]));
  }

  /** The number of known columns in a row of headings. */
  count(record: readonly string[]): number {
    return new Set(record.map((heading) => this.findName(heading)).filter((name) => name !== undefined)).size;
  }

  /**
   * Parses a row of headings. Columns without a heading are left out.
   *
   * @throws InvalidInputError if a required column is missing, two columns have the same heading, or a heading is similar to that of a known column
   *   that is missing
   */
  parse(row: number, record: readonly string[]): SheetColumn[] {
    const columns = record
      .map((cell, index) => ({ index, heading: cleanHeading(cell), name: this.findName(cell) }))
      .filter(({ heading }) => heading !== '');
    const faults = [...this.findRepeated(row, columns), ...this.findMistaken(row, columns)];
    if (faults.length > 0) throw toHeaderError(faults);
    return columns;
  }

  private findName(heading: string): string | undefined {
    return this.known.get(this.columns.normalise(cleanHeading(heading)));
  }

  private findRepeated(row: number, columns: readonly SheetColumn[]): CellFault[] {
    const groups = Map.groupBy(columns, ({ heading }) => toComparable(heading));
    return [...groups.values()].flatMap(([first, second]) =>
      first === undefined || second === undefined
        ? []
        : toCellFault(
            row,
            second.heading,
            second.heading,
            `is the heading of the columns ${getColumnLetter(first.index)} and ${getColumnLetter(second.index)}: rename one of them`,
          ),
    );
  }

  /** Finds headings that are similar to those of missing columns, and required columns that are missing. */
  private findMistaken(row: number, columns: readonly SheetColumn[]): CellFault[] {
    const found = new Set(columns.map(({ name }) => name));
    const absent = [...this.known].filter(([, name]) => !found.has(name));
    const faults: CellFault[] = [];
    const meant = new Set<string>();
    for (const { heading, name } of columns) {
      if (name !== undefined) continue;
      const near = findNear(this.columns.normalise(heading), absent);
      if (near === undefined) continue;
      meant.add(near);
      faults.push(
        toCellFault(
          row,
          heading,
          heading,
          `is almost the column ${near}: write ${near}, or rename the column`,
        ),
      );
    }
    const missing = this.columns.required.filter((name) => !found.has(name) && !meant.has(name));
    const headings = columns
      .map(({ heading }) => heading)
      .join(', ')
      .slice(0, 200);
    for (const name of missing)
      faults.push(
        toCellFault(
          row,
          name,
          null,
          `is missing: the columns ${this.columns.required.join(', ')} are required; found: ${headings || 'nothing'}`,
        ),
      );
    return faults;
  }
}

/** `400`: the headings are invalid. */
export function toHeaderError(faults: readonly CellFault[]): InvalidInputError {
  return new InvalidInputError(faults, 'bad_header');
}

/** The index of the first cell with text in a column without a heading; -1 without one. */
export function findUnheadedText(headed: ReadonlySet<number>, record: readonly string[]): number {
  return record.findIndex((cell, index) => !headed.has(index) && cell.trim() !== '');
}

function findNear(heading: string, absent: readonly (readonly [string, string])[]): string | undefined {
  const near = absent.find(
    ([known]) => findNearestName(heading, [known], known.length < LONG_NAME ? 1 : 2) !== undefined,
  );
  return near?.[1];
}

function cleanHeading(cell: string): string {
  return cleanId(cell).replaceAll(/\s+/g, ' ');
}

/** Converts a heading so that headings that people consider equal are equal. */
function toComparable(heading: string): string {
  return heading.toLowerCase().replaceAll(/[\s_-]+/g, '');
}
