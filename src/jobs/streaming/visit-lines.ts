import type { Readable } from 'node:stream';
import type { Request } from 'express';
import type { Fault } from '../../http/api-error.js';
import { headerError, readCsv } from '../../http/csv.js';
import { dateTime, parseDateTime } from '../../http/date-time.js';
import { costsMoreThan, MAX_MAIN_THREAD_COST } from '../../http/json-cost.js';
import { readLines } from '../../http/lines.js';
import { type Rule, text } from '../../http/rules.js';
import { imageUrl, MAX_URLS_PER_VISIT } from '../image-url.rule.js';
import { isS3 } from '../../outbound/sources/s3-url.js';
import { type NewVisit, NO_SOURCE, parseVisit, type SubmissionLimits } from '../submission.js';

/** Most bytes of a line of NDJSON. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** A visit has a few keys and up to 1,000 URLs: other fields that take longer than these to parse are not read. */
const TOO_COMPLEX =
  'holds too many keys, lists and objects, or is nested too deeply: send only the fields of a visit';

/** A part of a body: the visits in it, and the faults of its lines with their numbers. */
export interface VisitLines {
  readonly visits: readonly NewVisit[];
  readonly faults: readonly Fault[];
}

/** Reads a body part by part. */
export type VisitReader = (body: Readable, limits: SubmissionLimits) => AsyncGenerator<VisitLines>;

/** What reads the body of a request whose content type is one of those that stream; undefined for any other. */
export function readerFor(request: Request): VisitReader | undefined {
  if (request.is('application/x-ndjson')) return readNdjsonVisits;
  return request.is('text/csv') ? readCsvVisits : undefined;
}

/**
 * The visits of a body of NDJSON: one object a line.
 *
 * @throws ApiError (`400`) for a line that is too long or not UTF-8
 */
export async function* readNdjsonVisits(
  body: Readable,
  limits: SubmissionLimits,
): AsyncGenerator<VisitLines> {
  for await (const lines of readLines(body as AsyncIterable<Buffer>, MAX_LINE_BYTES)) {
    const visits: NewVisit[] = [];
    const faults: Fault[] = [];
    for (const { line, text: json } of lines) {
      const path = `Line ${line}`;
      if (costsMoreThan(json, MAX_MAIN_THREAD_COST)) {
        faults.push({ path, message: TOO_COMPLEX });
        continue;
      }
      const raw = parseJson(json);
      if (raw === undefined) faults.push({ path, message: 'is not valid JSON' });
      const visit = raw === undefined ? undefined : parseVisit(raw, path, ': ', faults, limits);
      if (visit !== undefined) visits.push(visit);
    }
    yield { visits, faults };
  }
}

/** Undefined for what is no JSON: no JSON text means that. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const COLUMNS = ['store_id', 'image_url', 'visit_time'] as const;
/** Rows that are neighbours and have the same value in this column are one visit. */
const VISIT_COLUMN = 'visit';
type Column = (typeof COLUMNS)[number] | typeof VISIT_COLUMN;

const storeId = text(1, 64);

/**
 * The visits of a body of CSV: one image a row, under the columns `store_id,image_url,visit_time` and perhaps `visit`.
 * Neighbouring rows with the same `visit`, or without that column the same store and time, are one visit.
 *
 * @throws ApiError (`400`) for another header, and for text that is not CSV any more
 */
export async function* readCsvVisits(body: Readable, limits: SubmissionLimits): AsyncGenerator<VisitLines> {
  let rows: VisitRows | undefined;
  for await (const some of readCsv(body)) {
    for (const { line, record } of some) {
      if (rows === undefined) rows = new VisitRows(record, limits);
      else rows.add(line, record);
    }
    if (rows !== undefined) yield rows.take();
  }
  if (rows === undefined) throw badHeader([]);
  rows.endVisit();
  yield rows.take();
}

function badHeader(found: readonly string[]): Error {
  return headerError('store_id,image_url,visit_time in any order, and visit if you like', found);
}

