import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { ApiError } from '../../http/errors/api-error.js';
import { Cursor, type Page, PAGES_READ_AT_ONCE, toPage } from '../../http/input/page.js';
import { toIntervals } from '../../http/input/period.js';
import { COVERAGE_STATES, type CoverageState } from './coverage-state.js';
import { type CoverageFilter, CoverageRepository, type CoverageRow } from './coverage.repository.js';

/** The maximum number of days of a report. */
export const MAX_COVERAGE_DAYS = 366;
/** The maximum number of areas and intervals of a summary. */
export const MAX_SUMMARY_ITEMS = 10_000;

/** The coverage of a store in the API. */
export type StoreCoverageView = Omit<CoverageRow, 'last_visit_time' | 'last_usable_time'> & {
  readonly last_visit_time: string | null;
  readonly last_usable_time: string | null;
};

/** A page of stores. The first page has the number of stores in each state. */
export interface CoveragePage extends Page<StoreCoverageView> {
  readonly totals: Readonly<Record<CoverageState, number>> | null;
}

/** The coverage of the stores of an area in an interval. */
export interface AreaCoverageView {
  readonly area_code: string;
  /** The local date of the first day. */
  readonly start: string;
  readonly stores: number;
  readonly covered: number;
  readonly no_usable_photo: number;
  readonly not_visited: number;
}

/** The id of the last store of a page. */
const cursor = new Cursor<readonly [string]>(
  'coverage',
  (key): key is readonly [string] =>
    key.length === 1 && typeof key[0] === 'string' && key[0].length <= 128 && !key[0].includes('\0'),
);

/** Tells which stores have usable photos of visits in a period. */
@Injectable()
export class CoverageService {
  private readonly atMost = pLimit(PAGES_READ_AT_ONCE);

  constructor(private readonly coverage: CoverageRepository) {}

  /**
   * A page of stores in order of their ids.
   *
   * @throws InvalidInputError for a cursor of another list
   */
  async list(
    filter: CoverageFilter,
    page: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<CoveragePage> {
    const after = page.cursor === undefined ? undefined : cursor.decode(page.cursor)[0];
    return this.atMost(async () => {
      const rows = await this.coverage.list(filter, after, page.limit + 1);
      const totals = after === undefined ? await this.coverage.totals(filter) : undefined;
      return {
        totals: totals ? { covered: 0, no_usable_photo: 0, not_visited: 0, ...totals } : null,
        ...toPage(rows, page.limit, toStoreView, toCursor),
      };
    });
  }

  /** The number of stores that match. */
  async count(filter: CoverageFilter): Promise<number> {
    const totals = await this.coverage.totals(filter);
    const states: readonly CoverageState[] = filter.state === undefined ? COVERAGE_STATES : [filter.state];
    return states.reduce((sum, state) => sum + (totals[state] ?? 0), 0);
  }

  /**
   * The coverage of each area in each day or ISO week.
   *
   * @throws ApiError `400` for more than {@link MAX_SUMMARY_ITEMS} areas and intervals
   */
  async summary(
    filter: Omit<CoverageFilter, 'state'>,
    unit: 'day' | 'week',
  ): Promise<{ readonly items: readonly AreaCoverageView[] }> {
    const intervals = toIntervals(filter.period, unit);
    const rows = await this.atMost(() => this.coverage.summary(filter, intervals, MAX_SUMMARY_ITEMS + 1));
    if (rows.length > MAX_SUMMARY_ITEMS)
      throw new ApiError(
        400,
        `The summary has more than ${MAX_SUMMARY_ITEMS} items: ask for weeks, a shorter period or one area_code.`,
        'summary_too_large',
      );
    const items = rows.map(({ place, ...row }) => ({
      area_code: row.area_code,
      start: intervals[place - 1]?.date ?? '',
      stores: row.stores,
      covered: row.covered,
      no_usable_photo: row.no_usable_photo,
      not_visited: row.stores - row.covered - row.no_usable_photo,
    }));
    return { items };
  }
}

function toCursor({ store_id }: CoverageRow): string {
  return cursor.encode([store_id]);
}

function toStoreView({ last_visit_time, last_usable_time, ...row }: CoverageRow): StoreCoverageView {
  return {
    ...row,
    last_visit_time: last_visit_time?.toISOString() ?? null,
    last_usable_time: last_usable_time?.toISOString() ?? null,
  };
}
