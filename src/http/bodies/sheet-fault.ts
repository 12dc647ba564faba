import type { Fault } from '../errors/api-error.js';

/** The position of a fault in a table. A field is null if the fault is not about a single one. */
export interface Cell {
  /** The number of the row in a spreadsheet. The header is row 1. */
  readonly row: number | null;
  /** The heading of the column. */
  readonly column: string | null;
  /** The shortened value of the cell, or null if it must not be shown. */
  readonly value: string | null;
}

/** A fault with its cell. */
export interface CellFault extends Fault {
  readonly cell: Cell;
}

/** The maximum number of characters of a value in a fault. */
const SHOWN_CHARACTERS = 100;

/**
 * Makes the fault of a cell. Its path has the row and the heading, such as `Row 3: Visit Time`, and its message begins with the value.
 *
 * @param value the value of the cell, or null if it must not be shown
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

/** Returns the cell of any fault. If the fault is not from a table, the column is its path. */
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
