import { type Field, FIELDS, getFieldOfHeading, toPlainHeading } from './fields.js';
import type { Column, Table } from './table.js';

/** What each column becomes, by the index of the column. */
export type Matching = Readonly<Record<number, Field>>;

/** Further columns that the API keeps with a visit. */
export const MAX_FURTHER_COLUMNS = 16;
/** Fields that several columns may become: the photos of a row, further columns, and what is left out. */
const SHARED: ReadonlySet<Field> = new Set(['image_url', 'metadata', 'none']);
const TIME_ONLY = /^\d{1,2}:\d{2}(:\d{2})?( ?[AP]M)?$/i;
const DATE_ONLY = /^(\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4})$/;
const STORED = 'shelfline-matchings';
const MAX_STORED = 20;

/** Guesses what the columns become: by their headings, then by their values. */
export function guessFields({ columns }: Table): Matching {
  const matching: Record<number, Field> = {};
  const taken = new Set<Field>();
  let further = 0;
  for (const column of columns) {
    const field = guessField(column, taken);
    further += field === 'metadata' ? 1 : 0;
    matching[column.index] = field === 'metadata' && further > MAX_FURTHER_COLUMNS ? 'none' : field;
    taken.add(field);
  }
  return withoutTimeAlone(matching);
}

function guessField(column: Column, taken: ReadonlySet<Field>): Field {
  const field = byValues(column, getFieldOfHeading(column.heading));
  if (field === undefined) return column.heading === '' ? 'none' : 'metadata';
  return taken.has(field) && !SHARED.has(field) ? 'metadata' : field;
}

/** A "Visit time" may hold a date alone, or a time of day alone. */
function byValues({ examples }: Column, field: Field | undefined): Field | undefined {
  const isTime = field === 'visit_time' || field === 'visit_date' || field === 'time_of_day';
  if (!isTime || examples.length === 0) return field;
  if (examples.every((text) => TIME_ONLY.test(text))) return 'time_of_day';
  if (examples.every((text) => DATE_ONLY.test(text))) return 'visit_date';
  return 'visit_time';
}

/** A date or a time of day without the other is shown as the time of the visit, whose faults then say what is missing. */
function withoutTimeAlone(matching: Record<number, Field>): Matching {
  const fields = new Set(Object.values(matching));
  const isPair = fields.has('visit_date') && fields.has('time_of_day');
  if (isPair || fields.has('visit_time')) return matching;
  return Object.fromEntries(
    Object.entries(matching).map(([index, field]): [string, Field] => [
      index,
      field === 'visit_date' || field === 'time_of_day' ? 'visit_time' : field,
    ]),
  );
}

/** What is known of an earlier sheet with the same headings; undefined if there was none. */
export function recallFields({ columns }: Table): Matching | undefined {
  const fields = readStored().get(toKey(columns));
  if (fields === undefined) return undefined;
  return Object.fromEntries(columns.map(({ index }, position) => [index, fields[position] ?? 'metadata']));
}

/** Keeps what the columns became for the next sheet with the same headings. Only headings are kept, no values. */
export function rememberFields({ columns }: Table, matching: Matching): void {
  const stored = readStored();
  const key = toKey(columns);
  stored.delete(key);
  stored.set(
    key,
    columns.map(({ index }) => matching[index] ?? 'none'),
  );
  localStorage.setItem(STORED, JSON.stringify([...stored].slice(-MAX_STORED)));
}

function toKey(columns: readonly Column[]): string {
  return columns.map(({ heading }) => toPlainHeading(heading)).join('|');
}

function readStored(): Map<string, Field[]> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    return new Map(Array.isArray(stored) ? stored.filter(isEntry) : []);
  } catch {
    return new Map();
  }
}

function isEntry(entry: unknown): entry is [string, Field[]] {
  if (!Array.isArray(entry)) return false;
  const [key, fields]: unknown[] = entry;
  return typeof key === 'string' && Array.isArray(fields) && fields.every((field) => FIELDS.includes(field));
}
