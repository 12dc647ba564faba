import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { Cursor, type Page, PAGE_CHARACTERS, PAGES_READ_AT_ONCE, toParts } from '../http/input/page.js';
import { isJobId } from '../jobs/job-id.js';
import { countMetadataCharacters } from '../jobs/metadata.rule.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { toVisitView, type VisitView } from './visit-view.js';
import {
  type ListedVisit,
  type VisitFilter,
  type VisitKey,
  VisitsRepository,
  type VisitWithImages,
} from './visits.repository.js';

/** Filter of {@link VisitsService.list}, with the id of the job. */
export type VisitQuery = Omit<VisitFilter, 'job'> & { readonly jobId: string | undefined };

/** Images that one statement reads, exceeded by at most one visit. */
const READ_IMAGES = 2_000;
/** Characters of an image on a page besides its URL and error. */
const IMAGE_CHARACTERS = 100;
/** Visits that are read at a time, and by one request, if some are not visible. */
const STEP = 1_000;
const MAX_LOOKED_THROUGH = 50_000;

/** Earliest and latest time of a visit. */
const FIRST_TIME = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

/** The `[visit_time in milliseconds, job, seq]` of the last visit of a page. */
const cursor = new Cursor<readonly [number, string, number]>(
  'visits',
  (key): key is readonly [number, string, number] => {
    const [time, job, seq] = key;
    return (
      key.length === 3 &&
      isWithin(time, FIRST_TIME, LAST_TIME) &&
      typeof job === 'string' &&
      /^\d{1,18}$/.test(job) &&
      isWithin(seq, 0, 2 ** 31 - 1)
    );
  },
);

/** Lists visits of all jobs with their results. */
@Injectable()
export class VisitsService {
  private readonly atMost = pLimit(PAGES_READ_AT_ONCE);

  constructor(
    private readonly jobs: JobsRepository,
    private readonly visits: VisitsRepository,
  ) {}

  /**
   * A page of visits with their images, newest first. It is shorter than `limit` if the images would make it
   * too large, or if too many visits were skipped that are still streaming in or were deleted. It may then even
   * be empty.
   *
   * @throws InvalidInputError for a cursor of another list
   */
  async list(
    { jobId, ...filter }: VisitQuery,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<VisitView>> {
    const after = page.cursor === undefined ? undefined : toVisitKey(cursor.decode(page.cursor));
    const job = jobId === undefined ? undefined : await this.findNumber(jobId);
    if (job === null) return { items: [], next_cursor: null };
    const { visits, rest } = await this.visible({ ...filter, job }, after, page.limit);
    const { items, cut } = await this.atMost(() => this.read(visits));
    const next = cut ?? rest;
    return {
      items,
      next_cursor: next ? cursor.encode([next.visit_time.getTime(), next.job, next.seq]) : null,
    };
  }

  /** The number of a job; null if there is none with this id. */
  private async findNumber(jobId: string): Promise<string | null> {
    if (!isJobId(jobId)) return null;
    return (await this.jobs.findByJobId(jobId))?.id ?? null;
  }

  /** The next visible visits, and the key to continue after, if there are more. */
  private async visible(
    filter: VisitFilter,
    after: VisitKey | undefined,
    limit: number,
  ): Promise<{ readonly visits: readonly ListedVisit[]; readonly rest: VisitKey | undefined }> {
    const visits: ListedVisit[] = [];
    let last = after;
    let size = limit + 1;
    for (let looked = 0; looked < MAX_LOOKED_THROUGH; looked += size, size = Math.max(STEP, limit + 1)) {
      const listed = await this.visits.list(filter, last, size);
      visits.push(...listed.filter(({ is_visible }) => is_visible));
      if (visits.length > limit) return { visits: visits.slice(0, limit), rest: visits[limit - 1] };
      if (listed.length < size) return { visits, rest: undefined };
      last = listed.at(-1);
    }
    return { visits, rest: last };
  }

  /** Visits with their images. If they are too large for one page, `cut` is the last visit on it. */
  private async read(
    visits: readonly ListedVisit[],
  ): Promise<{ readonly items: readonly VisitView[]; readonly cut: VisitKey | undefined }> {
    const items: VisitView[] = [];
    let last: VisitKey | undefined;
    let characters = 0;
    for (const part of toParts(visits, ({ image_count }) => image_count, READ_IMAGES)) {
      for (const visit of await this.visits.read(part)) {
        if (characters > PAGE_CHARACTERS) return { items, cut: last };
        items.push(toVisitView(visit));
        characters += countCharacters(visit);
        last = visit;
      }
    }
    return { items, cut: undefined };
  }
}

function toVisitKey([time, job, seq]: readonly [number, string, number]): VisitKey {
  return { visit_time: new Date(time), job, seq };
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function countCharacters({ images, metadata }: VisitWithImages): number {
  return images.reduce(
    (sum, { image_url, error }) => sum + IMAGE_CHARACTERS + image_url.length + (error?.length ?? 0),
    countMetadataCharacters(metadata),
  );
}
