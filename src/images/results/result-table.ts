import { type Cell, type Column, column, type Table, timeColumn } from '../../http/tables/table.js';
import { countFlagCharacters, withoutOtherJobs } from '../flags/flag.js';
import { type FlaggedRow, type ImageResultView, RESULT_FIELDS, toResultView } from './result-fields.js';

/** What the table of results has of the job, the store and the review, beside the result. */
export interface ResultDetails {
  readonly job_id: string;
  readonly job_reference: string | null;
  /** The current name in the store master, or null for an unknown store. */
  readonly store_name: string | null;
  readonly area_code: string | null;
  readonly review_state: string | null;
  readonly review_note: string | null;
  readonly review_by: string | null;
  readonly reviewed_at: Date | null;
  readonly review_outdated: boolean | null;
}

/** A row of the table: a result with its details. */
export type DetailedResultRow = FlaggedRow & ResultDetails;

/** The SQL expressions of the details, for the job `j` and the visit `v`. The store is looked up by its primary key. */
export const RESULT_DETAILS: Readonly<Record<keyof ResultDetails, string>> = {
  job_id: 'j.job_id',
  job_reference: 'j.reference',
  store_name: '(SELECT s.store_name FROM shelfline.store AS s WHERE s.store_id = v.store_id)',
  area_code: 'v.area_code',
  review_state: 'v.review_state',
  review_note: 'v.review_note',
  review_by: 'v.review_by',
  reviewed_at: 'v.reviewed_at',
  review_outdated: 'v.reviewed_run < j.run',
};

/** The columns that were there first. Their names, order and values do not change. */
const FIRST_COLUMNS = Object.entries(RESULT_FIELDS)
  .filter(([, { isInCsv }]) => isInCsv)
  .map(([name, { read, schema }]) =>
    schema.format === 'date-time'
      ? timeColumn<DetailedResultRow>(name, (row) => toText(read(row)), toText(schema.example))
      : column<DetailedResultRow>(name, (row) => toCell(read(row)), toCell(schema.example)),
  );

/** Reads a value of `analysis.exif`. An analyzer of a platform may be called `exif` too, and return anything. */
const exif =
  (name: string) =>
  ({ analysis, status }: DetailedResultRow): unknown => {
    const found = status === 'succeeded' || status === 'failed' ? analysis?.['exif'] : undefined;
    return isRecord(found) ? found[name] : undefined;
  };

const exifColumn = (name: string, example: string | number): Column<DetailedResultRow> =>
  column(name, (row) => toCell(exif(name)(row)), example);

/** The results of a job's images as a table. */
export const RESULT_TABLE: Table<DetailedResultRow> = {
  columns: [
    ...FIRST_COLUMNS,
    column('job_id', (row) => row.job_id, 'job_20241116100000_8f14e45fceea167a5a36'),
    column('job_reference', (row) => row.job_reference, 'Week 46'),
    column('store_name', (row) => row.store_name, 'Corner Market'),
    column('area_code', (row) => row.area_code, '7100015'),
    column('visit_id', (row) => RESULT_FIELDS.visit_id.read(row), 'visit_1_0'),
    column('visit_reference', (row) => row.visit_reference),
    column('visit_metadata', (row) => (row.visit_metadata === null ? null : toCell(row.visit_metadata))),
    column('flags', ({ found }) => (found.length === 0 ? null : found.map(({ code }) => code).join(' | '))),
    column('review_state', (row) => row.review_state),
    column('review_note', (row) => row.review_note),
    column('review_by', (row) => row.review_by),
    timeColumn('review_at', (row) => row.reviewed_at),
    column('review_outdated', (row) => row.review_outdated),
    timeColumn('capture_time', (row) => toText(exif('capture_time')(row)), '2024-11-16T12:04:10.000Z'),
    exifColumn('capture_time_source', 'original'),
    exifColumn('capture_delay_seconds', 250),
    exifColumn('camera', 'Acme Shelf 3'),
    exifColumn('latitude', 12.971599),
    exifColumn('longitude', 77.594566),
    exifColumn('position_error_meters', 4.7),
  ],
  toJson: (row): ImageResultView => toResultView(row),
  countCharacters: ({ url, visit_metadata, found }) => {
    let characters = url.length + countFlagCharacters(found);
    for (const key in visit_metadata) characters += key.length + (visit_metadata[key]?.length ?? 0);
    return characters;
  },
};

/** {@link RESULT_TABLE} for people who may read one job only. */
export const SHARED_RESULT_TABLE: Table<DetailedResultRow> = {
  ...RESULT_TABLE,
  toJson: (row) => toSharedResult(toResultView(row)),
};

/** A result without the images of other jobs in the evidence of its flags. */
export function toSharedResult(result: ImageResultView): ImageResultView {
  return { ...result, flags: withoutOtherJobs(result.flags) };
}

/** Anything else than text, numbers and booleans is JSON in its cell. */
function toCell(value: unknown): Exclude<Cell, Date> {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

function toText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
