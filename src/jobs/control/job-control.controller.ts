import { RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiController } from '../../http/routes/api-controller.decorator.js';
import { Route, type RouteInput } from '../../http/routes/route.decorator.js';
import { JobDto } from '../dto/job.dto.js';
import { JobControlService } from './job-control.service.js';
import { JOB_ID } from '../job-id.js';
import type { JobView } from '../job-view.js';

/** Routes that cancel, retry and delete jobs. Their duration does not depend on the number of images. */
@ApiTags('jobs')
@ApiController('jobs')
export class JobControlController {
  constructor(private readonly control: JobControlService) {}

  @Route(RequestMethod.POST, ':job_id/cancel', {
    id: 'cancelJob',
    scope: 'manage',
    audit: 'cancel_job',
    summary: 'Cancel an ongoing job',
    description: 'Pending images become `skipped`; those done keep their results.',
    params: JOB_ID,
    answer: { type: JobDto, description: 'The job, cancelled.' },
    errors: { 404: 'Job not found', 409: 'The job has ended.' },
  })
  async cancel({ params: { job_id = '' } }: RouteInput): Promise<JobView> {
    return this.control.cancel(job_id);
  }

  @Route(RequestMethod.POST, ':job_id/retry', {
    id: 'retryJob',
    scope: 'manage',
    audit: 'retry_job',
    summary: 'Try a failed or cancelled job again',
    description:
      'Failed and skipped images start over with all their attempts, and stores are looked up again. `attempts` keeps counting.',
    params: JOB_ID,
    answer: { status: 202, type: JobDto, description: 'The job, ongoing again.' },
    errors: { 404: 'Job not found', 409: 'The job is ongoing or completed.' },
  })
  async retry({ params: { job_id = '' } }: RouteInput): Promise<JobView> {
    return this.control.retry(job_id);
  }

  @Route(RequestMethod.POST, ':job_id/callback', {
    id: 'sendJobCallback',
    scope: 'manage',
    audit: 'send_callback',
    summary: 'Send the last webhook of a job again',
    description:
      'Sends the same message with the same `webhook-id`, with all its attempts. `attempts` keeps counting.',
    params: JOB_ID,
    answer: { status: 202, type: JobDto, description: 'The job, with its callback waiting.' },
    errors: {
      404: 'Job not found',
      409: 'The job is ongoing, or was submitted without a callback_url.',
    },
  })
  async sendCallback({ params: { job_id = '' } }: RouteInput): Promise<JobView> {
    return this.control.sendCallbackAgain(job_id);
  }

  @Route(RequestMethod.DELETE, ':job_id', {
    id: 'deleteJob',
    scope: 'manage',
    audit: 'delete_job',
    summary: 'Delete a job that has ended, with its visits and images',
    params: JOB_ID,
    answer: { status: 204, description: 'The job was deleted.' },
    errors: { 404: 'Job not found', 409: 'The job is ongoing.' },
  })
  async delete({ params: { job_id = '' } }: RouteInput): Promise<void> {
    await this.control.delete(job_id);
  }
}
