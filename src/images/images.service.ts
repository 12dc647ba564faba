import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { Cursor, type Page, PAGES_READ_AT_ONCE, toPage } from '../http/input/page.js';
import { FlagReader } from './flags/flag-reader.js';
import { ImagesRepository, type ResultFilter } from './images.repository.js';
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

/** Reads the images of a job. */
@Injectable()
export class ImagesService {
  private readonly atMost = pLimit(PAGES_READ_AT_ONCE);

  constructor(
    private readonly images: ImagesRepository,
    private readonly flags: FlagReader,
  ) {}

  /**
   * A page of a job's results in the order of submission; undefined if the job does not exist.
   *
   * @param job its id
   * @throws InvalidInputError for a cursor of another list
   */
  async page(
    job: string,
    filter: ResultFilter,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ImageResultView> | undefined> {
    const opened = page.cursor === undefined ? undefined : cursor.open(page.cursor);
    const found = await this.atMost(async () => {
      const results = await this.images.results(job, filter, opened?.key ?? START, page.limit + 1);
      return results && { number: results.number, rows: await this.withFlags(results.rows) };
    });
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
   * @param job its id
   * @returns parts that end with an error if the job is deleted meanwhile
   */
  async all(job: string, filter: ResultFilter): Promise<AsyncIterable<ImageResultView[]> | undefined> {
    const first = await this.images.results(job, filter, START, EXPORT_ROWS);
    return first && this.parts(job, filter, first.rows);
  }

  private async withFlags(rows: readonly ResultRow[]): Promise<FlaggedRow[]> {
    const found = await this.flags.read(rows);
    return rows.map((row, index) => ({ ...row, found: found[index] ?? [] }));
  }

  private async *parts(
    job: string,
    filter: ResultFilter,
    first: readonly ResultRow[],
  ): AsyncGenerator<ImageResultView[]> {
    for (let rows = first; ;) {
      yield (await this.withFlags(rows)).map(toResultView);
      const last = rows.at(-1);
      if (last === undefined || rows.length < EXPORT_ROWS) return;
      const next = await this.images.results(job, filter, [last.visit, last.seq], EXPORT_ROWS);
      if (next === undefined) throw new Error('the job was deleted while its results were read');
      ({ rows } = next);
    }
  }
}
