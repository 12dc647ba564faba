import type { DryRunFault, ShelflineClient, UnknownStore } from 'shelfline-client';
import type { Draft } from './draft.js';
import { getRows } from './draft.js';
import { toCsv } from './to-csv.js';

/** A fault of a row, as the person sees the row. */
export interface RowFault {
  /** The row of the sheet; undefined for a fault of the file as a whole. */
  readonly row: number | undefined;
  /** The column of the API, or the heading of a further one. */
  readonly column: string;
  readonly message: string;
}

export interface CheckResult {
  readonly faults: readonly RowFault[];
  /** What can be submitted without the faulty rows; undefined if that is nothing. */
  readonly good: { readonly visits: number; readonly images: number } | undefined;
  readonly unknownStores: readonly UnknownStore[];
  /** Whether there are more faults than were looked for. */
  readonly hasMore: boolean;
}

/** Each check finds 1,000 faults at most. So often is checked without those that are known. */
const MAX_CHECKS = 5;

/** Checks a draft on the server. Nothing is kept there. What is left without the faulty rows is checked too. */
export async function checkDraft(
  client: ShelflineClient,
  draft: Draft,
  signal?: AbortSignal,
): Promise<CheckResult> {
  const faults: RowFault[] = [];
  const faulty = new Set<number>();
  for (let check = 0; check < MAX_CHECKS; check += 1) {
    if (isNothingLeft(draft, faulty)) return { faults, good: undefined, unknownStores: [], hasMore: false };
    const { text, rowNumbers } = toCsv(draft, faulty);
    const file = { type: 'text/csv', content: text } as const;
    const result = await client.jobs.checkFile(file, { time_zone: draft.timeZone }, { signal });
    if (result.valid) {
      const { visits, images, unknown_stores: unknownStores } = result;
      return { faults, good: { visits, images }, unknownStores, hasMore: false };
    }
    const found = result.faults.map((fault) => toRowFault(fault, rowNumbers));
    faults.push(...found);
    const before = faulty.size;
    for (const { row } of found) if (row !== undefined) faulty.add(row);
    // A fault of the whole file stays, whichever rows are left out.
    if (faulty.size === before) return { faults, good: undefined, unknownStores: [], hasMore: false };
  }
  return { faults, good: undefined, unknownStores: [], hasMore: true };
}

function isNothingLeft(draft: Draft, faulty: ReadonlySet<number>): boolean {
  return getRows(draft).every(({ number }) => draft.leftOut.has(number) || faulty.has(number));
}

function toRowFault({ row, column, message }: DryRunFault, rowNumbers: readonly number[]): RowFault {
  return {
    row: row === null ? undefined : rowNumbers[row - 2],
    column: column ?? '',
    message,
  };
}

/** The faults of one column. */
export interface FaultKind {
  readonly column: string;
  readonly faults: readonly RowFault[];
}

/** Faults by their column, most first. */
export function groupFaults(faults: readonly RowFault[]): readonly FaultKind[] {
  const kinds = new Map<string, RowFault[]>();
  for (const fault of faults) {
    const kind = kinds.get(fault.column) ?? [];
    // One row is listed once a column, with the first of its faults.
    if (fault.row === undefined || kind.every(({ row }) => row !== fault.row)) kind.push(fault);
    kinds.set(fault.column, kind);
  }
  return [...kinds]
    .map(([column, each]) => ({ column, faults: each }))
    .toSorted((one, other) => other.faults.length - one.faults.length);
}

/** The rows with a fault. */
export function getFaultyRows({ faults }: CheckResult): ReadonlySet<number> {
  return new Set(faults.flatMap(({ row }) => row ?? []));
}
