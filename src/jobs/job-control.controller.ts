import { Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiController } from '../http/api-controller.decorator.js';
import { ApiErrors, BAD_PATH } from '../http/api-docs.js';
import { pathParam } from '../http/request-input.js';
import { JobDto } from './dto/job.dto.js';
import { JobControlService } from './job-control.service.js';
import { ApiJobId } from './job-id.docs.js';

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
  async cancel(@Req() request: Request, @Res() response: Response): Promise<void> {
    response.json(await this.control.cancel(pathParam(request, 'job_id')));
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
  async retry(@Req() request: Request, @Res() response: Response): Promise<void> {
    response.json(await this.control.retry(pathParam(request, 'job_id')));
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
  async sendCallback(@Req() request: Request, @Res() response: Response): Promise<void> {
    response.json(await this.control.sendCallbackAgain(pathParam(request, 'job_id')));
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
  async delete(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.control.delete(pathParam(request, 'job_id'));
    response.end();
  }
}
