import { Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiController } from '../http/api-controller.decorator.js';
import { answerJson } from '../http/json-answer.js';
import { ApiErrors, ApiPageQuery, ApiTextQuery, BAD_PARAMETER, BAD_PATH } from '../http/api-docs.js';
import { getFairnessKey } from '../http/caller.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http/http.options.js';
import { parseQuery, pathParam } from '../http/request-input.js';
import { onceClosed } from '../http/once-closed.js';
import { OpenStreams } from '../http/open-streams.js';
import { answerStream } from '../http/streamed.js';
import { ImagesService } from '../images/images.service.js';
import { EXPORT_TYPES, exportResults } from '../images/result-export.js';
import { JobDto, JobPageDto } from './dto/job.dto.js';
import { ListImagesQuery, ListJobsQuery } from './dto/queries.dto.js';
import { ApiJobId } from './job-id.docs.js';
import { isJobId } from './job-id.js';
import { ApiJobImages } from './job-images.docs.js';
import { JOB_STATUSES } from './job.entity.js';
import { JobNotFoundError, JobsService } from './jobs.service.js';

/** Jobs: read, list, and the results of their images. */
@ApiTags('jobs')
@ApiController()
export class JobsController {
  private readonly exports: OpenStreams;

  constructor(
    private readonly jobs: JobsService,
    private readonly images: ImagesService,
    @Inject(HTTP_OPTIONS) private readonly http: HttpOptions,
  ) {
    this.exports = new OpenStreams(http.maxStreams, 'exports');
  }

  @Get('jobs')
  @ApiOperation({ operationId: 'listJobs', summary: 'List jobs, newest first' })
  @ApiQuery({ name: 'status', required: false, enum: JOB_STATUSES, description: 'Jobs that are so.' })
  @ApiTextQuery('store_id', 64, 'Jobs with a visit to this store.')
  @ApiTextQuery('reference', 200, 'Jobs with this label.')
  @ApiQuery({
    name: 'from',
    required: false,
    schema: { type: 'string', format: 'date-time' },
    description: 'Created at or after.',
  })
  @ApiQuery({
    name: 'to',
    required: false,
    schema: { type: 'string', format: 'date-time' },
    description: 'Created before.',
  })
  @ApiPageQuery()
  @ApiOkResponse({ type: JobPageDto, description: 'A page of jobs.' })
  @ApiErrors({ 400: BAD_PARAMETER })
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    const query = parseQuery(ListJobsQuery, request);
    const filter = {
      status: query.status,
      storeId: query.store_id,
      reference: query.reference,
      from: query.from,
      to: query.to,
    };
    await answerJson(response, await this.jobs.list(filter, query));
  }

  @Get('jobs/:job_id')
  @ApiOperation({ operationId: 'getJob', summary: 'A job with its counters and its first errors' })
  @ApiJobId()
  @ApiOkResponse({ type: JobDto, description: 'The job.' })
  @ApiErrors({ 400: BAD_PATH, 404: 'Job not found' })
  async get(@Req() request: Request, @Res() response: Response): Promise<void> {
    await answerJson(response, await this.jobs.get(pathParam(request, 'job_id')));
  }

  @Get('jobs/:job_id/images')
  @ApiJobImages()
  async results(@Req() request: Request, @Res() response: Response): Promise<void> {
    const query = parseQuery(ListImagesQuery, request);
    const job = pathParam(request, 'job_id');
    if (!isJobId(job)) throw new JobNotFoundError();
    const filter = { status: query.status, storeId: query.store_id };
    response.vary('Accept');
    const type = request.accepts(['application/json', ...EXPORT_TYPES]);
    if (type === 'text/csv' || type === 'application/x-ndjson') {
      onceClosed(response, this.exports.acquire(getFairnessKey(request)));
      const all = await this.images.all(job, filter);
      if (all === undefined) throw new JobNotFoundError();
      answerStream(response, type, exportResults(type, all), this.http.answers.stallMs);
      return;
    }
    const page = await this.images.page(job, filter, query);
    if (page === undefined) throw new JobNotFoundError();
    await answerJson(response, page);
  }
}
