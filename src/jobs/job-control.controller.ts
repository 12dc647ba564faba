import { Delete, HttpCode, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator.js';
import { ApiErrors, BAD_PATH } from '../http/api-docs.js';
import { PathParam } from '../http/query.decorator.js';
import { JobDto } from './dto/job.dto.js';
import { JobControlService } from './job-control.service.js';
import { ApiJobId } from './job-id.docs.js';
import type { JobView } from './job-view.js';

/** Cancel, retry, delete: as fast for a million images as for ten. */
@ApiTags('jobs')
@ApiController('jobs')
export class JobControlController {
  constructor(private readonly control: JobControlService) {}

  @Post(':job_id/cancel')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelJob',
    summary: 'Cancel an ongoing job',
    description: 'Pending images become `skipped`; those done keep their results.',
  })
  @ApiJobId()
  @ApiOkResponse({ type: JobDto, description: 'The job, cancelled.' })
  @ApiErrors({ 400: BAD_PATH, 404: 'Job not found', 409: 'The job has ended.' })
  async cancel(@PathParam('job_id') jobId: string): Promise<JobView> {
    return this.control.cancel(jobId);
  }

  @Post(':job_id/retry')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'retryJob',
    summary: 'Try a failed or cancelled job again',
    description:
      'Failed and skipped images start over with all their tries, and stores are looked up anew. `attempts` goes on counting.',
  })
  @ApiJobId()
  @ApiAcceptedResponse({ type: JobDto, description: 'The job, ongoing again.' })
  @ApiErrors({ 400: BAD_PATH, 404: 'Job not found', 409: 'The job is ongoing or completed.' })
  async retry(@PathParam('job_id') jobId: string): Promise<JobView> {
    return this.control.retry(jobId);
  }

  @Post(':job_id/callback')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'sendJobCallback',
    summary: 'Send the callback of the last end again',
    description:
      'The same message with the same `webhook-id`, with all its tries. `attempts` goes on counting.',
  })
  @ApiJobId()
  @ApiAcceptedResponse({ type: JobDto, description: 'The job, its callback waiting.' })
  @ApiErrors({
    400: BAD_PATH,
    404: 'Job not found',
    409: 'The job is ongoing, or was submitted without a callback_url.',
  })
  async sendCallback(@PathParam('job_id') jobId: string): Promise<JobView> {
    return this.control.sendCallbackAgain(jobId);
  }

  @Delete(':job_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteJob',
    summary: 'Delete a job that has ended, with its visits and images',
  })
  @ApiJobId()
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiErrors({ 400: BAD_PATH, 404: 'Job not found', 409: 'The job is ongoing.' })
  async delete(@PathParam('job_id') jobId: string): Promise<void> {
    await this.control.delete(jobId);
  }
}
