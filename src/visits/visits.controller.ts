import { RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiController } from '../http/routes/api-controller.decorator.js';
import type { Page } from '../http/input/page.js';
import { Route, type RouteInput } from '../http/routes/route.decorator.js';
import { ListVisitsQuery } from './list-visits-query.dto.js';
import { VisitPageDto } from './visit.dto.js';
import type { VisitView } from './visit-view.js';
import { VisitsService } from './visits.service.js';

/** Visits across jobs. */
@ApiTags('visits')
@ApiController('visits')
export class VisitsController {
  constructor(private readonly visits: VisitsService) {}

  @Route(RequestMethod.GET, '', {
    id: 'listVisits',
    scope: 'read',
    summary: 'List visits of all jobs with their results, newest first',
    description:
      'A page may be shorter than `limit`, or empty, if its visits have very many images or many visits had to be skipped: ' +
      'the list ends when `next_cursor` is null.',
    query: ListVisitsQuery,
    answer: { type: VisitPageDto, description: 'A page of visits.' },
  })
  async list({ query }: RouteInput<ListVisitsQuery>): Promise<Page<VisitView>> {
    const filter = {
      jobId: query.job_id,
      storeId: query.store_id,
      areaCode: query.area_code,
      reference: query.reference,
      from: query.from,
      to: query.to,
    };
    return this.visits.list(filter, query);
  }
}
