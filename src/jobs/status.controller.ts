import { Get, Req } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { BareApiError } from '../http/api-error.js';
import { ApiController } from '../http/api-controller.decorator.js';
import { BareErrorDto, JobStatusDto } from './dto/job.dto.js';
import type { JobStatusView } from './job-view.js';
import { JobsService } from './jobs.service.js';

/** The short status of a job, in the shapes of the original brief and no others. */
@ApiTags('jobs')
@ApiController('status')
export class StatusController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @ApiOperation({ summary: 'How a job stands' })
  @ApiQuery({
    name: 'jobid',
    required: true,
    type: String,
    description: 'The job_id that the submission answered.',
  })
  @ApiOkResponse({ type: JobStatusDto })
  @ApiBadRequestResponse({ type: BareErrorDto, description: '`Job not found`, or `JobID is required`.' })
  async status(@Req() request: Request): Promise<JobStatusView> {
    const jobId: unknown = request.query['jobid'];
    if (jobId === undefined || jobId === '')
      throw new BareApiError(400, 'JobID is required', 'job_id_required');
    return this.jobs.status(typeof jobId === 'string' ? jobId : '');
  }
}
