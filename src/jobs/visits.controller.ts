import { Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiController } from '../http/api-controller.decorator.js';
import { answerJson } from '../http/json-answer.js';
import { ApiErrors, ApiPageQuery, ApiTextQuery, BAD_PARAMETER } from '../http/api-docs.js';
import { parseQuery } from '../http/request-input.js';
import { ListVisitsQuery } from './dto/queries.dto.js';
import { VisitPageDto } from './dto/visit.dto.js';
import { VisitsService } from './visits.service.js';

/** Visits across jobs. */
@ApiTags('visits')
@ApiController('visits')
export class VisitsController {
  constructor(private readonly visits: VisitsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listVisits',
    summary: 'What came of visits, newest first, across jobs',
    description:
      'A page may be shorter than `limit`, even empty, where its visits have very many images or much had to be passed over: ' +
      'the list ends where `next_cursor` is null.',
  })
  @ApiTextQuery('job_id', 64, 'Visits of this job.')
  @ApiTextQuery('store_id', 64, 'Visits to this store.')
  @ApiTextQuery('area_code', 64, 'Visits to stores that were in this area when the visit was submitted.')
  @ApiQuery({
    name: 'from',
    required: false,
    schema: { type: 'string', format: 'date-time' },
    description: 'Visited at or after.',
  })
  @ApiQuery({
    name: 'to',
    required: false,
    schema: { type: 'string', format: 'date-time' },
    description: 'Visited before.',
  })
  @ApiPageQuery()
  @ApiOkResponse({ type: VisitPageDto, description: 'A page of visits.' })
  @ApiErrors({ 400: BAD_PARAMETER })
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    const query = parseQuery(ListVisitsQuery, request);
    const filter = {
      jobId: query.job_id,
      storeId: query.store_id,
      areaCode: query.area_code,
      from: query.from,
      to: query.to,
    };
    await answerJson(response, await this.visits.list(filter, query));
  }
}
