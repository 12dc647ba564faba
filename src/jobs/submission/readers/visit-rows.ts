import type { CsvRow } from '../../../http/bodies/csv-parser.js';
import { type CellFault, toCellFault } from '../../../http/bodies/sheet-fault.js';
import {
  cleanId,
  findUnheadedText,
  getColumnLetter,
  type SheetColumn,
} from '../../../http/bodies/sheet-header.js';
import { MAX_URLS_PER_VISIT } from '../../image-url.rule.js';
import type { NewVisit, VisitRule } from '../new-visit.js';
import type { VisitChunk } from '../submission.js';
import { describeNoUrl, splitCell } from './cell-urls.js';
import { VisitMetadata } from './visit-metadata.js';

/** A visit that may have more rows. */
interface OpenVisit {
  /** The number of its first row. */
  readonly row: number;
  /** Its value in the column `visit`. Empty without a value. */
  readonly visit: string;
  readonly storeId: string;
  readonly visitTime: Date;
  readonly reference: string | null;
  readonly imageUrls: string[];
  readonly metadata: VisitMetadata | undefined;
}

/** The last cell of a column and its value. Most rows have the same store and time as the row before. */
interface ReadCell<Value> {
  readonly cell: string;
  readonly value: Value;
}

/** Faults do not show a URL that may contain a password. */
const USER_INFO = /:\/\/[^/?#]*@/;
/** The maximum number of faults that are reported for one cell. */
const MAX_FAULTS_PER_CELL = 20;

/** Groups the rows of a CSV file into visits. */
export class VisitRows {
  private readonly store: SheetColumn | undefined;
  private readonly url: SheetColumn | undefined;
  private readonly time: SheetColumn | undefined;
  private readonly visit: SheetColumn | undefined;
  private readonly reference: SheetColumn | undefined;
  private readonly further: readonly SheetColumn[];
  private readonly headedColumns: ReadonlySet<number>;
  private lastStore: ReadCell<string> = { cell: '', value: '' };
  private lastTime: ReadCell<ReturnType<VisitRule['parseTime']>> | undefined;
  private open: OpenVisit | undefined;
  private visits: NewVisit[] = [];
  private faults: CellFault[] = [];

  constructor(
    columns: readonly SheetColumn[],
    private readonly rule: VisitRule,
  ) {
    const find = (wanted: string): SheetColumn | undefined => columns.find(({ name }) => name === wanted);
    this.store = find('store_id');
    this.url = find('image_url');
    this.time = find('visit_time');
    this.visit = find('visit');
    this.reference = find('reference');
    this.further = columns.filter(({ name }) => name === undefined);
    this.headedColumns = new Set(columns.map(({ index }) => index));
  }

  /** Returns the visits that have ended since the last chunk, and the faults. */
  nextChunk(): VisitChunk {
    const chunk = { visits: this.visits, faults: this.faults };
    this.visits = [];
    this.faults = [];
    return chunk;
  }

  add({ row, record }: CsvRow): void {
    const before = this.faults.length;
    if (record.length > this.headedColumns.size) this.checkUnheaded(row, record);
    const storeId = this.readStore(row, getCell(record, this.store));
    const urls = this.readUrls(row, getCell(record, this.url));
    const visitTime = this.readTime(row, getCell(record, this.time));
    const reference = this.readReference(row, getCell(record, this.reference));
    if (this.faults.length > before || visitTime === undefined) {
      this.checkFurther(row, record);
      return;
    }
    const visit = cleanId(getCell(record, this.visit));
    const open = this.continueVisit(row, { visit, storeId, visitTime, reference });
    if (open === undefined) return;
    for (const url of urls) open.imageUrls.push(url);
    if (open.imageUrls.length > MAX_URLS_PER_VISIT) {
      this.report(row, this.url, null, `is one image more than the ${MAX_URLS_PER_VISIT} that a visit holds`);
      open.imageUrls.length = MAX_URLS_PER_VISIT;
    }
    if (open.metadata !== undefined) this.addFaults(open.metadata.add(row, record));
  }

  endVisit(): void {
    if (this.open === undefined) return;
    const { row, storeId, visitTime, reference, imageUrls, metadata } = this.open;
    this.open = undefined;
    this.addFaults(metadata?.findFaults(row) ?? []);
    this.visits.push({ storeId, visitTime, reference, imageUrls, metadata: metadata?.toObject() ?? null });
  }

  /** Returns the visit that a row belongs to, or undefined if it contradicts the row before. */
  private continueVisit(
    row: number,
    {
      visit,
      storeId,
      visitTime,
      reference,
    }: Pick<OpenVisit, 'visit' | 'storeId' | 'visitTime' | 'reference'>,
  ): OpenVisit | undefined {
    const { open } = this;
    const isOfStoreAndTime =
      open !== undefined && open.storeId === storeId && open.visitTime.getTime() === visitTime.getTime();
    const isNamed = open !== undefined && visit !== '' && open.visit === visit;
    // In the rows of a named visit, an empty reference is ignored.
    const isSame = isOfStoreAndTime && (open.reference === reference || (isNamed && reference === null));
    if (isNamed && !isSame) {
      const message = 'is the visit of the row before, whose store, time or reference is another';
      this.report(row, this.visit, visit, message);
      return undefined;
    }
    if (isSame && open.visit === visit) return open;
    this.endVisit();
    const metadata = this.further.length === 0 ? undefined : new VisitMetadata(this.further);
    this.open = { row, visit, storeId, visitTime, reference, imageUrls: [], metadata };
    return this.open;
  }

  private readStore(row: number, cell: string): string {
    if (cell !== this.lastStore.cell || cell === '') {
      const value = cleanId(cell);
      const message = value === '' ? EMPTY : this.rule.findStoreFault(value);
      if (message !== undefined) {
        this.report(row, this.store, value, message);
        return value;
      }
      this.lastStore = { cell, value };
    }
    return this.lastStore.value;
  }

  private readTime(row: number, cell: string): Date | undefined {
    if (this.lastTime === undefined || cell !== this.lastTime.cell)
      this.lastTime = { cell, value: this.rule.parseTime(cleanId(cell)) };
    const { value } = this.lastTime;
    if (typeof value !== 'string') return value;
    const text = cleanId(cell);
    this.report(row, this.time, text, text === '' ? `is empty: it ${value}` : value);
    return undefined;
  }

  private readReference(row: number, cell: string): string | null {
    if (cell === '') return null;
    const value = cleanId(cell);
    if (value === '') return null;
    const message = this.rule.findReferenceFault(value);
    if (message !== undefined) this.report(row, this.reference, value, message);
    return value;
  }

  private readUrls(row: number, cell: string): readonly string[] {
    const urls = splitCell(cell);
    if (urls === undefined) {
      const message = 'has a URL behind a separator that is not http://, https:// or s3://';
      this.report(row, this.url, toShown(cell.trim()), message);
      return [];
    }
    let faults = 0;
    for (const url of urls) {
      const message = url === '' ? EMPTY : this.rule.findUrlFault(url);
      if (message === undefined) continue;
      const shownMessage = url === '' ? message : (describeNoUrl(url) ?? message);
      this.report(row, this.url, toShown(url), shownMessage);
      faults += 1;
      if (faults === MAX_FAULTS_PER_CELL) break;
    }
    return urls;
  }

  /** Reports the faults of the further columns in a row that has other faults. */
  private checkFurther(row: number, record: readonly string[]): void {
    if (this.further.length > 0) this.addFaults(new VisitMetadata(this.further).add(row, record));
  }

  /** Reports text in a column without a heading, because it would be lost. */
  private checkUnheaded(row: number, record: readonly string[]): void {
    const index = findUnheadedText(this.headedColumns, record);
    if (index === -1) return;
    const message =
      'is in a column without a heading: add a heading, or put a cell that holds the separator in quotes';
    this.faults.push(toCellFault(row, getColumnLetter(index), record[index]?.trim() ?? '', message));
  }

  private addFaults(faults: readonly CellFault[]): void {
    for (const fault of faults) this.faults.push(fault);
  }

  private report(row: number, column: SheetColumn | undefined, value: string | null, message: string): void {
    this.faults.push(toCellFault(row, column?.heading ?? null, value, message));
  }
}

const EMPTY = 'is empty, and required';

function getCell(record: readonly string[], column: SheetColumn | undefined): string {
  return (column === undefined ? undefined : record[column.index]) ?? '';
}

function toShown(url: string): string | null {
  return USER_INFO.test(url) ? null : url;
}
