import { RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiController } from '../http/routes/api-controller.decorator.js';
import { TOO_MANY_EXPORTS } from '../http/routes/api-docs.js';
import { getKey } from '../http/caller.js';
import type { Page } from '../http/input/page.js';
import type { StreamedAnswer } from '../http/routes/answer.js';
import { Route, type RouteInput } from '../http/routes/route.decorator.js';
import { iterateParts } from '../http/input/iterate-pages.js';
import { exportable, type ExportQuery } from '../http/tables/exportable-query.js';
import { FILES_DESCRIPTION } from '../http/tables/list-docs.js';
import { TableExports } from '../http/tables/table-exports.js';
import { RESULT_TABLE, SHARED_RESULT_TABLE, toSharedResult } from '../images/results/result-table.js';
import { JobNotFoundError } from '../http/errors/job-not-found.error.js';
import { ImagesReader } from '../images/images.reader.js';
import { isJobId } from '../images/result-ids.js';
import { ListImagesQuery } from '../images/results/list-images-query.dto.js';
import type { ImageResultView } from '../images/results/result-fields.js';
import { ImageResultPageDto, IMAGE_RESULTS } from '../images/results/image-result.dto.js';
import { JOB_LIST, JobDto, JobPageDto } from './dto/job.dto.js';
import { JOB_TABLE } from './job-table.js';
import { ListJobsQuery } from './dto/queries.dto.js';
import { JOB_ID, JOB_IN_PATH } from './job-id.js';
import type { JobView } from './job-view.js';
import { JobsService } from './jobs.service.js';

/** Reads and lists jobs and the results of their images. */
@ApiTags('jobs')
@ApiController()
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly images: ImagesReader,
    private readonly files: TableExports,
  ) {}

  @Route(RequestMethod.GET, 'jobs', {
    id: 'listJobs',
    scope: 'read',
    summary: 'List jobs, newest first',
    description: `A page may be shorter than \`limit\` if its errors are very long. The list ends when \`next_cursor\` is null. ${FILES_DESCRIPTION}`,
    query: exportable(ListJobsQuery),
    models: [JobPageDto],
    answer: { description: 'A page of jobs, or a file with all of them.', content: JOB_LIST },
    errors: { 429: TOO_MANY_EXPORTS },
  })
  async list({
    query,
    request,
    response,
  }: RouteInput<ListJobsQuery & ExportQuery>): Promise<Page<JobView> | StreamedAnswer> {
    const filter = {
      status: query.status,
      storeId: query.store_id,
      reference: query.reference,
      from: query.from,
      to: query.to,
    };
    const file = await this.files.answer(
      { query, request, response },
      {
        name: 'jobs',
        table: JOB_TABLE,
        readParts: async () => iterateParts((page) => this.jobs.list({ ...filter, ...page })),
        countRows: (max) => this.jobs.countUpTo(max + 1, filter),
      },
    );
    return file ?? this.jobs.list({ ...filter, limit: query.limit, cursor: query.cursor });
  }

  @Route(RequestMethod.GET, 'jobs/:job_id', {
    id: 'getJob',
    scope: 'read',
    sharedJob: JOB_IN_PATH,
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
    sharedJob: JOB_IN_PATH,
    summary: 'List the results of images in order of submission',
    description: FILES_DESCRIPTION,
    params: JOB_ID,
    query: exportable(ListImagesQuery),
    models: [ImageResultPageDto],
    answer: { description: 'A page of results, or a file with all of them.', content: IMAGE_RESULTS },
    errors: { 404: 'Job not found', 429: TOO_MANY_EXPORTS },
  })
  async results({
    params: { job_id = '' },
    query,
    request,
    response,
  }: RouteInput<ListImagesQuery & ExportQuery>): Promise<Page<ImageResultView> | StreamedAnswer> {
    if (!isJobId(job_id)) throw new JobNotFoundError();
    const filter = { status: query.status, storeId: query.store_id, flag: query.flag };
    const isShared = getKey(request)?.share !== undefined;
    const file = await this.files.answer(
      { query, request, response },
      {
        name: 'images',
        nameParts: [job_id],
        table: isShared ? SHARED_RESULT_TABLE : RESULT_TABLE,
        readParts: async () => (await this.images.table(job_id, filter)) ?? throwNotFound(),
        countRows: (max) => this.images.count(job_id, filter, max + 1),
      },
    );
    if (file !== undefined) return file;
    const page = (await this.images.page(job_id, filter, query)) ?? throwNotFound();
    return isShared ? { ...page, items: page.items.map(toSharedResult) } : page;
  }
}

function throwNotFound(): never {
  throw new JobNotFoundError();
}
