import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { yieldToEventLoop } from '../../http/yield-to-event-loop.js';
import { countFlagCharacters, type Flag } from '../flags/flag.js';
import { withoutFormula } from './formula.js';
import { CSV_COLUMNS, type ImageResultView } from './result-fields.js';

/** The content types of exports. */
export const EXPORT_TYPES = ['text/csv', 'application/x-ndjson'] as const;
export type ExportType = (typeof EXPORT_TYPES)[number];

/** Converts results to text. The first call may add a header. */
type Writer = (results: readonly ImageResultView[], isFirst: boolean) => string;

const WRITERS: Readonly<Record<ExportType, Writer>> = {
  'text/csv': (results, isFirst) =>
    stringify([...results], {
      header: isFirst,
      columns: [...CSV_COLUMNS],
      // Text of clients must not run in a spreadsheet. Numbers are not text of clients.
      cast: { string: withoutFormula, object: toCell },
    }),
  'application/x-ndjson': (results) => results.map((result) => `${JSON.stringify(result)}\n`).join(''),
};

/**
 * Characters of URLs and metadata in one group, exceeded by at most one result. Other requests are served between two
 * groups.
 */
const GROUP_CHARACTERS = 131_072;

/**
 * Results as text, one page at a time as the reader consumes it. The stream ends with the error that `pages`
 * throws.
 */
export function exportResults(type: ExportType, pages: AsyncIterable<readonly ImageResultView[]>): Readable {
  return Readable.from(written(type, pages), { objectMode: false });
}

async function* written(
  type: ExportType,
  pages: AsyncIterable<readonly ImageResultView[]>,
): AsyncGenerator<string> {
  let isFirst = true;
  for await (const page of pages) {
    for (const group of toGroups(page)) {
      const text = WRITERS[type](group, isFirst);
      isFirst = false;
      if (text !== '') yield text;
      if (group.length < page.length) await yieldToEventLoop();
    }
  }
}

/**
 * Splits a page into groups that take little time to convert. There is at least one group, because the first
 * one gets the header.
 */
function* toGroups(page: readonly ImageResultView[]): Generator<readonly ImageResultView[]> {
  let from = 0;
  let characters = 0;
  for (const [index, result] of page.entries()) {
    characters += countCharacters(result);
    if (characters < GROUP_CHARACTERS) continue;
    yield page.slice(from, index + 1);
    from = index + 1;
    characters = 0;
  }
  if (from < page.length || page.length === 0) yield page.slice(from);
}

/** Flags become their codes, and any other object JSON. */
export function toCell(value: object): string {
  return Array.isArray(value) ? value.map((flag: Flag) => flag.code).join(' | ') : JSON.stringify(value);
}

function countCharacters({ image_url, visit_metadata, flags }: ImageResultView): number {
  let characters = image_url.length + countFlagCharacters(flags);
  for (const key in visit_metadata) characters += key.length + (visit_metadata[key]?.length ?? 0);
  return characters;
}
