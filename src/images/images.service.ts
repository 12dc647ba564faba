import { Injectable } from '@nestjs/common';
import { Cursor, type Page, pageOf } from '../http/page.js';
import { ImagesRepository, type ResultFilter, type ResultRow } from './images.repository.js';

/** What came of one image, as the API words it. */
export interface ImageResultView {
  readonly image_id: string;
  readonly store_id: string;
  readonly visit_time: string;
  readonly image_url: string;
  readonly status: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly perimeter: number | null;
  readonly format: string | null;
  readonly mime: string | null;
  readonly orientation: number | null;
  readonly content_length: number | null;
  readonly attempts: number;
  readonly error: string | null;
  readonly error_code: string | null;
  readonly processed_at: string | null;
  readonly analysis: Record<string, unknown>;
}

/** The `[visit, seq]` of the last row of a page. */
const cursor = new Cursor<readonly [number, number]>(
  'images',
  (key): key is readonly [number, number] =>
    key.length === 2 &&
    key.every((part) => Number.isInteger(part) && Number(part) >= 0 && Number(part) < 2 ** 31),
);

/** Reads the images of a job. */
@Injectable()
export class ImagesService {
  constructor(private readonly images: ImagesRepository) {}

  /**
   * A page of a job's results in the order of submission; undefined when the job is gone.
   *
   * @throws InvalidInputError for a cursor of another list
   */
  async page(
    job: { readonly id: string; readonly rows_behind: boolean },
    filter: ResultFilter,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ImageResultView> | undefined> {
    const after = page.cursor === undefined ? ([0, -1] as const) : cursor.decode(page.cursor, job.id);
    const rows = await this.images.results(job, filter, after, page.limit + 1);
    return rows && pageOf(rows, page.limit, toView, (row) => cursor.encode([row.visit, row.seq], job.id));
  }
}

function toView(row: ResultRow): ImageResultView {
  // What a row still knows of a try that does not count, or not yet, is nobody's result.
  const settled = row.status === 'succeeded' || row.status === 'failed';
  return {
    image_id: `img_${row.job}_${row.seq}`,
    store_id: row.store_id,
    visit_time: row.visit_time.toISOString(),
    image_url: row.url,
    status: row.status,
    width: row.width,
    height: row.height,
    perimeter: row.perimeter,
    format: row.format,
    mime: row.mime,
    orientation: row.orientation,
    content_length: settled && row.content_length !== null ? Number(row.content_length) : null,
    attempts: row.attempts,
    error: row.status === 'failed' ? row.error : null,
    error_code: row.status === 'failed' ? row.error_code : null,
    processed_at: settled ? (row.processed_at?.toISOString() ?? null) : null,
    analysis: row.analysis ?? {},
  };
}
