import { type Field } from '../sheet/fields.js';
import { guessFields, type Matching, recallFields } from '../sheet/guess-fields.js';
import { isEmptyRow, type Sheet, type SheetRow, type Workbook } from '../sheet/sheet.js';
import { findHeaderRow, type Table, toTable } from '../sheet/table.js';
import { type DateOrder, findOrderProof, getProvenOrder, type OrderProof } from '../sheet/times.js';

/** The columns of the API that a person can mend. */
export type Mendable = 'store_id' | 'visit_time' | 'image_url' | 'reference' | 'visit';
/** Texts that a person typed in place of those of the sheet, by the number of the row. */
export type Edits = ReadonlyMap<number, Readonly<Partial<Record<Mendable, string>>>>;

/** A job in the making. */
export interface Draft {
  readonly workbook: Workbook;
  readonly sheetIndex: number;
  readonly table: Table;
  readonly matching: Matching;
  /** Whether the matching is that of an earlier sheet. */
  readonly isRecalled: boolean;
  readonly timeZone: string;
  /** The order that the person chose; undefined if the dates prove it, or if it is still open. */
  readonly chosenOrder: DateOrder | undefined;
  readonly withHiddenRows: boolean;
  readonly edits: Edits;
  /** Rows that are not submitted. */
  readonly leftOut: ReadonlySet<number>;
  readonly name: string;
}

export function createDraft(workbook: Workbook): Draft {
  const sheetIndex = findSheet(workbook);
  const sheet = workbook.sheets[sheetIndex];
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return {
    workbook,
    sheetIndex,
    ...ofTable(sheet === undefined ? EMPTY : toTable(sheet, findHeaderRow(sheet))),
    timeZone,
    withHiddenRows: true,
    name: workbook.fileName.replace(/\.[^.]+$/, '').slice(0, 200),
  };
}

const EMPTY: Table = { headerRow: 1, columns: [], rows: [] };

/** What begins anew with another table. */
function ofTable(
  table: Table,
): Pick<Draft, 'table' | 'matching' | 'isRecalled' | 'chosenOrder' | 'edits' | 'leftOut'> {
  const recalled = recallFields(table);
  return {
    table,
    matching: recalled ?? guessFields(table),
    isRecalled: recalled !== undefined,
    chosenOrder: undefined,
    edits: new Map(),
    leftOut: new Set(),
  };
}

/** The first sheet with rows. */
function findSheet({ sheets }: Workbook): number {
  const found = sheets.findIndex(({ rows }) => rows.filter((row) => !isEmptyRow(row)).length > 1);
  return Math.max(found, 0);
}

export type DraftChange =
  | { readonly type: 'sheet'; readonly index: number }
  | { readonly type: 'header'; readonly row: number }
  | { readonly type: 'field'; readonly column: number; readonly field: Field }
  | { readonly type: 'order'; readonly order: DateOrder }
  | { readonly type: 'edit'; readonly row: number; readonly column: Mendable; readonly text: string }
  | { readonly type: 'leave_out'; readonly rows: readonly number[]; readonly isOut: boolean }
  | { readonly type: 'set'; readonly values: Partial<Pick<Draft, 'timeZone' | 'name' | 'withHiddenRows'>> };

export function changeDraft(draft: Draft, change: DraftChange): Draft {
  switch (change.type) {
    case 'sheet': {
      const sheet = draft.workbook.sheets[change.index];
      if (sheet === undefined) return draft;
      return { ...draft, sheetIndex: change.index, ...ofTable(toTable(sheet, findHeaderRow(sheet))) };
    }
    case 'header': {
      const sheet = getSheet(draft);
      return sheet === undefined ? draft : { ...draft, ...ofTable(toTable(sheet, change.row)) };
    }
    case 'field':
      return { ...draft, matching: { ...draft.matching, [change.column]: change.field }, isRecalled: false };
    case 'order':
      return { ...draft, chosenOrder: change.order };
    case 'edit': {
      const edits = new Map(draft.edits);
      edits.set(change.row, { ...edits.get(change.row), [change.column]: change.text });
      return { ...draft, edits };
    }
    case 'leave_out': {
      const leftOut = new Set(draft.leftOut);
      for (const row of change.rows) {
        if (change.isOut) leftOut.add(row);
        else leftOut.delete(row);
      }
      return { ...draft, leftOut };
    }
    case 'set':
      return { ...draft, ...change.values };
  }
}

export function getSheet({ workbook, sheetIndex }: Draft): Sheet | undefined {
  return workbook.sheets[sheetIndex];
}

/** The indexes of the columns that become a field. */
export function getColumns({ matching }: Pick<Draft, 'matching'>, field: Field): number[] {
  return Object.entries(matching).flatMap(([index, each]) => (each === field ? [Number(index)] : []));
}

/** The rows that take part: all but hidden ones, if those are left out. */
export function getRows({ table, withHiddenRows }: Draft): readonly SheetRow[] {
  return withHiddenRows ? table.rows : table.rows.filter(({ isHidden }) => !isHidden);
}

/** What the dates of the visits prove about their order. */
export function getOrderProof(draft: Draft): OrderProof {
  const columns = [...getColumns(draft, 'visit_time'), ...getColumns(draft, 'visit_date')];
  return findOrderProof(getRows(draft).flatMap(({ cells }) => columns.map((column) => cells[column] ?? '')));
}

/** The order of day and month: as the person chose it, else as the dates prove it. */
export function getOrder(draft: Draft): DateOrder | undefined {
  return draft.chosenOrder ?? getProvenOrder(getOrderProof(draft));
}
