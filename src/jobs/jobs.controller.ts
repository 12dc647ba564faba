import { Inject, RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiController } from '../http/routes/api-controller.decorator.js';
import { TOO_MANY_EXPORTS } from '../http/routes/api-docs.js';
import { getFairnessKey } from '../http/caller.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http/http.options.js';
import { onceClosed } from '../http/once-closed.js';
import { OpenStreams } from '../http/answers/open-streams.js';
import type { Page } from '../http/input/page.js';
import { StreamedAnswer } from '../http/routes/answer.js';
import { Route, type RouteInput } from '../http/routes/route.decorator.js';
import { ImagesService } from '../images/images.service.js';
import { EXPORT_TYPES, exportResults } from '../images/results/result-export.js';
import type { ImageResultView } from '../images/results/result-fields.js';
import {
  IMAGE_RESULT,
  ImageResultDto,
  ImageResultPageDto,
  IMAGE_RESULTS,
} from '../images/results/image-result.dto.js';
import { JobDto, JobPageDto } from './dto/job.dto.js';
import { ListImagesQuery, ListJobsQuery } from './dto/queries.dto.js';
import { isJobId, JOB_ID } from './job-id.js';
import type { JobView } from './job-view.js';
import { JobNotFoundError, JobsService } from './jobs.service.js';

/** Reads and lists jobs and the results of their images. */
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

  @Route(RequestMethod.GET, 'jobs', {
    id: 'listJobs',
    scope: 'read',
    summary: 'List jobs, newest first',
    description:
      'A page may be shorter than `limit`, or empty, if its errors are very long or `q` matches few of many jobs. The list ends when `next_cursor` is null.',
    query: ListJobsQuery,
    answer: { type: JobPageDto, description: 'A page of jobs.' },
  })
  async list({ query }: RouteInput<ListJobsQuery>): Promise<Page<JobView>> {
    const filter = {
      status: query.status,
      storeId: query.store_id,
      reference: query.reference,
      part: query.q,
      from: query.from,
      to: query.to,
    };
    return this.jobs.list(filter, query);
  }

  @Route(RequestMethod.GET, 'jobs/:job_id', {
    id: 'getJob',
    scope: 'read',
    summary: 'Get a job with its counters and its first errors',
    params: JOB_ID,
    answer: { type: JobDto, description: 'The job.' },
    errors: { 404: 'Job not found' },
  })
  async get({ params: { job_id = '' } }: RouteInput): Promise<JobView> {
    return this.jobs.get(job_id);
  }

  @Route(RequestMethod.GET, 'jobs/:job_id/images', {
    id: 'listJobImages',
    scope: 'read',
    summary: 'List the results of images in order of submission',
    description:
      'With `Accept: text/csv` or `application/x-ndjson` all matching images are streamed without paging. ' +
      'If the connection breaks before the end, the response is incomplete.',
    params: JOB_ID,
    query: ListImagesQuery,
    models: [ImageResultPageDto],
    answer: { description: 'A page of results, or all of them.', content: IMAGE_RESULTS },
    errors: { 404: 'Job not found', 429: TOO_MANY_EXPORTS },
  })
  async results({
    params: { job_id = '' },
    query,
    request,
    response,
  }: RouteInput<ListImagesQuery>): Promise<Page<ImageResultView> | StreamedAnswer> {
    if (!isJobId(job_id)) throw new JobNotFoundError();
    const filter = {
      status: query.status,
      storeId: query.store_id,
      errorCode: query.error_code,
      host: query.host,
    };
    response.vary('Accept');
    const type = request.accepts(['application/json', ...EXPORT_TYPES]);
    if (type === 'text/csv' || type === 'application/x-ndjson') {
      onceClosed(response, this.exports.acquire(getFairnessKey(request)));
      const all = await this.images.all(job_id, filter);
      if (all === undefined) throw new JobNotFoundError();
      return new StreamedAnswer(type, exportResults(type, all), this.http.answerStallMs);
    }
    const page = await this.images.page(job_id, filter, query);
    if (page === undefined) throw new JobNotFoundError();
    return page;
  }

  @Route(RequestMethod.GET, 'jobs/:job_id/images/:image_id', {
    id: 'getJobImage',
    scope: 'read',
    summary: 'Get the result of one image',
    params: { ...JOB_ID, image_id: { description: 'The id of the image.', example: 'img_1_0' } },
    models: [ImageResultDto],
    answer: { description: 'The result.', content: IMAGE_RESULT },
    errors: { 404: 'Job not found, or the job has no such image' },
  })
  async result({ params: { job_id = '', image_id = '' } }: RouteInput): Promise<ImageResultView> {
    const result = isJobId(job_id) ? await this.images.find(job_id, image_id) : undefined;
    if (result === undefined) throw new JobNotFoundError();
    return result;
  }
}
