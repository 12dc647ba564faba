import type { Readable } from 'node:stream';
import type { ApiError } from '../http/errors/api-error.js';
import { headerError, readCsv } from '../http/bodies/csv.js';
import type { Rule } from '../http/input/rules.js';
import type { Store } from './store.entity.js';
import { areaCode, storeId, storeName } from './store.rules.js';

/** The columns of a store master file, what they become, and what they take. */
const COLUMNS: Readonly<Record<string, readonly [keyof Store, Rule]>> = {
  AreaCode: ['area_code', areaCode],
  StoreName: ['store_name', storeName],
  StoreID: ['store_id', storeId],
};

/** A row of the file: a store, or why it is none. */
export type StoreRow = { readonly line: number } & ({ readonly store: Store } | { readonly error: string });

/**
 * The rows of a store master as CSV: the columns `AreaCode,StoreName,StoreID` in any order, otherwise as
 * {@link readCsv} takes them.
 *
 * @throws ApiError (`400`) for another header, and for text that is not CSV any more
 */
export async function* readStoreCsv(source: Readable): AsyncGenerator<StoreRow> {
  let header: readonly string[] | undefined;
  for await (const rows of readCsv(source)) {
    for (const { line, record } of rows) {
      if (header === undefined) header = checkHeader(record);
      else yield { line, ...toStore(header, record) };
    }
  }
  if (header === undefined) throw badHeader([]);
}

function checkHeader(record: readonly string[]): readonly string[] {
  const names = record.map((name) => name.trim());
  const expected = Object.keys(COLUMNS);
  if (names.length !== expected.length || !expected.every((name) => names.includes(name)))
    throw badHeader(names);
  return names;
}

function badHeader(found: readonly string[]): ApiError {
  return headerError(`${Object.keys(COLUMNS).join(',')}, in any order`, found);
}

function toStore(header: readonly string[], record: readonly string[]): { store: Store } | { error: string } {
  if (record.length !== header.length) return { error: `has ${record.length} columns, not ${header.length}` };
  const store: Store = { store_id: '', store_name: '', area_code: '' };
  for (const [index, name] of header.entries()) {
    const column = COLUMNS[name];
    if (column === undefined) continue;
    const [field, rule] = column;
    const value = (record[index] ?? '').trim();
    const fault = rule(value);
    if (typeof fault === 'string') return { error: `${name} ${fault}` };
    store[field] = value;
  }
  return { store };
}
