import { Inject, RequestMethod } from '@nestjs/common';
import { ApiProperty, ApiSchema, ApiTags } from '@nestjs/swagger';
import { getKey } from '../../http/caller.js';
import { ApiError } from '../../http/errors/api-error.js';
import { wholeNumber, Satisfies } from '../../http/input/rules.js';
import { ApiController } from '../../http/routes/api-controller.decorator.js';
import { JSON_BODY_ERRORS } from '../../http/routes/api-docs.js';
import { Route, type RouteInput } from '../../http/routes/route.decorator.js';
import { JOB_ID } from '../../jobs/job-id.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { ApiKey } from '../http/api-key-setting.js';
import { createShareToken } from './share-token.js';

const MAX_HOURS = 720;
const HOUR_MS = 3_600_000;

/** What the routes of shared links need of the settings. */
export interface ShareOptions {
  readonly apiKeys: readonly ApiKey[];
  /** The URL at which people reach the server. */
  readonly publicUrl: string | undefined;
}

export const SHARE_OPTIONS = Symbol('SHARE_OPTIONS');

@ApiSchema({ name: 'NewShare' })
class NewShareDto {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: MAX_HOURS, example: 72 })
  @Satisfies(wholeNumber(1, MAX_HOURS))
  expires_in_hours!: number;
}

@ApiSchema({ name: 'SharedLink' })
class SharedLinkDto {
  @ApiProperty({
    example:
      'https://shelfline.example.com/shared#share_WyJqb2JfMjAyNDExMTYxMDAwMDAiLDE3MzE3NTg0MDBd.c2lnbmF0dXJl',
    description:
      'Opens the job in the console, read-only, until it expires or the key that made it is removed.',
  })
  url!: string;
}

/** Makes links that open one job without a key. */
@ApiTags('jobs')
@ApiController('jobs')
export class ShareController {
  constructor(
    private readonly jobs: JobsService,
    @Inject(SHARE_OPTIONS) private readonly options: ShareOptions,
  ) {}

  @Route(RequestMethod.POST, ':job_id/share', {
    id: 'shareJob',
    scope: 'manage',
    audit: 'share_job',
    summary: 'Make a link that opens a job read-only',
    description:
      'Whoever has the link can read this job, its images and their previews, and nothing else. The link stops working when it ' +
      'expires, and when the key that made it is removed.',
    params: JOB_ID,
    body: NewShareDto,
    answer: { type: SharedLinkDto, description: 'The link.' },
    errors: {
      ...JSON_BODY_ERRORS,
      400: 'A field is wrong.',
      404: 'Job not found',
      409: 'The server has no keys or no PUBLIC_URL.',
    },
  })
  async share({
    params: { job_id = '' },
    body,
    request,
  }: RouteInput<object, NewShareDto>): Promise<SharedLinkDto> {
    const { publicUrl, apiKeys } = this.options;
    const key = apiKeys.find(({ name }) => name === getKey(request)?.name);
    if (key === undefined)
      throw new ApiError(
        409,
        'This server has no keys, so everybody who reaches it can read the job: send the address of the job instead.',
        'no_keys',
      );
    if (publicUrl === undefined)
      throw new ApiError(
        409,
        'The server does not know the address at which people reach it: set PUBLIC_URL.',
        'no_public_url',
      );
    const { job_id: jobId } = await this.jobs.get(job_id);
    // The clocks of two servers may differ by seconds, which does not matter for hours.
    const expiresAt = new Date(Date.now() + body.expires_in_hours * HOUR_MS);
    const token = createShareToken({ jobId, expiresAt }, key.shareKey);
    return { url: `${publicUrl.replace(/\/+$/, '')}/shared#${token}` };
  }
}
