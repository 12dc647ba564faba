import { TimeZone } from '../input/time-zone.js';
import { type Cell, type Column, hasTimes, type Table, TIME_ZONE_COLUMN } from './table.js';

/** Rows that a sheet can hold beside its header (ECMA-376: 1,048,576 rows). */
export const MAX_XLSX_ROWS = 1_048_575;
/** Characters that Excel accepts in a cell. */
const MAX_CELL_CHARACTERS = 32_767;
/** Excel knows no earlier date. */
const FIRST_YEAR = 1900;
const TIME_FORMAT = 'yyyy-mm-dd hh:mm:ss';
const TIME_WIDTH = 20;
const MIN_WIDTH = 10;
const MAX_WIDTH = 48;

/** Control characters except tab and line feed, and what else XML 1.0 does not allow. */
const NOT_IN_XML = /[^\P{Cc}\t\n]|[\ufffe\uffff]/gu;
/** Excel reads this as the code of a character. */
const ESCAPE = /_(?=x[0-9a-f]{4}_)/gi;

/** How a workbook is written. */
export interface XlsxOptions {
  readonly sheetName: string;
  /** Times are local times of this zone. The default is UTC. */
  readonly timeZone: string | undefined;
}

/**
 * Writes rows as an XLSX workbook of one sheet, in constant memory. Text is stored as text, so that ids keep leading zeros, and nothing
 * becomes a formula or a link. Numbers and times are numbers and dates. The column `time_zone` names the zone of the times. Control characters, which
 * XLSX cannot have, are left out. A text too long for a cell is cut, and says so. The stream ends with an error after 4 GiB of XML, because not every
 * program reads larger archives (ZIP64).
 */
export async function writeXlsx<Row>(
  table: Table<Row>,
  groups: AsyncIterable<readonly Row[]>,
  { sheetName, timeZone }: XlsxOptions,
): Promise<ReadableStream<Uint8Array>> {
  // Loaded only now, because most applications start without writing a workbook.
  const { writeXlsxStream } = await import('hucre/xlsx');
  const zone = timeZone === undefined ? undefined : new TimeZone(timeZone);
  return writeXlsxStream(toRows(table, groups, zone), {
    name: sheetName,
    columns: [
      ...table.columns.map(toColumn),
      ...(hasTimes(table) ? [{ header: TIME_ZONE_COLUMN, width: TIME_WIDTH }] : []),
    ],
    freezePane: { rows: 1 },
    maxRowsPerSheet: Infinity,
  });
}

async function* toRows<Row>(
  table: Table<Row>,
  groups: AsyncIterable<readonly Row[]>,
  zone: TimeZone | undefined,
): AsyncGenerator<Cell[]> {
  const zoneName = hasTimes(table) ? [zone?.name ?? 'UTC'] : [];
  for await (const rows of groups) {
    for (const row of rows) yield [...table.columns.map(({ read }) => toCell(read(row), zone)), ...zoneName];
  }
}

function toColumn<Row>({ name, example, isTime }: Column<Row>): {
  header: string;
  width: number;
  numFmt?: string;
} {
  if (isTime) return { header: name, width: TIME_WIDTH, numFmt: TIME_FORMAT };
  const width = Math.max(name.length + 2, String(example ?? '').length);
  return { header: name, width: Math.min(Math.max(width, MIN_WIDTH), MAX_WIDTH) };
}

function toCell(cell: Cell, zone: TimeZone | undefined): Cell {
  if (typeof cell === 'string') return toCellText(cell);
  if (!(cell instanceof Date)) return cell;
  // Excel's dates have no zone: this is the wall time, as if it was UTC.
  const wall = zone === undefined ? cell : new Date(zone.toWall(cell.getTime()));
  return wall.getUTCFullYear() < FIRST_YEAR ? wall.toISOString().slice(0, -1) : wall;
}

function toCellText(text: string): string {
  const clean = text.replace(NOT_IN_XML, '').toWellFormed().replace(ESCAPE, '_x005F_');
  if (clean.length <= MAX_CELL_CHARACTERS) return clean;
  const note = `… (cut: the CSV file has all ${text.length} characters)`;
  return clean.slice(0, MAX_CELL_CHARACTERS - note.length).toWellFormed() + note;
}
