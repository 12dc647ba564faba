import { getHeading } from '../sheet/table.js';
import { words } from '../words.js';
import type { CheckResult } from './check.js';
import type { Draft } from './draft.js';
import { toLine } from './to-csv.js';

/** The rows that are not submitted, as they stand in the sheet, with what is wrong with each. */
export function toLeftOutCsv({ table }: Draft, { faults }: CheckResult, rows: ReadonlySet<number>): Blob {
  const headings = table.columns.map(getHeading);
  const lines = table.rows
    .filter(({ number }) => rows.has(number))
    .map(({ number, cells }) => {
      const messages = faults.filter(({ row }) => row === number).map(({ message }) => message);
      const values = table.columns.map(({ index }) => withoutFormula(cells[index] ?? ''));
      return toLine([String(number), ...values, messages.join('; ')]);
    });
  const header = toLine([words.newJob.faultColumns.row, ...headings, words.newJob.why]);
  // With its mark, spreadsheets read it as UTF-8.
  return new Blob(['\uFEFF', header, ...lines], { type: 'text/csv' });
}

/** A text that a spreadsheet would run as a formula, made harmless. */
function withoutFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.,]+$/.test(text) ? `'${text}` : text;
}
