import { Injectable } from '@nestjs/common';
import { Database, type Querying } from '../database/database.js';
import type { ReadOptions } from '../database/read-options.js';
import type { WriteOptions } from '../database/write-options.js';
import { InvalidInputError, NotFoundError } from '../http/errors/api-error.js';
import { checkQuery, type EarlierPage } from '../http/input/code-query.js';
import { iteratePages } from '../http/input/iterate-pages.js';
import {
  Cursor,
  type Filters,
  type Page,
  PAGE_CHARACTERS,
  PAGES_READ_AT_ONCE,
  type PageRequest,
  toParts,
} from '../http/input/page.js';
import { ReadLimit } from '../http/input/read-limit.js';
import { text } from '../http/input/rules.js';
import { type FlaggedImage, FlagReader } from '../images/flags/flag-reader.js';
import { countFlagCharacters } from '../images/flags/flag.js';
import { isJobId, parseVisitId, type VisitPlace } from '../images/result-ids.js';
import { countMetadataCharacters } from '../jobs/metadata.rule.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { ListVisitsQuery } from './list-visits-query.dto.js';
import { type NewReview, reviewNote, reviewState } from './review.js';
import { toVisitView, type VisitView } from './visit-view.js';
import {
  type ListedVisit,
  type VisitFilter,
  type VisitKey,
  VisitsRepository,
  type VisitWithImages,
} from './visits.repository.js';

/** A query of the list of visits. A visit has to match all filters that are given. */
export interface VisitQuery extends Omit<VisitFilter, 'job'>, PageRequest {
  /** Only visits of this job. Of a job that does not exist there are none. */
  readonly jobId?: string | undefined;
}

/** A number of visits. */
export interface VisitCount {
  readonly count: number;
  /** Whether there may be more. */
  readonly at_least: boolean;
}

/** The maximum number of visits that are counted. */
export const MAX_COUNT = 10_000;
/** Images that one statement reads, exceeded by at most one visit. */
const READ_IMAGES = 2_000;
/** Characters of an image on a page besides its URL and error. */
const IMAGE_CHARACTERS = 100;
/** Visits that a statement reads at least when an earlier one found too few visible visits. */
const STEP = 1_000;
/** More visits than any filter matches. */
const MAX_READ = 2 ** 31 - 1;
/** Visits that one request looks through, visible or not. */
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

