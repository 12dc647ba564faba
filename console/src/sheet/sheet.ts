/** A row of a sheet. All cells are text, as the API takes it. */
export interface SheetRow {
  /** As the spreadsheet shows it, from 1. */
  readonly number: number;
  readonly cells: readonly string[];
  /** The addresses of cells that are links, by the index of the column. */
  readonly links: Readonly<Record<number, string>>;
  /** Whether a filter or a person hid it. */
  readonly isHidden: boolean;
}

export interface Sheet {
  readonly name: string;
  readonly rows: readonly SheetRow[];
  /** The indexes of hidden columns. */
  readonly hiddenColumns: readonly number[];
}

/** A spreadsheet that was read in the browser. Nothing of it is sent yet. */
export interface Workbook {
  readonly fileName: string;
  readonly sheets: readonly Sheet[];
  /** The encoding, where it had to be guessed. */
  readonly guessedEncoding: string | undefined;
}

/** A file that cannot be read. Its message says what to do. */
export class SheetError extends Error {
  override readonly name = 'SheetError';
}

export function isEmptyRow(row: SheetRow): boolean {
  return row.cells.every((cell) => cell.trim() === '');
}
