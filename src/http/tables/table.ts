/** A value in a table. A `Date` is a moment, which is shown in the time zone of the export. */
export type Cell = string | number | boolean | Date | null;

/** A column of a table. */
export interface Column<Row> {
  readonly name: string;
  readonly read: (row: Row) => Cell;
  /** Whether its cells are moments, or null. */
  readonly isTime: boolean;
  /** A cell for the OpenAPI document. */
  readonly example: Cell;
}

/** A list that can be exported as a file. */
export interface Table<Row> {
  readonly columns: readonly Column<Row>[];
  /** The object of a row in JSON, which is a line of NDJSON. */
  readonly toJson: (row: Row) => object;
  /** The number of characters of a row that may have very many, so that rows are converted in steps of bounded size. */
  readonly countCharacters: (row: Row) => number;
}

/** Declares a column of text, numbers or booleans. */
export function column<Row>(
  name: string,
  read: (row: Row) => Exclude<Cell, Date>,
  example: Exclude<Cell, Date> = null,
): Column<Row> {
  return { name, read, isTime: false, example };
}

/** Declares a column of moments, which are read as dates or as ISO 8601. An invalid one is an empty cell. */
export function timeColumn<Row>(
  name: string,
  read: (row: Row) => Date | string | null,
  example: string | null = null,
): Column<Row> {
  return { name, read: (row) => toMoment(read(row)), isTime: true, example: toMoment(example) };
}

/** The name of the column that names the time zone of the times in a row. */
export const TIME_ZONE_COLUMN = 'time_zone';

/** Whether a table has columns of moments, which depend on a time zone. */
export function hasTimes<Row>({ columns }: Table<Row>): boolean {
  return columns.some(({ isTime }) => isTime);
}

function toMoment(value: Date | string | null): Date | null {
  const moment = typeof value === 'string' ? new Date(value) : value;
  return moment === null || Number.isNaN(moment.getTime()) ? null : moment;
}
