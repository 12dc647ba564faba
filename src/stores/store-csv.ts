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
import { findDecimalFault, parseDecimal } from './store-numbers.js';
import { findMissingHalf, toPosition } from './store-position.js';
import type { StoreChange } from './store.entity.js';
import { areaCode, latitude, longitude, radiusMeters, storeId, storeName } from './store.rules.js';

type TextField = 'area_code' | 'store_name' | 'store_id';
type NumberField = 'latitude' | 'longitude' | 'radius_meters';
type Fields = Record<TextField, string> & Partial<Record<NumberField, number | null>>;

interface TextColumn {
  readonly field: TextField;
  readonly rule: Rule;
  readonly clean: (cell: string) => string;
}

interface NumberColumn {
  readonly field: NumberField;
  readonly rule: Rule;
}

/** The columns of a store master file, each with its field and its rule. */
const TEXT_COLUMNS: Readonly<Record<string, TextColumn>> = {
  AreaCode: { field: 'area_code', rule: areaCode, clean: cleanId },
  StoreName: { field: 'store_name', rule: storeName, clean: (cell) => cell.trim() },
  StoreID: { field: 'store_id', rule: storeId, clean: cleanId },
};
/** These columns are optional. */
const NUMBER_COLUMNS: Readonly<Record<string, NumberColumn>> = {
  Latitude: { field: 'latitude', rule: latitude },
  Longitude: { field: 'longitude', rule: longitude },
  RadiusMeters: { field: 'radius_meters', rule: radiusMeters },
};
const COLUMNS = [...Object.keys(TEXT_COLUMNS), ...Object.keys(NUMBER_COLUMNS)];

const HEADER = new SheetHeader({
  required: Object.keys(TEXT_COLUMNS),
  optional: Object.keys(NUMBER_COLUMNS),
  normalise: (heading) => heading.toLowerCase().replaceAll(/[\s_-]+/g, ''),
});

/** The maximum number of characters of a number in an error. */
const MAX_SHOWN = 100;

/** A store of the file. The fields of columns that the file does not have are absent. */
export type StoreInFile = StoreChange & Readonly<Record<TextField, string>>;

/** A row of the file: a store, or the reason why it is invalid. The header is row 1. */
export type StoreRow = { readonly row: number } & (
  { readonly store: StoreInFile } | { readonly error: string }
);

/**
 * Reads the rows of a store master as CSV, with the columns `AreaCode,StoreName,StoreID` and optionally `Latitude,Longitude,RadiusMeters` in any order. See
 * {@link readCsv} for the format.
 *
 * @param charset the charset of a file without a byte order mark
 * @throws ApiError (`400`) for an invalid header or invalid CSV
 */
export async function* readStoreCsv(source: Readable, charset?: string): AsyncGenerator<StoreRow> {
  let delimiter = ',';
  let reader: RowReader | undefined;
  const onDelimiter = (found: string): void => {
    delimiter = found;
  };
  for await (const rows of readCsv(source, { charset, header: HEADER, onDelimiter })) {
    for (const { row, record } of rows) {
      if (reader === undefined) reader = new RowReader(parseHeader(row, record), delimiter);
      else yield { row, ...reader.toStore(record) };
    }
  }
  if (reader === undefined) parseHeader(1, []);
}

function parseHeader(row: number, record: readonly string[]): readonly SheetColumn[] {
  const columns = HEADER.parse(row, record);
  const unknown = columns.filter(({ name }) => name === undefined);
  const known = `is no column of a store master: the columns are ${COLUMNS.join(', ')}`;
  const faults = unknown.map(({ heading }) => toCellFault(row, heading, heading, known));
  const [half, ...others] = columns.filter(({ name }) => name === 'Latitude' || name === 'Longitude');
  if (half !== undefined && others.length === 0) {
    const message = 'stands alone: a position has the columns Latitude and Longitude';
    faults.push(toCellFault(row, half.heading, half.heading, message));
  }
  if (faults.length > 0) throw toHeaderError(faults);
  return columns;
}

/** Converts the rows of a file to stores. */
class RowReader {
  private readonly headed: ReadonlySet<number>;

  constructor(
    private readonly columns: readonly SheetColumn[],
    private readonly delimiter: string,
  ) {
    this.headed = new Set(columns.map(({ index }) => index));
  }

  toStore(record: readonly string[]): { store: StoreInFile } | { error: string } {
    const unheaded = findUnheadedText(this.headed, record);
    if (unheaded !== -1)
      return {
        error: `Column ${getColumnLetter(unheaded)} has no heading and holds text: put a cell that holds the separator in quotes`,
      };
    const fields: Fields = { store_id: '', store_name: '', area_code: '' };
    for (const { index, name } of this.columns) {
      const error = name === undefined ? undefined : this.readCell(fields, name, record[index] ?? '');
      if (error !== undefined) return { error };
    }
    return finish(fields);
  }

  /** Reads a cell into its field. Returns a sentence if the cell is invalid. */
  private readCell(fields: Fields, name: string, cell: string): string | undefined {
    const textColumn = TEXT_COLUMNS[name];
    if (textColumn !== undefined) {
      const value = textColumn.clean(cell);
      fields[textColumn.field] = value;
      const fault = textColumn.rule(value);
      return typeof fault === 'string' ? `${name} ${fault}` : undefined;
    }
    const numberColumn = NUMBER_COLUMNS[name];
    if (numberColumn === undefined) return undefined;
    const { field, rule } = numberColumn;
    const text = cleanId(cell);
    fields[field] = text === '' ? null : parseDecimal(text, this.delimiter);
    if (text === '') return undefined;
    const fault = findDecimalFault(text, this.delimiter, field === 'radius_meters') ?? rule(fields[field]);
    return typeof fault === 'string' ? `${name} "${text.slice(0, MAX_SHOWN)}" ${fault}` : undefined;
  }
}

/** Checks what the cells of a row say together. */
function finish(fields: Fields): { store: StoreInFile } | { error: string } {
  const { latitude: north, longitude: east, ...others } = fields;
  if (north === undefined || east === undefined) return { store: others };
  const missing = findMissingHalf({ latitude: north, longitude: east });
  if (missing === undefined) return { store: { ...others, ...toPosition(north, east) } };
  return { error: `${missing.path === 'latitude' ? 'Latitude' : 'Longitude'} ${missing.message}` };
}
