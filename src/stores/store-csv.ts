import type { Readable } from 'node:stream';
import { readCsv } from '../http/bodies/spreadsheet-csv.js';
import type { Rule } from '../http/input/rules.js';
import { toCellFault } from '../http/bodies/sheet-fault.js';
import {
  cleanId,
  findUnheadedText,
  getColumnLetter,
  type SheetColumn,
  SheetHeader,
  toHeaderError,
} from '../http/bodies/sheet-header.js';
import type { ShelflineStore } from './store.entity.js';
import { areaCode, storeId, storeName } from './store.rules.js';

interface StoreColumn {
  readonly field: keyof ShelflineStore;
  readonly rule: Rule;
  readonly clean: (cell: string) => string;
}

/** The columns of a store master file, each with its field and its rule. */
const COLUMNS: Readonly<Record<string, StoreColumn>> = {
  AreaCode: { field: 'area_code', rule: areaCode, clean: cleanId },
  StoreName: { field: 'store_name', rule: storeName, clean: (cell) => cell.trim() },
  StoreID: { field: 'store_id', rule: storeId, clean: cleanId },
};

const HEADER = new SheetHeader({
  required: Object.keys(COLUMNS),
  optional: [],
  normalise: (heading) => heading.toLowerCase().replaceAll(/[\s_-]+/g, ''),
});

/** A row of the file: a store, or the reason why it is invalid. The header is row 1. */
export type StoreRow = { readonly row: number } & (
  { readonly store: ShelflineStore } | { readonly error: string }
);

/**
 * Reads the rows of a store master as CSV, with the columns `AreaCode,StoreName,StoreID` in any order. See {@link readCsv} for the format.
 *
 * @param charset the charset of a file without a byte order mark
 * @throws ApiError (`400`) for an invalid header or invalid CSV
 */
export async function* readStoreCsv(source: Readable, charset?: string): AsyncGenerator<StoreRow> {
  let columns: readonly SheetColumn[] | undefined;
  let headed: ReadonlySet<number> = new Set();
  for await (const rows of readCsv(source, { charset, header: HEADER })) {
    for (const { row, record } of rows) {
      if (columns === undefined) {
        columns = parseHeader(row, record);
        headed = new Set(columns.map(({ index }) => index));
      } else yield { row, ...toStore(columns, headed, record) };
    }
  }
  if (columns === undefined) parseHeader(1, []);
}

function parseHeader(row: number, record: readonly string[]): readonly SheetColumn[] {
  const columns = HEADER.parse(row, record);
  const unknown = columns.filter(({ name }) => name === undefined);
  const known = `is no column of a store master: the columns are ${Object.keys(COLUMNS).join(', ')}`;
  const faults = unknown.map(({ heading }) => toCellFault(row, heading, heading, known));
  if (faults.length > 0) throw toHeaderError(faults);
  return columns;
}

function toStore(
  columns: readonly SheetColumn[],
  headed: ReadonlySet<number>,
  record: readonly string[],
): { store: ShelflineStore } | { error: string } {
  const unheaded = findUnheadedText(headed, record);
  if (unheaded !== -1)
    return {
      error: `Column ${getColumnLetter(unheaded)} has no heading and holds text: put a cell that holds the separator in quotes`,
    };
  const store: ShelflineStore = { store_id: '', store_name: '', area_code: '' };
  for (const { index, name } of columns) {
    const column = name === undefined ? undefined : COLUMNS[name];
    if (column === undefined) continue;
    const value = column.clean(record[index] ?? '');
    const fault = column.rule(value);
    if (typeof fault === 'string') return { error: `${name} ${fault}` };
    store[column.field] = value;
  }
  return { store };
}
