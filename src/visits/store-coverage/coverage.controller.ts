import { RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { toPeriod } from '../../http/input/period.js';
import { ApiController } from '../../http/routes/api-controller.decorator.js';
import { Route, type RouteInput } from '../../http/routes/route.decorator.js';
import { type CoverageFilterQuery, CoverageQuery, CoverageSummaryQuery } from './coverage-query.dto.js';
import { COVERAGE_LIST, CoveragePageDto, CoverageSummaryDto } from './coverage.dto.js';
import { iterateParts } from '../../http/input/iterate-pages.js';
import { MAX_LIMIT } from '../../http/input/page.js';
import type { StreamedAnswer } from '../../http/routes/answer.js';
import { TOO_MANY_EXPORTS } from '../../http/routes/api-docs.js';
import { exportable, type ExportQuery } from '../../http/tables/exportable-query.js';
import { FILES_DESCRIPTION } from '../../http/tables/list-docs.js';
import { TableExports } from '../../http/tables/table-exports.js';
import { COVERAGE_TABLE } from './coverage-table.js';
import type { CoverageFilter } from './coverage.repository.js';
import {
  type AreaCoverageView,
  type CoveragePage,
  CoverageService,
  MAX_COVERAGE_DAYS,
} from './coverage.service.js';

const USABLE =
  'A photo is usable if it succeeded, is not `too_small`, and its visit was not rejected in a review.';

/** Which stores have usable photos. */
@ApiTags('coverage')
@ApiController('coverage')
export class CoverageController {
  constructor(
    private readonly coverage: CoverageService,
    private readonly files: TableExports,
  ) {}

  @Route(RequestMethod.GET, '', {
    id: 'listCoverage',
    scope: 'read',
    summary: 'List stores with their visits and usable photos in a period, in order of their ids',
    description: `${USABLE} The list has all stores of the store master, those without a visit too. ${FILES_DESCRIPTION}`,
    query: exportable(CoverageQuery),
    models: [CoveragePageDto],
    answer: { description: 'A page of stores, or a file with all of them.', content: COVERAGE_LIST },
    errors: { 429: TOO_MANY_EXPORTS },
  })
  async list({
    query,
    request,
    response,
  }: RouteInput<CoverageQuery & ExportQuery>): Promise<CoveragePage | StreamedAnswer> {
    const filter = { ...toFilter(query), state: query.state };
    const file = await this.files.answer(
      { query, request, response },
      {
        name: 'coverage',
        nameParts: [query.from, 'to', query.to, query.area_code, query.state],
        table: COVERAGE_TABLE,
        readParts: async () =>
          iterateParts(({ limit = MAX_LIMIT, cursor }) => this.coverage.list(filter, { limit, cursor })),
        countRows: () => this.coverage.count(filter),
      },
    );
    return file ?? this.coverage.list(filter, query);
  }

  @Route(RequestMethod.GET, 'summary', {
    id: 'summarizeCoverage',
    scope: 'read',
    summary: 'Count the stores with usable photos by area and day or week',
    description: `${USABLE} An area is that of its stores now.`,
    query: CoverageSummaryQuery,
    answer: { type: CoverageSummaryDto, description: 'The counts, in order of areas and intervals.' },
    errors: { 400: 'A parameter is wrong, or the summary would have more than 10,000 items.' },
  })
  async summary({
    query,
  }: RouteInput<CoverageSummaryQuery>): Promise<{ readonly items: readonly AreaCoverageView[] }> {
    return this.coverage.summary(toFilter(query), query.interval);
  }
}

function toFilter({ from, to, time_zone, area_code }: CoverageFilterQuery): CoverageFilter {
  return { period: toPeriod({ from, to, timeZone: time_zone }, MAX_COVERAGE_DAYS), areaCode: area_code };
}
