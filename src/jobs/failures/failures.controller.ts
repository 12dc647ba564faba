import { RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiController } from '../../http/routes/api-controller.decorator.js';
import { Route, type RouteInput } from '../../http/routes/route.decorator.js';
import { JOB_ID, JOB_IN_PATH } from '../job-id.js';
import { FailureListDto } from './failure.dto.js';
import { FailuresService, type FailureView } from './failures.service.js';

/** Why images of a job failed, and where. */
@ApiTags('jobs')
@ApiController('jobs')
export class FailuresController {
  constructor(private readonly failures: FailuresService) {}

  @Route(RequestMethod.GET, ':job_id/failures', {
    id: 'listJobFailures',
    scope: 'read',
    sharedJob: JOB_IN_PATH,
    summary: 'List why images of a job failed, by error code and host, most frequent first',
    description:
      'The first 100. The counts belong to the current run of the job: a retry begins again at zero. To list the images themselves, ' +
      'use `error_code` and `host` of the list of images.',
    params: JOB_ID,
    answer: { type: FailureListDto, description: 'The failures.' },
    errors: { 404: 'Job not found' },
  })
  async list({ params: { job_id = '' } }: RouteInput): Promise<{ readonly items: readonly FailureView[] }> {
    return this.failures.list(job_id);
  }
}
