import type { Readable } from 'node:stream';
import type { Fault } from '../../../http/errors/api-error.js';
import { headerError, readCsv as readRows } from '../../../http/bodies/csv.js';
import { parseDateTime } from '../../../http/input/date-time.js';
import { MAX_URLS_PER_VISIT } from '../../image-url.rule.js';
import type { NewVisit, VisitRule } from '../new-visit.js';
import type { VisitBatch } from '../submission.js';

const COLUMNS = ['store_id', 'image_url', 'visit_time'] as const;
/** Rows that are neighbours and have the same value in this column are one visit. */
const VISIT_COLUMN = 'visit';
type Column = (typeof COLUMNS)[number] | typeof VISIT_COLUMN;

/**
 * Reads a body of CSV, one image a row, under the columns `store_id,image_url,visit_time` and optionally `visit`. Adjacent rows
 * with the same `visit` are one visit; without that column, adjacent rows with the same store and time. Its faults name lines, such
 * as `Line 3: store_id`.
 *
 * @throws ApiError (`400`) for another header, and for text that is not CSV any more
 */
export async function* readCsv(body: Readable, rule: VisitRule): AsyncGenerator<VisitBatch> {
  let rows: VisitRows | undefined;
  for await (const some of readRows(body)) {
    for (const { line, record } of some) {
      if (rows === undefined) rows = new VisitRows(record, rule);
      else rows.add(line, record);
    }
    if (rows !== undefined) yield rows.nextBatch();
  }
  if (rows === undefined) throw badHeader([]);
  rows.endVisit();
  yield rows.nextBatch();
}

function badHeader(found: readonly string[]): Error {
  return headerError('store_id,image_url,visit_time in any order, and visit if you like', found);
}

interface OpenVisit {
  /** Its value in the column of visits, where there is one. */
  readonly visit: string;
  readonly storeId: string;
  readonly visitTime: Date;
  readonly imageUrls: string[];
}

/** Puts rows together to visits. */
class VisitRows {
  private readonly at: ReadonlyMap<string, number>;
  private readonly columns: number;
  private open: OpenVisit | undefined;
  /** The time that was read last: most rows have that of the row before. */
  private lastTime: { readonly text: string; readonly time: Date | undefined } = {
    text: '',
    time: undefined,
  };
  private visits: NewVisit[] = [];
  private faults: Fault[] = [];

  constructor(
    header: readonly string[],
    private readonly rule: VisitRule,
  ) {
    const names = header.map((name) => name.trim());
    const known = new Set<string>([...COLUMNS, VISIT_COLUMN]);
    const isComplete = COLUMNS.every((name) => names.includes(name));
    if (!isComplete || !names.every((name) => known.has(name)) || new Set(names).size < names.length)
      throw badHeader(names);
    this.at = new Map(names.map((name, index) => [name, index]));
    this.columns = names.length;
  }

  /** The visits that have ended since the last batch, and the faults. */
  nextBatch(): VisitBatch {
    const batch = { visits: this.visits, faults: this.faults };
    this.visits = [];
    this.faults = [];
    return batch;
  }

  add(line: number, record: readonly string[]): void {
    const fault = this.read(record);
    if (fault !== undefined) this.faults.push({ ...fault, path: `Line ${line}${fault.path}` });
  }

  endVisit(): void {
    if (this.open !== undefined) this.visits.push(this.open);
    this.open = undefined;
  }

  /** Adds the row to its visit; undefined, or what is wrong with it. */
  private read(record: readonly string[]): Fault | undefined {
    if (record.length !== this.columns)
      return { path: '', message: `has ${record.length} columns, not ${this.columns}` };
    const store = this.cell(record, 'store_id');
    const url = this.cell(record, 'image_url');
    const visitTime = this.parseTime(this.cell(record, 'visit_time'));
    const fault = this.rule.findFault(store, url, visitTime);
    if (fault !== undefined || visitTime === undefined) return fault && { ...fault, path: `: ${fault.path}` };
    return this.addToVisit(store, visitTime, url, this.cell(record, VISIT_COLUMN));
  }

  private addToVisit(store: string, visitTime: Date, url: string, visit: string): Fault | undefined {
    const isOfStoreAndTime =
      this.open?.storeId === store && this.open.visitTime.getTime() === visitTime.getTime();
    const goesOn = this.at.has(VISIT_COLUMN) ? this.open?.visit === visit : isOfStoreAndTime;
    if (this.open === undefined || !goesOn) {
      this.endVisit();
      this.open = { visit, storeId: store, visitTime, imageUrls: [] };
    } else if (!isOfStoreAndTime) {
      return { path: ': visit', message: 'is that of the row before, whose store or time is another' };
    }
    if (this.open.imageUrls.length === MAX_URLS_PER_VISIT)
      return { path: '', message: `is one image more than the ${MAX_URLS_PER_VISIT} that a visit holds` };
    this.open.imageUrls.push(url);
    return undefined;
  }

  private parseTime(value: string): Date | undefined {
    if (value !== this.lastTime.text) this.lastTime = { text: value, time: parseDateTime(value) };
    return this.lastTime.time;
  }

  private cell(record: readonly string[], name: Column): string {
    return (record[this.at.get(name) ?? -1] ?? '').trim();
  }
}
