import { RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiController } from '../http/routes/api-controller.decorator.js';
import { getKey } from '../http/caller.js';
import { JSON_BODY_ERRORS, TOO_MANY_EXPORTS } from '../http/routes/api-docs.js';
import type { Page } from '../http/input/page.js';
import { Route, type RouteInput } from '../http/routes/route.decorator.js';
import type { StreamedAnswer } from '../http/routes/answer.js';
import { iterateParts } from '../http/input/iterate-pages.js';
import { exportable, type ExportQuery } from '../http/tables/exportable-query.js';
import { FILES_DESCRIPTION } from '../http/tables/list-docs.js';
import { TableExports } from '../http/tables/table-exports.js';
import { VISIT_TABLE } from './visit-table.js';
import { ListVisitsQuery } from './list-visits-query.dto.js';
import { PutReviewDto, VISIT_LIST, VisitDto, VisitPageDto } from './visit.dto.js';
import type { VisitView } from './visit-view.js';
import { VisitsService } from './visits.service.js';

const VISIT_ID = { description: 'The id of the visit.', example: 'visit_1_0' };

/** Visits across jobs. */
@ApiTags('visits')
@ApiController('visits')
export class VisitsController {
  constructor(
    private readonly visits: VisitsService,
    private readonly files: TableExports,
  ) {}

  @Route(RequestMethod.GET, '', {
    id: 'listVisits',
    scope: 'read',
    summary: 'List visits of all jobs with their results, newest first',
    description:
      'A page may be shorter than `limit`, or empty, if its visits have very many images or many visits had to be skipped: ' +
      'the list ends when `next_cursor` is null. ' +
      FILES_DESCRIPTION,
    query: exportable(ListVisitsQuery),
    models: [VisitPageDto],
    answer: { description: 'A page of visits, or a file with all of them.', content: VISIT_LIST },
    errors: { 429: TOO_MANY_EXPORTS },
  })
  async list({
    query,
    request,
    response,
  }: RouteInput<ListVisitsQuery & ExportQuery>): Promise<Page<VisitView> | StreamedAnswer> {
    const filter = {
      jobId: query.job_id,
      storeId: query.store_id,
      areaCode: query.area_code,
      reference: query.reference,
      review: query.review,
      flag: query.flag,
      from: query.from,
      to: query.to,
    };
    const file = await this.files.answer(
      { query, request, response },
      {
        name: 'visits',
        nameParts: [query.job_id, query.store_id, query.area_code],
        table: VISIT_TABLE,
        readParts: async () => iterateParts((page) => this.visits.list({ ...filter, ...page })),
        countRows: (max) => this.visits.countUpTo(max + 1, filter),
      },
    );
    return file ?? this.visits.list({ ...filter, limit: query.limit, cursor: query.cursor });
  }

  @Route(RequestMethod.GET, ':visit_id', {
    id: 'getVisit',
    scope: 'read',
    summary: 'Get a visit with its results',
    params: { visit_id: VISIT_ID },
    answer: { type: VisitDto, description: 'The visit.' },
    errors: { 404: 'Visit not found' },
  })
  async get({ params: { visit_id = '' } }: RouteInput): Promise<VisitView> {
    return this.visits.get(visit_id);
  }

  @Route(RequestMethod.PUT, ':visit_id/review', {
    id: 'putReview',
    scope: 'review',
    audit: 'review_visit',
    summary: 'Review a visit',
    description:
      "A person's verdict. It replaces an earlier review, and changes neither the results nor the status of the job. A retry of " +
      'the job keeps it and sets `outdated`. It is deleted with the job.',
    params: { visit_id: VISIT_ID },
    body: PutReviewDto,
    answer: { type: VisitDto, description: 'The visit with its review.' },
    errors: { ...JSON_BODY_ERRORS, 400: 'A field is wrong.', 404: 'Visit not found' },
  })
  async review({
    params: { visit_id = '' },
    body,
    request,
  }: RouteInput<object, PutReviewDto>): Promise<VisitView> {
    return this.visits.review(visit_id, body, { by: getKey(request)?.name ?? null });
  }

  @Route(RequestMethod.DELETE, ':visit_id/review', {
    id: 'deleteReview',
    scope: 'review',
    audit: 'delete_review',
    summary: 'Remove the review of a visit',
    description: 'The answer is the same if the visit has no review.',
    params: { visit_id: VISIT_ID },
    answer: { status: 204, description: 'The visit has no review.' },
    errors: { 404: 'Visit not found' },
  })
  async deleteReview({ params: { visit_id = '' } }: RouteInput): Promise<void> {
    await this.visits.deleteReview(visit_id);
  }
}