/** Reads visits of all jobs with their results, and keeps their reviews. */
@Injectable()
export class VisitsService {
  private readonly pages = new ReadLimit(PAGES_READ_AT_ONCE);

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly visits: VisitsRepository,
    private readonly flags: FlagReader,
  ) {}

  /**
   * Returns a page of visits with their images, newest first. It costs the same wherever the cursor stands. It is shorter than `limit` if the images would
   * make it too large, or if it had to skip too many visits that are still being uploaded or were deleted. It may then even
   * be empty.
   *
   * @throws InvalidInputError for an invalid filter or limit, and for a cursor of another list
   */
  async list(query?: VisitQuery, options?: ReadOptions): Promise<Page<VisitView>>;
  /** @deprecated `limit` and `cursor` are fields of the query. The next release does not read them here. */
  async list(query: VisitQuery, page: EarlierPage): Promise<Page<VisitView>>;
  async list(query: VisitQuery = {}, options: ReadOptions & EarlierPage = {}): Promise<Page<VisitView>> {
    const { jobId, limit, cursor: given, ...filter } = checkQuery(ListVisitsQuery, query, options);
    const on = this.database.on(options.manager);
    const after = given === undefined ? undefined : toVisitKey(cursor.decode(given));
    const job = jobId === undefined ? undefined : await this.findNumber(jobId, on);
    if (job === null) return { items: [], next_cursor: null };
    const { visits, rest } = await this.visible({ ...filter, job }, after, limit, on);
    const { items, cut } = await this.pages.run(options, () => this.read(visits, on));
    const next = cut ?? rest;
    return {
      items,
      next_cursor: next ? cursor.encode([next.visit_time.getTime(), next.job, next.seq]) : null,
    };
  }

  /**
   * Reads all visits that match, newest first, a page at a time. A visit that is there throughout and keeps matching comes exactly once.
   *
   * @throws InvalidInputError for an invalid filter
   */
  iterate(
    filter: Filters<VisitQuery> = {},
    options: ReadOptions = {},
  ): AsyncGenerator<VisitView, void, undefined> {
    return iteratePages((page) => this.list({ ...filter, ...page }, options));
  }

  /**
   * Counts visits up to 10,000. `at_least` says that there may be more: because there are more than that, or because too many visits had to be skipped.
   *
   * @throws InvalidInputError for an invalid filter
   */
  async count(query: Filters<VisitQuery> = {}, options: ReadOptions = {}): Promise<VisitCount> {
    const { jobId, limit: _limit, cursor: _cursor, ...filter } = checkQuery(ListVisitsQuery, query);
    const on = this.database.on(options.manager);
    const job = jobId === undefined ? undefined : await this.findNumber(jobId, on);
    if (job === null) return { count: 0, at_least: false };
    const { count, is_cut } = await this.visits.count(
      { ...filter, job },
      MAX_COUNT + 1,
      MAX_LOOKED_THROUGH,
      on,
    );
    return { count: Math.min(count, MAX_COUNT), at_least: count > MAX_COUNT || is_cut };
  }

  /**
   * Counts the visits that match, and at most `max`, without reading their images.
   *
   * @throws InvalidInputError for an invalid filter
   */
  async countUpTo(max: number, query: Filters<VisitQuery>): Promise<number> {
    const { jobId, limit: _limit, cursor: _cursor, ...filter } = checkQuery(ListVisitsQuery, query);
    const on = this.database.on(undefined);
    const job = jobId === undefined ? undefined : await this.findNumber(jobId, on);
    if (job === null) return 0;
    const { count } = await this.visits.count({ ...filter, job }, max, MAX_READ, on);
    return count;
  }

  /**
   * Returns a visit with all its images. The visit and its images are read at one moment.
   *
   * @throws NotFoundError
   */
  async get(visitId: string, options: ReadOptions = {}): Promise<VisitView> {
    return this.readOne(toPlace(visitId), options);
  }

  /**
   * Saves a person's verdict on a visit. It replaces an earlier one.
   *
   * @param options.by who reviewed it, 1 to 200 characters. The default is null.
   * @throws NotFoundError
   * @throws InvalidInputError
   */
  async review(
    visitId: string,
    { state, note = null }: NewReview,
    { by = null, manager }: WriteOptions & { readonly by?: string | null } = {},
  ): Promise<VisitView> {
    checkReview({ state, note }, by);
    const place = toPlace(visitId);
    const isSaved = await this.database.transaction(
      (transaction) => this.visits.saveReview(transaction, place, { state, note, by }),
      manager,
    );
    if (!isSaved) throw visitNotFound();
    return this.readOne(place, { manager });
  }

  /**
   * Removes the review of a visit, if it has one.
   *
   * @throws NotFoundError if the visit does not exist
   */
  async deleteReview(visitId: string, { manager }: WriteOptions = {}): Promise<void> {
    const place = toPlace(visitId);
    const isFound = await this.database.transaction(
      (transaction) => this.visits.deleteReview(transaction, place),
      manager,
    );
    if (!isFound) throw visitNotFound();
  }

  private async readOne(place: VisitPlace, options: ReadOptions = {}): Promise<VisitView> {
    const on = this.database.on(options.manager);
    const [view] = await this.pages.run(options, () => this.readViews([place], on));
    if (view === undefined) throw visitNotFound();
    return view;
  }

  /** The number of a job; null if there is none with this id. */
  private async findNumber(jobId: string, on: Querying): Promise<string | null> {
    if (!isJobId(jobId)) return null;
    return (await this.jobs.findByJobId(jobId, on))?.id ?? null;
  }

  /** The next visible visits, and the key to continue after, if there are more. */
  private async visible(
    filter: VisitFilter,
    after: VisitKey | undefined,
    limit: number,
    on: Querying,
  ): Promise<{ readonly visits: readonly ListedVisit[]; readonly rest: VisitKey | undefined }> {
    const visits: ListedVisit[] = [];
    let last = after;
    let size = limit + 1;
    for (let looked = 0; looked < MAX_LOOKED_THROUGH; looked += size, size = Math.max(STEP, limit + 1)) {
      const listed = await this.visits.list(filter, last, size, on);
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
    on: Querying,
  ): Promise<{ readonly items: readonly VisitView[]; readonly cut: VisitKey | undefined }> {
    const items: VisitView[] = [];
    let last: VisitKey | undefined;
    let characters = 0;
    for (const part of toParts(visits, ({ image_count }) => image_count, READ_IMAGES)) {
      const read = await this.visits.read(part, on);
      const views = await this.toViews(read, on);
      for (const [index, visit] of read.entries()) {
        if (characters > PAGE_CHARACTERS) return { items, cut: last };
        const view = views[index];
        if (view === undefined) break;
        items.push(view);
        characters += countCharacters(view);
        last = visit;
      }
    }
    return { items, cut: undefined };
  }

  private async readViews(places: readonly VisitPlace[], on: Querying): Promise<VisitView[]> {
    return this.toViews(await this.visits.read(places, on), on);
  }

  /** Adds the flags of the images. Their evidence is looked up for all visits at once. */
  private async toViews(visits: readonly VisitWithImages[], on: Querying): Promise<VisitView[]> {
    const isFlagged = visits.some(({ images }) => images.some(({ flagged }) => flagged !== null));
    const flags = isFlagged ? await this.flags.read(visits.flatMap(toFlaggedImages), on) : [];
    let from = 0;
    return visits.map((visit) => {
      const to = from + visit.images.length;
      const view = toVisitView(visit, flags.slice(from, to));
      from = to;
      return view;
    });
  }
}

