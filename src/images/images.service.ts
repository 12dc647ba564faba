import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { Cursor, type Page, PAGES_READ_AT_ONCE, toPage } from '../http/input/page.js';
import { NotFoundError } from '../http/errors/api-error.js';
import { ImagesRepository, type ResultFilter } from './images.repository.js';
import { parseImageId } from './result-ids.js';
import { type ImageResultView, type ResultRow, toResultView } from './results/result-fields.js';

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

  constructor(private readonly images: ImagesRepository) {}

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
    const found = await this.atMost(() =>
      this.images.results(job, filter, opened?.key ?? START, page.limit + 1),
    );
    if (found === undefined) return undefined;
    const { number, rows } = found;
    // The job of the cursor can be checked only now.
    if (page.cursor !== undefined) cursor.decode(page.cursor, number);
    return toPage(rows, page.limit, toResultView, (row) => cursor.encode([row.visit, row.seq], number));
  }

  /**
   * The result of one image.
   *
   * @param job the id of its job
   * @throws NotFoundError if the job has no such image
   * @returns undefined if the job does not exist
   */
  async find(job: string, imageId: string): Promise<ImageResultView | undefined> {
    const place = parseImageId(imageId);
    // No job has the number 0, so that an unknown job is found to be unknown first.
    const row = await this.images.result(job, place ?? { job: '0', seq: 0 });
    if (row === null) throw new NotFoundError('Image not found', 'image_not_found');
    return row && toResultView(row);
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

  private async *parts(
    job: string,
    filter: ResultFilter,
    first: readonly ResultRow[],
  ): AsyncGenerator<ImageResultView[]> {
    for (let rows = first; ;) {
      yield rows.map(toResultView);
      const last = rows.at(-1);
      if (last === undefined || rows.length < EXPORT_ROWS) return;
      const next = await this.images.results(job, filter, [last.visit, last.seq], EXPORT_ROWS);
      if (next === undefined) throw new Error('the job was deleted while its results were read');
      ({ rows } = next);
    }
  }
}
