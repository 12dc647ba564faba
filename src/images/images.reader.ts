import { Injectable } from '@nestjs/common';
import { Database, type Querying } from '../database/database.js';
import type { ReadOptions } from '../database/read-options.js';
import { Cursor, type Page, PAGES_READ_AT_ONCE, toPage } from '../http/input/page.js';
import { ReadLimit } from '../http/input/read-limit.js';
import { ImagesRepository, type JobResults, type ResultFilter } from './images.repository.js';
import { ResultDetailsRepository } from './results/result-details.repository.js';
import type { DetailedResultRow } from './results/result-table.js';
import { FlagReader } from './flags/flag-reader.js';
import {
  type FlaggedRow,
  type ImageResultView,
  type ResultRow,
  toResultView,
} from './results/result-fields.js';

/** The `[visit, seq]` of the last row of a page. */
const cursor = new Cursor<readonly [number, number]>(
  'images',
  (key): key is readonly [number, number] =>
    key.length === 2 &&
    key.every((part) => Number.isInteger(part) && Number(part) >= 0 && Number(part) < 2 ** 31),
);

/** Before the first row. */
const START = [0, -1] as const;

/**
 * Rows that an export reads at a time: enough to be efficient, and few enough for many concurrent exports.
 */
const EXPORT_ROWS = 1_000;

/** Reads the results of a job's images, in bounded memory. */
@Injectable()
export class ImagesReader {
  private readonly pages = new ReadLimit(PAGES_READ_AT_ONCE);

  constructor(
    private readonly database: Database,
    private readonly images: ImagesRepository,
    private readonly details: ResultDetailsRepository,
    private readonly flags: FlagReader,
  ) {}

  /**
   * A page of a job's results in the order of submission; undefined if the job does not exist.
   *
   * @param job its id; for one release its number is accepted too
   * @throws InvalidInputError for a cursor of another list
   */
  async page(
    job: string,
    filter: ResultFilter,
    page: { readonly limit: number; readonly cursor?: string | undefined },
    options: ReadOptions = {},
  ): Promise<Page<ImageResultView> | undefined> {
    const opened = page.cursor === undefined ? undefined : cursor.open(page.cursor);
    const on = this.database.on(options.manager);
    const found = await this.pages.run(options, () =>
      this.readFlagged(job, filter, { after: opened?.key ?? START, limit: page.limit + 1 }, on),
    );
    if (found === undefined) return undefined;
    const { number, rows } = found;
    // The job of the cursor can be checked only now.
    if (page.cursor !== undefined) cursor.decode(page.cursor, number);
    return toPage(rows, page.limit, toResultView, (row) => cursor.encode([row.visit, row.seq], number));
  }

  /**
   * All results of a job in the order of submission, in parts. The database holds nothing between two parts,
   * and each part contains the rows as they are when it is read. There is at least one part, which may be
   * empty. Undefined if the job does not exist.
   *
   * @param job its id; for one release its number is accepted too
   * @returns parts that end with an error if the job is deleted meanwhile
   */
  async all(job: string, filter: ResultFilter): Promise<AsyncIterable<ImageResultView[]> | undefined> {
    const first = await this.images.results(job, filter, START, EXPORT_ROWS);
    return (
      first &&
      mapParts(this.parts(job, filter, first), async (rows) => (await this.withFlags(rows)).map(toResultView))
    );
  }

  /** As {@link all}, with the details of the table of results. */
  async table(job: string, filter: ResultFilter): Promise<AsyncIterable<DetailedResultRow[]> | undefined> {
    const first = await this.images.results(job, filter, START, EXPORT_ROWS);
    if (first === undefined) return undefined;
    return mapParts(this.parts(job, filter, first), async (rows) => {
      const detailed = await this.details.addTo(first.number, await this.withFlags(rows));
      if (detailed === undefined) throw deletedMeanwhile();
      return detailed;
    });
  }

  /** The number of results that match, and at most `max`; 0 if the job does not exist. */
  async count(job: string, filter: ResultFilter, max: number): Promise<number> {
    return this.images.countResults(job, filter, max);
  }

  private async readFlagged(
    job: string,
    filter: ResultFilter,
    { after, limit }: { readonly after: readonly [number, number]; readonly limit: number },
    on: Querying,
  ): Promise<{ readonly number: string; readonly rows: readonly FlaggedRow[] } | undefined> {
    const results = await this.images.results(job, filter, after, limit, false, on);
    return results && { number: results.number, rows: await this.withFlags(results.rows, on) };
  }

  /** Adds the flags with their evidence, which is looked up for all rows at once. */
  private async withFlags(rows: readonly ResultRow[], on?: Querying): Promise<FlaggedRow[]> {
    const found = await this.flags.read(rows, on);
    return rows.map((row, index) => ({ ...row, found: found[index] ?? [] }));
  }

  private async *parts(
    job: string,
    filter: ResultFilter,
    first: JobResults,
  ): AsyncGenerator<readonly ResultRow[]> {
    for (let { rows } = first; ;) {
      yield rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < EXPORT_ROWS) return;
      const next = await this.images.results(job, filter, [last.visit, last.seq], EXPORT_ROWS);
      if (next === undefined) throw deletedMeanwhile();
      ({ rows } = next);
    }
  }
}

async function* mapParts<Part, Mapped>(
  parts: AsyncIterable<Part>,
  map: (part: Part) => Mapped | Promise<Mapped>,
): AsyncGenerator<Mapped> {
  for await (const part of parts) yield await map(part);
}

function deletedMeanwhile(): Error {
  return new Error('the job was deleted while its results were read');
}
