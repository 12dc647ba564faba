import { RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { toPeriod } from '../../http/input/period.js';
import { ApiController } from '../../http/routes/api-controller.decorator.js';
import { Route, type RouteInput } from '../../http/routes/route.decorator.js';
import { type CoverageFilterQuery, CoverageQuery, CoverageSummaryQuery } from './coverage-query.dto.js';
import { CoveragePageDto, CoverageSummaryDto } from './coverage.dto.js';
import type { CoverageFilter } from './coverage.repository.js';
import {
  type AreaCoverageView,
  type CoveragePage,
  CoverageService,
  MAX_COVERAGE_DAYS,
} from './coverage.service.js';

const USABLE = 'A photo is usable if it succeeded and its visit was not rejected in a review.';

/** Which stores have usable photos. */
@ApiTags('coverage')
@ApiController('coverage')
export class CoverageController {
  constructor(private readonly coverage: CoverageService) {}

  @Route(RequestMethod.GET, '', {
    id: 'listCoverage',
    scope: 'read',
    summary: 'List stores with their visits and usable photos in a period, in order of their ids',
    description: `${USABLE} The list has all stores of the store master, those without a visit too.`,
    query: CoverageQuery,
    answer: { type: CoveragePageDto, description: 'A page of stores.' },
  })
  async list({ query }: RouteInput<CoverageQuery>): Promise<CoveragePage> {
    return this.coverage.list({ ...toFilter(query), state: query.state }, query);
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
