import { type Cell, type CellValue, readXlsx, type Sheet as FileSheet } from 'hucre';
import { type Sheet, SheetError, type SheetRow, type Workbook } from './sheet.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** A cell with a time of day only is a fraction of the day before the first date that a spreadsheet knows. */
const FIRST_YEAR = 1900;

/** Reads the sheets of an Excel file. Hidden rows and columns are read, and marked. */
export async function readExcel(fileName: string, bytes: Uint8Array): Promise<Workbook> {
  const workbook = await readXlsx(bytes, {
    sheets: ({ hidden, veryHidden }) => !hidden && !veryHidden,
  }).catch((error: unknown) => {
    throw new SheetError(
      'This Excel file cannot be read. Open it in your spreadsheet program and save it again as .xlsx, without a password.',
      { cause: error },
    );
  });
  return { fileName, sheets: workbook.sheets.map(toSheet), guessedEncoding: undefined };
}

function toSheet({ name, rows, cells, rowDefs, columns }: FileSheet): Sheet {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const withTimes = Array.from({ length: width }, (_, column) => hasTimes(rows, column));
  return {
    name,
    rows: rows.map((row, index): SheetRow => ({
      number: index + 1,
      cells: row.map((value, column) => toText(value, withTimes[column] === true)),
      links: toLinks(cells, index, row.length),
      isHidden: rowDefs?.get(index)?.hidden === true,
    })),
    hiddenColumns: (columns ?? []).flatMap(({ hidden }, index) => (hidden === true ? [index] : [])),
  };
}

/** Whether a column has dates with a time of day. Midnight is a time there, and no time elsewhere. */
function hasTimes(rows: readonly (readonly CellValue[])[], column: number): boolean {
  return rows.some((row) => {
    const value = row[column];
    return value instanceof Date && !isTimeOnly(value) && rounded(value) % DAY_MS !== 0;
  });
}

/** The value of a cell as the API takes it. How the cell shows it does not matter. */
function toText(value: CellValue | undefined, hasTime: boolean): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return toTimeText(value, hasTime);
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return String(value);
}

function toTimeText(value: Date, hasTime: boolean): string {
  const text = new Date(rounded(value)).toISOString();
  const [date, time] = [text.slice(0, 10), text.slice(11, 19)];
  if (isTimeOnly(value)) return time;
  return hasTime ? `${date} ${time}` : date;
}

/** A cell holds a fraction of a day: a time that was added up is off by less than a second. */
function rounded(value: Date): number {
  return Math.round(value.getTime() / SECOND_MS) * SECOND_MS;
}

function isTimeOnly(value: Date): boolean {
  return value.getUTCFullYear() < FIRST_YEAR;
}

/** The addresses behind the texts of a row. */
function toLinks(cells: Map<string, Cell> | undefined, row: number, width: number): Record<number, string> {
  const links: Record<number, string> = {};
  if (cells === undefined) return links;
  for (let column = 0; column < width; column += 1) {
    const link = getLink(cells.get(`${row},${column}`));
    if (link !== undefined) links[column] = link;
  }
  return links;
}

function getLink(cell: Cell | undefined): string | undefined {
  const target = cell?.hyperlink?.target;
  if (target !== undefined && target !== '') return target;
  return /^HYPERLINK\(\s*"((?:[^"]|"")+)"/i.exec(cell?.formula ?? '')?.[1]?.replaceAll('""', '"');
}
