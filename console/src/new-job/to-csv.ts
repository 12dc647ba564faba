import { toPlainHeading } from '../sheet/fields.js';
import type { SheetRow } from '../sheet/sheet.js';
import { getHeading } from '../sheet/table.js';
import { withIsoDate } from '../sheet/times.js';
import { type Draft, getColumns, getOrder, getRows, type Mendable } from './draft.js';

/** The columns of the API that are always sent, so that no heading of the sheet is taken for one of them. */
const COLUMNS = ['visit', 'store_id', 'visit_time', 'image_url', 'reference'] as const;

/** What is sent: a CSV with the headings of the API, and where its rows come from. */
export interface DraftCsv {
  readonly text: string;
  /** The rows of the sheet in the order of the rows of the CSV, the first of which is row 2. */
  readonly rowNumbers: readonly number[];
}

/** A row of the sheet as the API takes it, before its photos are put into rows of their own. */
export interface ReadRow {
  readonly number: number;
  readonly store_id: string;
  readonly visit_time: string;
  readonly image_urls: readonly string[];
  readonly reference: string;
  readonly visit: string;
  readonly further: readonly string[];
}

/** The rows that would be sent. */
export function readRows(draft: Draft, excluded: ReadonlySet<number> = new Set()): ReadRow[] {
  const toRead = toReader(draft);
  return getRows(draft)
    .filter(({ number }) => !draft.leftOut.has(number) && !excluded.has(number))
    .map(toRead);
}

/** One row of the sheet as the API takes it. */
export function toReader(draft: Draft): (row: SheetRow) => ReadRow {
  const order = getOrder(draft);
  const columns = {
    store: getColumns(draft, 'store_id'),
    time: getColumns(draft, 'visit_time'),
    date: getColumns(draft, 'visit_date'),
    clock: getColumns(draft, 'time_of_day'),
    photos: getColumns(draft, 'image_url'),
    reference: getColumns(draft, 'reference'),
    visit: getColumns(draft, 'visit'),
    further: getColumns(draft, 'metadata'),
  };
  return (row) => {
    const edit = draft.edits.get(row.number) ?? {};
    const text = ([column]: readonly number[]): string =>
      column === undefined ? '' : (row.cells[column] ?? '');
    const mended = (name: Mendable, value: string): string => edit[name] ?? value;
    const time =
      columns.time.length > 0
        ? withIsoDate(text(columns.time), order)
        : [withIsoDate(text(columns.date), order), text(columns.clock)]
            .filter((part) => part !== '')
            .join(' ');
    const photos = columns.photos.map((column) => getAddress(row, column)).filter((url) => url.trim() !== '');
    return {
      number: row.number,
      store_id: mended('store_id', text(columns.store)),
      visit_time: mended('visit_time', time),
      image_urls: edit.image_url === undefined ? photos : [edit.image_url],
      reference: mended('reference', text(columns.reference)),
      visit: mended('visit', text(columns.visit)),
      further: columns.further.map((column) => row.cells[column] ?? ''),
    };
  };
}

/** The address of a photo: the text of the cell, or, where that is only a label, the link behind it. */
function getAddress({ cells, links }: SheetRow, column: number): string {
  const text = cells[column] ?? '';
  return /^\s*(https?|s3):\/\//i.test(text) ? text : (links[column] ?? text);
}

/**
 * Writes the CSV of a draft. Rows of one visit have the same number in `visit`: those with the same value in that column of the sheet, or else adjacent
 * rows with the same store, time and reference. A row with several columns of photos becomes several rows.
 */
export function toCsv(draft: Draft, excluded?: ReadonlySet<number>): DraftCsv {
  const lines = [toLine([...COLUMNS, ...toHeadings(draft)])];
  const rowNumbers: number[] = [];
  const hasVisits = getColumns(draft, 'visit').length > 0;
  let visit = 0;
  let last: string | undefined;
  for (const row of readRows(draft, excluded)) {
    const key = hasVisits ? row.visit.trim() : JSON.stringify([row.store_id, row.visit_time, row.reference]);
    if (key !== last) visit += 1;
    last = key;
    for (const url of row.image_urls.length === 0 ? [''] : row.image_urls) {
      lines.push(toLine([String(visit), row.store_id, row.visit_time, url, row.reference, ...row.further]));
      rowNumbers.push(row.number);
    }
  }
  return { text: lines.join(''), rowNumbers };
}

/** The headings of the further columns. One that stands twice, or is that of a column of the API, gets a number. */
function toHeadings(draft: Draft): string[] {
  const taken = new Set<string>(COLUMNS.map(toPlainHeading));
  return getColumns(draft, 'metadata').map((index) => {
    const column = draft.table.columns.find((each) => each.index === index);
    const heading = column === undefined ? '' : getHeading(column);
    let unique = heading;
    for (let number = 2; taken.has(toPlainHeading(unique)); number += 1) unique = `${heading} (${number})`;
    taken.add(toPlainHeading(unique));
    return unique;
  });
}

/** Cells as one line of a CSV (RFC 4180). */
export function toLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => (/[",\r\n;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(',')}\r\n`;
}
