import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { ImageResultView } from './images.service.js';

/** The columns of the CSV, in their order: the fields of a result. `analysis` is JSON in its cell. */
const COLUMNS: readonly (keyof ImageResultView)[] = [
  'image_id',
  'store_id',
  'visit_time',
  'image_url',
  'status',
  'width',
  'height',
  'perimeter',
  'format',
  'mime',
  'orientation',
  'content_length',
  'attempts',
  'error',
  'error_code',
  'processed_at',
  'analysis',
];

/** How results are written one after the other, by the content type of the answer. */
const WRITERS = {
  'text/csv': (results: readonly ImageResultView[], isFirst: boolean): string =>
    stringify([...results], {
      header: isFirst,
      columns: [...COLUMNS],
      // A cell that begins like a formula gets an apostrophe in front: what strangers wrote must not run in a spreadsheet.
      escape_formulas: true,
    }),
  'application/x-ndjson': (results: readonly ImageResultView[]): string =>
    results.map((result) => `${JSON.stringify(result)}\n`).join(''),
} as const;

export type ExportType = keyof typeof WRITERS;

/** The content types that results are exported as. */
export const EXPORT_TYPES = Object.keys(WRITERS) as readonly ExportType[];

/** Results as text, a page at a time as the reader takes it. It ends with the error that `pages` throws. */
export function exportResults(type: ExportType, pages: AsyncIterable<readonly ImageResultView[]>): Readable {
  return Readable.from(written(type, pages), { objectMode: false });
}

async function* written(
  type: ExportType,
  pages: AsyncIterable<readonly ImageResultView[]>,
): AsyncGenerator<string> {
  let isFirst = true;
  for await (const page of pages) {
    const text = WRITERS[type](page, isFirst);
    isFirst = false;
    if (text !== '') yield text;
  }
}
