import type { Fault } from '../errors/api-error.js';

/** Where a fault stands in a table; null where it concerns more than that. */
export interface Cell {
  /** As a spreadsheet counts it: the header is 1. */
  readonly row: number | null;
  /** The heading of the column. */
  readonly column: string | null;
  /** What stands there, shortened; null where it is better not shown. */
  readonly value: string | null;
}

/** A fault that knows its cell. */
export interface CellFault extends Fault {
  readonly cell: Cell;
}

/** Characters of a value that a fault shows. */
const SHOWN_CHARACTERS = 100;

/**
 * A fault of a cell. Its path is the row with the heading, such as `Row 3: Visit Time`, and its message begins with the value.
 *
 * @param value as it stands; null for one that is not shown
 */
export function toCellFault(
  row: number,
  column: string | null,
  value: string | null,
  message: string,
): CellFault {
  const shown = value === null ? null : shorten(value);
  // The value of a heading is the heading itself.
  const isNamed = shown === null || shown === '' || value === column;
  const said = isNamed ? message : `"${shown.replaceAll(/\p{Cc}/gu, ' ')}" ${message}`;
  return {
    path: column === null ? `Row ${row}` : `Row ${row}: ${shorten(column)}`,
    message: said,
    cell: { row, column, value: shown },
  };
}

/** The cell of any fault. One that is not of a table has its path as the column. */
export function getCell(fault: Fault): Cell {
  return isCellFault(fault) ? fault.cell : { row: null, column: fault.path, value: null };
}

function isCellFault(fault: Fault): fault is CellFault {
  return 'cell' in fault;
}

function shorten(value: string): string {
  const text = value.toWellFormed();
  if (text.length <= SHOWN_CHARACTERS) return text;
  return `${Array.from(text.slice(0, 2 * SHOWN_CHARACTERS))
    .slice(0, SHOWN_CHARACTERS)
    .join('')}…`;
}
