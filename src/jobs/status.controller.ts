import { RequestMethod } from '@nestjs/common';
import { ApiTags, getSchemaPath } from '@nestjs/swagger';
import { BareApiError, InvalidInputError } from '../http/errors/api-error.js';
import { ApiController } from '../http/routes/api-controller.decorator.js';
import { bareErrorSchema } from '../http/routes/api-docs.js';
import { ErrorBody } from '../http/errors/error-body.dto.js';
import { Route, type RouteInput } from '../http/routes/route.decorator.js';
import { FailedJobStatusDto, JobStatusDto } from './dto/job.dto.js';
import { EXAMPLE_JOB_ID } from './job-id.js';
import type { JobStatusView } from './job-view.js';
import { JobsService } from './jobs.service.js';

const NOT_FOUND = 'Job not found';
const NO_ID = 'JobID is required';

const UNKNOWN = 'is not a parameter of this route, and the nearest one is jobid';
const UNKNOWN_PARAMETER_EXAMPLE: ErrorBody = {
  error: `jobId ${UNKNOWN}.`,
  code: 'unknown_parameter',
  details: [{ path: 'jobId', message: UNKNOWN }],
};

const COMPLETED: JobStatusDto = { job_id: EXAMPLE_JOB_ID, status: 'completed' };
const FAILED: FailedJobStatusDto = {
  job_id: EXAMPLE_JOB_ID,
  status: 'failed',
  error: [{ store_id: 'RP00002', error: 'Store ID does not exist' }],
};

/** The short status of a job, exactly in the format of the contract. */
@ApiTags('jobs')
@ApiController('status')
export class StatusController {
  constructor(private readonly jobs: JobsService) {}

  @Route(RequestMethod.GET, '', {
    id: 'getJobStatus',
    scope: 'read',
    sharedJob: ({ query }) => query['jobid'] ?? query['job_id'],
    summary: 'Get the status of a job',
    otherNames: ['job_id'],
    parameters: [
      {
        name: 'jobid',
        required: true,
        schema: { type: 'string', minLength: 1, example: EXAMPLE_JOB_ID },
        description:
          'The `job_id` from the response to the submission. The parameter may also be named `job_id`.',
      },
    ],
    models: [JobStatusDto, FailedJobStatusDto],
    answer: {
      description: 'The status. Only that of a failed job has errors.',
      content: {
        'application/json': {
          schema: {
            oneOf: [{ $ref: getSchemaPath(JobStatusDto) }, { $ref: getSchemaPath(FailedJobStatusDto) }],
          },
          examples: { completed: { value: COMPLETED }, failed: { value: FAILED } },
        },
      },
    },
    otherAnswers: [
      {
        status: 400,
        description: 'The job does not exist, its id is missing, or a query parameter is unknown.',
        content: {
          'application/json': {
            schema: { oneOf: [bareErrorSchema(NOT_FOUND, NO_ID), { $ref: getSchemaPath(ErrorBody) }] },
            examples: {
              unknown: { value: { error: NOT_FOUND } },
              missing: { value: { error: NO_ID } },
              parameter: { value: UNKNOWN_PARAMETER_EXAMPLE },
            },
          },
        },
      },
    ],
  })
  async status({ request }: RouteInput): Promise<JobStatusView> {
    const { jobid, job_id: otherName } = request.query;
    if (jobid && otherName && jobid !== otherName)
      throw new InvalidInputError([{ path: 'job_id', message: 'must be the same as jobid, or left out' }]);
    const jobId: unknown = jobid || otherName || '';
    if (jobId === '') throw new BareApiError(400, NO_ID, 'job_id_required');
    return this.jobs.status(typeof jobId === 'string' ? jobId : '');
  }
}
