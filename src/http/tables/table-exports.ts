import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { OpenStreams } from '../answers/open-streams.js';
import { getFairnessKey } from '../caller.js';
import { ApiError } from '../errors/api-error.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http.options.js';
import { onceClosed } from '../once-closed.js';
import { StreamedAnswer } from '../routes/answer.js';
import { CsvWriter } from './csv-writer.js';
import { CONTENT_TYPES, type ExportFormat, getListFormat } from './export-format.js';
import type { ExportQuery } from './exportable-query.js';
import { toRowGroups } from './row-groups.js';
import type { Table } from './table.js';
import { MAX_XLSX_ROWS, writeXlsx } from './xlsx-writer.js';

/** A list as a file. */
export interface TableExport<Row> {
  /** What the list is, which begins the name of the file and is the name of the sheet, such as `visits`. */
  readonly name: string;
  /** Further parts of the file's name, such as the id of a job. */
  readonly nameParts?: readonly (string | undefined)[];
  readonly table: Table<Row>;
  /** Returns all rows in parts. The first part is read before the response begins. */
  readonly readParts: () => Promise<AsyncIterable<readonly Row[]>>;
  /** Counts the rows, up to one more than `max`. Called for XLSX, which has a limit. */
  readonly countRows: (max: number) => Promise<number>;
}

/** The request of a list. */
interface ListRequest {
  readonly query: ExportQuery;
  readonly request: Request;
  readonly response: Response;
}

/**
 * Answers requests for a list with a file: CSV, NDJSON or XLSX with every matching row, in constant memory. Limits how many files are written
 * at a time.
 */
@Injectable()
export class TableExports {
  private readonly open: OpenStreams;

  constructor(@Inject(HTTP_OPTIONS) private readonly http: HttpOptions) {
    this.open = new OpenStreams(http.maxStreams, 'exports');
  }

  /**
   * Returns the file that the request asks for, or undefined if it asks for a page of JSON.
   *
   * @throws ApiError `429` if too many exports are open, `400` if an XLSX file would have more rows than a sheet can hold
   */
  async answer<Row>(
    { query, request, response }: ListRequest,
    file: TableExport<Row>,
  ): Promise<StreamedAnswer | undefined> {
    response.vary('Accept');
    const format = getListFormat(request, query.format);
    if (format === 'json') return undefined;
    onceClosed(response, this.open.acquire(getFairnessKey(request)));
    if (format === 'xlsx') await checkRows(file);
    const parts = await withFirstPart(await file.readParts());
    const { time_zone: timeZone } = query;
    const content = await toContent(format, file, parts, { timeZone, hasMark: query.format === 'csv' });
    return new StreamedAnswer(
      CONTENT_TYPES[format],
      content,
      this.http.answerStallMs,
      getFileName(file, timeZone, format),
    );
  }
}

/** @throws ApiError `400` */
async function checkRows<Row>({ countRows }: TableExport<Row>): Promise<void> {
  if ((await countRows(MAX_XLSX_ROWS)) <= MAX_XLSX_ROWS) return;
  throw new ApiError(
    400,
    `An XLSX sheet holds ${MAX_XLSX_ROWS.toLocaleString('en-US')} rows and there are more: narrow the filter, or use format=csv.`,
    'too_many_rows',
  );
}

async function toContent<Row>(
  format: ExportFormat,
  { name, table }: TableExport<Row>,
  parts: AsyncIterable<readonly Row[]>,
  { timeZone, hasMark }: { readonly timeZone: string | undefined; readonly hasMark: boolean },
): Promise<Readable> {
  const groups = toRowGroups(parts, table.countCharacters);
  if (format === 'xlsx')
    return Readable.fromWeb(await writeXlsx(table, groups, { sheetName: name, timeZone }));
  const text =
    format === 'csv'
      ? csvText(new CsvWriter(table, { timeZone, hasMark }), groups)
      : jsonLines(table, groups);
  return Readable.from(text, { objectMode: false });
}

async function* csvText<Row>(
  writer: CsvWriter<Row>,
  groups: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  yield writer.header();
  for await (const rows of groups) yield writer.rows(rows);
}

async function* jsonLines<Row>(
  { toJson }: Table<Row>,
  groups: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  for await (const rows of groups) yield rows.map((row) => `${JSON.stringify(toJson(row))}\n`).join('');
}

/** Reads the first part, so that an error of it is answered with its status. */
async function withFirstPart<Part>(parts: AsyncIterable<Part>): Promise<AsyncIterable<Part>> {
  const iterator = parts[Symbol.asyncIterator]();
  let first: IteratorResult<Part> | undefined = await iterator.next();
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const result = first ?? (await iterator.next());
        first = undefined;
        return result;
      },
      return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    }),
  };
}

/** `visits-job_20241116100000_….csv`, in which no character needs quoting. */
function getFileName<Row>(
  { name, nameParts = [] }: TableExport<Row>,
  timeZone: string | undefined,
  format: ExportFormat,
): string {
  const parts = [name, ...nameParts, timeZone].filter((part) => part !== undefined && part !== '');
  return `${parts.join('-').replace(/[^\w.-]+/g, '-')}.${format}`;
}