/** @throws NotFoundError if no visit can have the id */
function toPlace(visitId: string): VisitPlace {
  const place = parseVisitId(visitId);
  if (place === undefined) throw visitNotFound();
  return place;
}

function visitNotFound(): NotFoundError {
  return new NotFoundError('Visit not found', 'visit_not_found');
}

const reviewer = text(1, 200);

/** @throws InvalidInputError */
function checkReview({ state, note }: NewReview, by: string | null): void {
  const faults = [
    { path: 'state', message: reviewState(state) },
    { path: 'note', message: note === null ? undefined : reviewNote(note) },
    { path: 'by', message: by === null ? undefined : reviewer(by) },
  ].flatMap(({ path, message }) => (typeof message === 'string' ? [{ path, message }] : []));
  if (faults.length > 0) throw new InvalidInputError(faults);
}

function toVisitKey([time, job, seq]: readonly [number, string, number]): VisitKey {
  return { visit_time: new Date(time), job, seq };
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

/** What the flags of a visit's images are read from. */
function toFlaggedImages({ images, job, seq: visit, store_id, visit_time }: VisitWithImages): FlaggedImage[] {
  return images.map(({ seq, width, height, flagged }) => ({
    ...(flagged ?? NO_FLAGS),
    job,
    seq,
    visit,
    store_id,
    visit_time,
    width,
    height,
  }));
}

const NO_FLAGS = { flags: null, file_key: null, picture_key: null, flag_evidence: null, format: null };

function countCharacters({ images, metadata, review }: VisitView): number {
  return images.reduce(
    (sum, { image_url, error, flags }) =>
      sum + IMAGE_CHARACTERS + image_url.length + (error?.length ?? 0) + countFlagCharacters(flags),
    countMetadataCharacters(metadata) + (review?.note?.length ?? 0),
  );
}
