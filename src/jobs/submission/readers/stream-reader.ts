import type { Request } from 'express';
import type { VisitRule } from '../new-visit.js';
import type { VisitBatch } from '../submission.js';
import { type CsvReaderOptions, readCsv } from './csv.reader.js';
import { readNdjson } from './ndjson.reader.js';

/** Reads a body batch by batch as it comes in. */
export type StreamReader = (
  body: AsyncIterable<Buffer>,
  rule: VisitRule,
  options?: CsvReaderOptions,
) => AsyncIterable<VisitBatch>;

/** The readers of bodies that are never held as a whole, by content type. */
const READERS: readonly (readonly [string, StreamReader])[] = [
  ['application/x-ndjson', readNdjson],
  ['text/csv', readCsv],
];

/** The reader of a request whose content type streams; undefined for any other. */
export function findStreamReader(request: Request): StreamReader | undefined {
  return READERS.find(([type]) => request.is(type))?.[1];
}

/** Whether a request is a form, which brings CSV as a file. */
export function isForm(request: Request): boolean {
  return Boolean(request.is('multipart/form-data'));
}
