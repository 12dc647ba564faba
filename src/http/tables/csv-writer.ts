import { stringify } from 'csv-stringify/sync';
import { TimeZone } from '../input/time-zone.js';
import { withoutFormula } from './formula.js';
import { type Cell, hasTimes, type Table, TIME_ZONE_COLUMN } from './table.js';

/** With it, spreadsheets read CSV as UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';

/** How CSV is written. */
export interface CsvOptions {
  /** Whether the file begins with a byte order mark, which spreadsheets need and programs may not expect. */
  readonly hasMark: boolean;
  /** Times are local times of this zone, with their offset. */
  readonly timeZone: string | undefined;
}

/**
 * Writes rows as CSV (RFC 4180, with `\n`). Text that a spreadsheet would run as a formula is made harmless, and numbers stay
 * numbers. Times are ISO 8601. The column `time_zone` is added if a zone is given.
 */
export class CsvWriter<Row> {
  private readonly zone?: TimeZone;

  constructor(
    private readonly table: Table<Row>,
    private readonly options: CsvOptions,
  ) {
    const { timeZone } = options;
    if (timeZone !== undefined && hasTimes(table)) this.zone = new TimeZone(timeZone);
  }

  header(): string {
    const names = this.table.columns.map(({ name }) => name);
    if (this.zone !== undefined) names.push(TIME_ZONE_COLUMN);
    return (this.options.hasMark ? BYTE_ORDER_MARK : '') + stringify([names]);
  }

  rows(rows: readonly Row[]): string {
    return stringify(
      rows.map((row) => {
        const cells = this.table.columns.map(({ read }) => this.toText(read(row)));
        if (this.zone !== undefined) cells.push(this.zone.name);
        return cells;
      }),
    );
  }

  private toText(cell: Cell): string | null {
    if (typeof cell === 'string') return withoutFormula(cell);
    if (cell instanceof Date) return toIsoText(cell, this.zone);
    return cell === null ? null : String(cell);
  }
}

/** ISO 8601 in UTC with `Z`, or the local time of a zone with its offset. */
export function toIsoText(moment: Date, zone: TimeZone | undefined): string {
  if (zone === undefined) return moment.toISOString();
  const wall = zone.toWall(moment.getTime());
  return new Date(wall).toISOString().replace('Z', toOffsetText(wall - moment.getTime()));
}

/** `+05:30`. Seconds, which only offsets before 1972 have, are rounded. */
function toOffsetText(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000);
  return `${milliseconds < 0 ? '-' : '+'}${toTwoDigits(Math.floor(minutes / 60))}:${toTwoDigits(minutes % 60)}`;
}

function toTwoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
