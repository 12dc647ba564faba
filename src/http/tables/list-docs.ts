import { getSchemaPath } from '@nestjs/swagger';
import { stringify } from 'csv-stringify/sync';
import type { Dto } from '../input/validation.js';
import { CONTENT_TYPES } from './export-format.js';
import type { Cell, Table } from './table.js';

/** What the description of a list says of its files. */
export const FILES_DESCRIPTION =
  'With `?format=csv`, `ndjson` or `xlsx` (or the `Accept` header) all matching rows are streamed as a file. ' +
  'If the connection breaks before the end, the file is incomplete.';

/**
 * The forms of a list in the OpenAPI document, each with an example.
 *
 * @param pageFields the fields of an example of a page, beside its items
 */
export function describeList<Row>(
  page: Dto<object>,
  { columns }: Table<Row>,
  example?: object,
  pageFields: object = {},
): Record<string, object> {
  const header = columns.map(({ name }) => name);
  const cells = columns.map((column) => toText(column.example));
  return {
    [CONTENT_TYPES.json]: {
      schema: { $ref: getSchemaPath(page) },
      ...(example && { example: { ...pageFields, items: [example], next_cursor: null } }),
    },
    [CONTENT_TYPES.csv]: {
      schema: { type: 'string', description: 'A header, then every matching row.' },
      example: stringify([header, cells]),
    },
    [CONTENT_TYPES.ndjson]: {
      schema: { type: 'string', description: 'An item of the list a line.' },
      ...(example && { example: `${JSON.stringify(example)}\n` }),
    },
    [CONTENT_TYPES.xlsx]: {
      schema: {
        type: 'string',
        format: 'binary',
        description: 'A workbook of one sheet with the columns of the CSV file.',
      },
      example: 'The bytes of the file',
    },
  };
}

function toText(cell: Cell): string | null {
  if (cell instanceof Date) return cell.toISOString();
  return cell === null ? null : String(cell);
}
