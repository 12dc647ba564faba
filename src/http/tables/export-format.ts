import type { Request } from 'express';

/** The forms of a list: pages of JSON, and files with every matching row. */
export const LIST_FORMATS = ['json', 'ndjson', 'csv', 'xlsx'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];
export type ExportFormat = Exclude<ListFormat, 'json'>;

/** The content types of lists. */
export const CONTENT_TYPES: Readonly<Record<ListFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Returns the form that `format` asks for, else the one of the `Accept` header, else JSON. */
export function getListFormat(request: Request, format: ListFormat | undefined): ListFormat {
  if (format !== undefined) return format;
  const accepted = request.accepts(Object.values(CONTENT_TYPES));
  return LIST_FORMATS.find((name) => CONTENT_TYPES[name] === accepted) ?? 'json';
}
