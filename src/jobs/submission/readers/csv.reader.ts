import { readCsv as readRows } from '../../../http/bodies/spreadsheet-csv.js';
import type { CsvRow } from '../../../http/bodies/csv-parser.js';
import { type CellFault, toCellFault } from '../../../http/bodies/sheet-fault.js';
import { type SheetColumn, SheetHeader, toHeaderError } from '../../../http/bodies/sheet-header.js';
import { MAX_METADATA_KEYS, metadataKey } from '../../metadata.rule.js';
import type { VisitRule } from '../new-visit.js';
import type { ColumnOfFile, VisitChunk } from '../submission.js';
import { VisitRows } from './visit-rows.js';

const COLUMNS = {
  required: ['store_id', 'image_url', 'visit_time'],
  optional: ['visit', 'reference'],
  normalise: (heading: string): string => heading.toLowerCase().replaceAll(/[\s_-]+/g, '_'),
};
const HEADER = new SheetHeader(COLUMNS);
const NO_ROWS = 'holds the headings, and no visit follows: the file must hold at least one visit';

export interface CsvReaderOptions {
  /** The charset of the body, if it is known. */
  readonly charset?: string | undefined;
  /** Called with the columns when the header is read. */
  readonly onColumns?: ((columns: readonly ColumnOfFile[]) => void) | undefined;
}

/**
 * Reads a CSV file of a spreadsheet with the columns `store_id,image_url,visit_time` and optionally `visit` and `reference`. A row has one image or
 * several. Further columns are metadata of the visit. Adjacent rows with the same `visit` are one visit. Without that column, adjacent rows with the
 * same store, time and reference are one visit. The faults name rows and columns, such as `Row 3: Visit Time`.
 *
 * @throws ApiError (`400`) for an invalid header or invalid CSV
 */
export async function* readCsv(
  body: AsyncIterable<Buffer>,
  rule: VisitRule,
  { charset, onColumns }: CsvReaderOptions = {},
): AsyncGenerator<VisitChunk> {
  let rows: VisitRows | undefined;
  let headerRow = 1;
  for await (const some of readRows(body, { charset, header: HEADER })) {
    for (const row of some) {
      if (rows !== undefined) rows.add(row);
      else {
        const columns = parseHeader(row);
        onColumns?.(columns.map(({ heading, name }) => ({ header: heading, field: name ?? 'metadata' })));
        rows = new VisitRows(columns, rule);
        headerRow = row.row;
      }
    }
    if (rows !== undefined) yield rows.nextChunk();
  }
  if (rows === undefined) parseHeader({ row: 1, record: [] });
  else {
    rows.endVisit();
    yield { ...rows.nextChunk(), ifEmpty: toCellFault(headerRow, null, null, NO_ROWS) };
  }
}

function parseHeader({ row, record }: CsvRow): readonly SheetColumn[] {
  const columns = HEADER.parse(row, record);
  const further = columns.filter(({ name }) => name === undefined);
  const faults: CellFault[] = [];
  const [tooMany] = further.slice(MAX_METADATA_KEYS);
  if (tooMany !== undefined) {
    const message = `is one column more than the ${MAX_METADATA_KEYS} that may stand beside ${[...COLUMNS.required, ...COLUMNS.optional].join(', ')}: remove columns`;
    faults.push(toCellFault(row, tooMany.heading, tooMany.heading, message));
  }
  for (const { heading } of further) {
    const message = metadataKey(heading);
    if (typeof message === 'string') faults.push(toCellFault(row, heading, heading, message));
  }
  if (faults.length > 0) throw toHeaderError(faults);
  return columns;
}