interface OpenVisit {
  /** Its value in the column of visits, where there is one. */
  readonly visit: string;
  readonly storeId: string;
  readonly visitTime: Date;
  readonly imageUrls: string[];
}

/** Gathers rows to visits. */
class VisitRows {
  private readonly at: ReadonlyMap<string, number>;
  private readonly columns: number;
  private open: OpenVisit | undefined;
  /** The time that was read last: most rows have that of the row before. */
  private lastTime: { readonly text: string; readonly time: Date | undefined } = {
    text: '',
    time: undefined,
  };
  private visits: NewVisit[] = [];
  private faults: Fault[] = [];

  constructor(
    header: readonly string[],
    private readonly limits: SubmissionLimits,
  ) {
    const names = header.map((name) => name.trim());
    const known = new Set<string>([...COLUMNS, VISIT_COLUMN]);
    const isComplete = COLUMNS.every((name) => names.includes(name));
    if (!isComplete || !names.every((name) => known.has(name)) || new Set(names).size < names.length)
      throw badHeader(names);
    this.at = new Map(names.map((name, index) => [name, index]));
    this.columns = names.length;
  }

  /** What has been gathered and is not part of a visit that may go on. */
  take(): VisitLines {
    const taken = { visits: this.visits, faults: this.faults };
    this.visits = [];
    this.faults = [];
    return taken;
  }

  add(line: number, record: readonly string[]): void {
    const fault = this.read(record);
    if (fault !== undefined) this.faults.push({ ...fault, path: `Line ${line}${fault.path}` });
  }

  endVisit(): void {
    if (this.open !== undefined) this.visits.push(this.open);
    this.open = undefined;
  }

  /** Adds the row to its visit; undefined, or what is wrong with it. */
  private read(record: readonly string[]): Fault | undefined {
    if (record.length !== this.columns)
      return { path: '', message: `has ${record.length} columns, not ${this.columns}` };
    const store = this.cell(record, 'store_id');
    const url = this.cell(record, 'image_url');
    const visitTime = this.timeOf(this.cell(record, 'visit_time'));
    const fault =
      faultIn('store_id', storeId(store)) ?? faultIn('image_url', imageUrl(url) ?? this.sourceFault(url));
    if (fault !== undefined) return fault;
    if (visitTime === undefined) return faultIn('visit_time', dateTime(undefined));
    return this.addToVisit(store, visitTime, url, this.cell(record, VISIT_COLUMN));
  }

  private addToVisit(store: string, visitTime: Date, url: string, visit: string): Fault | undefined {
    const isOfStoreAndTime =
      this.open?.storeId === store && this.open.visitTime.getTime() === visitTime.getTime();
    const goesOn = this.at.has(VISIT_COLUMN) ? this.open?.visit === visit : isOfStoreAndTime;
    if (this.open === undefined || !goesOn) {
      this.endVisit();
      this.open = { visit, storeId: store, visitTime, imageUrls: [] };
    } else if (!isOfStoreAndTime) {
      return { path: ': visit', message: 'is that of the row before, whose store or time is another' };
    }
    if (this.open.imageUrls.length === MAX_URLS_PER_VISIT)
      return { path: '', message: `is one image more than the ${MAX_URLS_PER_VISIT} that a visit holds` };
    this.open.imageUrls.push(url);
    return undefined;
  }

  private sourceFault(url: string): string | undefined {
    return isS3(url) && !this.limits.hasSource(url) ? NO_SOURCE : undefined;
  }

  private timeOf(value: string): Date | undefined {
    if (value !== this.lastTime.text) this.lastTime = { text: value, time: parseDateTime(value) };
    return this.lastTime.time;
  }

  private cell(record: readonly string[], name: Column): string {
    return (record[this.at.get(name) ?? -1] ?? '').trim();
  }
}

function faultIn(column: Column, message: ReturnType<Rule>): Fault | undefined {
  return typeof message === 'string' ? { path: `: ${column}`, message } : undefined;
}
