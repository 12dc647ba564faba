import { isEmptyRow, type Sheet, type SheetRow } from './sheet.js';
import { getFieldOfHeading } from './fields.js';

/** So far down is a header looked for, in rows. */
const HEADER_WITHIN = 20;
const EXAMPLES = 3;

/** A column of the table in a sheet. */
export interface Column {
  readonly index: number;
  readonly heading: string;
  readonly isHidden: boolean;
  /** The first different values. */
  readonly examples: readonly string[];
}

/** The table in a sheet: what stands below its header. */
export interface Table {
  readonly headerRow: number;
  readonly columns: readonly Column[];
  /** Without those that are empty. */
  readonly rows: readonly SheetRow[];
}

/**
 * The number of the row that is the header: that with most known headings, else the first with most cells. A report begins with a title, which has one
 * cell.
 */
export function findHeaderRow({ rows }: Sheet): number {
  const candidates = rows.slice(0, HEADER_WITHIN);
  let best = candidates[0];
  for (const row of candidates) if (best === undefined || score(row) > score(best)) best = row;
  return best?.number ?? 1;
}

/** How much a row looks like a header. */
function score({ cells }: SheetRow): number {
  const filled = cells.filter((cell) => cell.trim() !== '');
  const known = filled.filter((cell) => getFieldOfHeading(cell) !== undefined).length;
  return known * 100 + Math.min(filled.length, 99);
}

/** The table below a header. A column without a heading is left out where it has no values. */
export function toTable(sheet: Sheet, headerRow: number): Table {
  const header = sheet.rows.find(({ number }) => number === headerRow);
  const rows = sheet.rows.filter((row) => row.number > headerRow && !isEmptyRow(row));
  const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), header?.cells.length ?? 0);
  const columns = Array.from({ length: width }, (_, index): Column => {
    const heading = header?.cells[index]?.trim() ?? '';
    return {
      index,
      heading,
      isHidden: sheet.hiddenColumns.includes(index),
      examples: findExamples(rows, index),
    };
  });
  return {
    headerRow,
    rows,
    columns: columns.filter(({ heading, examples }) => heading !== '' || examples.length > 0),
  };
}

function findExamples(rows: readonly SheetRow[], column: number): string[] {
  const found = new Set<string>();
  for (const { cells } of rows) {
    const value = cells[column]?.trim() ?? '';
    if (value !== '') found.add(value);
    if (found.size === EXAMPLES) break;
  }
  return [...found];
}

/** The heading of a column; of one without, the letters that the spreadsheet shows above it. */
export function getHeading({ heading, index }: Column): string {
  return heading === '' ? `Column ${toLetters(index)}` : heading;
}

function toLetters(index: number): string {
  const before = Math.floor(index / 26);
  return `${before === 0 ? '' : toLetters(before - 1)}${String.fromCodePoint(65 + (index % 26))}`;
}
