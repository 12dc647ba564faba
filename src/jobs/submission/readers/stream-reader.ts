import type { Request } from 'express';
import type { VisitRule } from '../new-visit.js';
import type { VisitChunk } from '../submission.js';
import { type CsvReaderOptions, readCsv } from './csv.reader.js';
import { readNdjson } from './ndjson.reader.js';

/** Reads a body in chunks as it arrives. */
export type StreamReader = (
  body: AsyncIterable<Buffer>,
  rule: VisitRule,
  options?: CsvReaderOptions,
) => AsyncIterable<VisitChunk>;

/** The readers of streamed bodies by content type. */
const READERS: readonly (readonly [string, StreamReader])[] = [
  ['application/x-ndjson', readNdjson],
  ['text/csv', readCsv],
];

/** Finds the reader for the content type of a request. Returns undefined if it is not a streamed one. */
export function findStreamReader(request: Request): StreamReader | undefined {
  return READERS.find(([type]) => request.is(type))?.[1];
}

/** Whether a request is a form. Its file is CSV. */
export function isForm(request: Request): boolean {
  return Boolean(request.is('multipart/form-data'));
}
